/// Finds the places where streamed text may be cut without leaving half of something: the end of a sentence, of a line, of a code block.
///
/// A full stop counts only once white space follows, so that `3.14`, `e.g.x` and a number still waiting for its unit stay whole. Inside
/// a code fence nothing counts until the closing fence's line has ended. O(1) per byte, no allocation.
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
            if isAfterTerminator && !isInFence { lastBoundary = offset }
            isAfterTerminator = false
            fenceRun = 0
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            isAfterTerminator = true
            leaveLineStart()
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
    }

    private mutating func countFence() {
        fenceRun += 1
        isAtLineStart = false
        if fenceRun == 3 { isFenceLine = true }
    }

    private mutating func endLine() {
        if isFenceLine { isInFence.toggle() }
        isFenceLine = false
        fenceRun = 0
        isAtLineStart = true
        isAfterTerminator = false
        if !isInFence { lastBoundary = offset }
    }
}
