/// Why an event stream cannot be read on.
public enum ServerSentEventError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One event, or one line, is larger than the decoder's bound.
    case eventTooLarge(limit: Int)

    public var description: String {
        switch self {
        case .eventTooLarge(let limit): "a server-sent event is larger than \(limit) bytes"
        }
    }
}
