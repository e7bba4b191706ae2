/// Finds the places where streamed text may be cut without leaving half of something: the end of a sentence, of a line, of a code block.
///
/// A full stop counts only once white space follows, so that `3.14`, `e.g.x` and a number still waiting for its unit stay whole; the one
/// behind a list item's number does not count at all. From a code fence on nothing counts until the closing fence's line has ended.
/// O(1) per byte, no allocation.
public struct BoundaryScanner: Sendable, Hashable {
    /// Bytes scanned so far.
    public private(set) var offset = 0
    /// End of the last complete unit, in bytes from the start; 0 when there is none yet.
    public private(set) var lastBoundary = 0
    /// Inside a fenced code block.
    public private(set) var isInFence = false

    private var fenceRun = 0
    private var isAtLineStart = true
    private var isAfterTerminator = false
    private var isFenceLine = false
    /// Digits on this line while it holds nothing else; `nil` once it does.
    private var lineDigits: Int? = 0

    public init() {}

    public mutating func scan(_ text: Span<UInt8>) {
        for index in text.indices { scan(text[index]) }
    }

    private mutating func scan(_ byte: UInt8) {
        offset += 1
        switch byte {
        case UInt8(ascii: "\n"):
            endLine()
        case UInt8(ascii: "`") where isAtLineStart || fenceRun > 0:
            countFence()
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            if isAfterTerminator && !isInFence && !isFenceLine { lastBoundary = offset }
            isAfterTerminator = false
            fenceRun = 0
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            isAfterTerminator = lineDigits ?? 0 == 0
            leaveLineStart()
        case UInt8(ascii: "0")...UInt8(ascii: "9") where lineDigits != nil:
            isAfterTerminator = false
            isAtLineStart = false
            fenceRun = 0
            lineDigits = lineDigits.map { $0 + 1 }
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "*"):
            leaveLineStart()
        default:
            isAfterTerminator = false
            leaveLineStart()
        }
    }

    private mutating func leaveLineStart() {
        isAtLineStart = false
        fenceRun = 0
        lineDigits = nil
    }

    private mutating func countFence() {
        fenceRun += 1
        isAtLineStart = false
        lineDigits = nil
        if fenceRun == 3 { isFenceLine = true }
    }

    private mutating func endLine() {
        if isFenceLine { isInFence.toggle() }
        isFenceLine = false
        fenceRun = 0
        isAtLineStart = true
        isAfterTerminator = false
        lineDigits = 0
        if !isInFence { lastBoundary = offset }
    }
}
