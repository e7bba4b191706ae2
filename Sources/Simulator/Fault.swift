/// How a simulated response breaks.
public enum Fault: Sendable, Hashable {
    /// The connection is closed as soon as the request was read.
    case refuse
    /// An error answer with this status, 400...599.
    case status(Int)
    /// The response head never comes.
    case stallBeforeHead
    /// The head comes, and nothing after it.
    case stallBeforeFirst
    /// Half of the answer comes, and nothing after it.
    case stallMiddle
    /// The connection is reset (RST) after half of the answer.
    case resetMiddle
    /// The connection is closed (FIN) after half of the answer, inside the chunked body.
    case cutMiddle
    /// One event in the middle is not JSON.
    case malformedChunk
    /// An `error` object in the middle of a stream that began with 200; the stream ends there.
    case errorEvent

    /// The word that asks for this fault; what reports call it.
    public var word: String {
        switch self {
        case .refuse: "refuse"
        case .status(let code): "err\(code)"
        case .stallBeforeHead: "stallhead"
        case .stallBeforeFirst: "stallfirst"
        case .stallMiddle: "stallmid"
        case .resetMiddle: "resetmid"
        case .cutMiddle: "cutmid"
        case .malformedChunk: "malformed"
        case .errorEvent: "errorevent"
        }
    }

    /// The fault a word asks for; `nil` for any other word.
    public init?(word: String) {
        switch word {
        case "refuse": self = .refuse
        case "stallhead": self = .stallBeforeHead
        case "stallfirst": self = .stallBeforeFirst
        case "stallmid": self = .stallMiddle
        case "resetmid": self = .resetMiddle
        case "cutmid": self = .cutMiddle
        case "malformed": self = .malformedChunk
        case "errorevent": self = .errorEvent
        default:
            guard word.hasPrefix("err"), let code = Int(word.dropFirst(3)), (400...599).contains(code) else { return nil }
            self = .status(code)
        }
    }
}
