/// Decides how many of the held chunks may leave, by the release mode alone; whether anything may leave at all is the state machine's word.
///
/// Chunks are whole upstream events: they are never cut. Held chunks are counted from the oldest one still held.
public struct ReleaseSchedule: Sendable {
    private struct Mark: Sendable {
        /// Tokens seen when the chunk was complete.
        var token: Int
        /// Visible text seen when the chunk was complete, in bytes.
        var offset: Int
    }

    public let policy: ReleasePolicy
    private var scanner = BoundaryScanner()
    private var held: [Mark] = []
    /// Ends of units, waiting for the tokens after them. Bounded by the number of held chunks.
    private var boundaries: [Mark] = []
    /// Everything up to this offset lies in units whose *n* following tokens were seen.
    private var releasedBoundary = 0
    private var tokens = 0

    public init(policy: ReleasePolicy) {
        self.policy = policy
    }

    /// Number of chunks held.
    public var count: Int { held.count }

    /// Takes note of one chunk that was put behind the others.
    ///
    /// - Parameters:
    ///   - tokens: generated tokens in the chunk, 0 or more.
    ///   - text: its visible text; empty for a role, tool or finish chunk.
    public mutating func hold(tokens: Int, text: Span<UInt8>) {
        self.tokens += tokens
        if policy.mode == .boundary {
            let before = scanner.lastBoundary
            scanner.scan(text)
            if scanner.lastBoundary > before { boundaries.append(Mark(token: self.tokens, offset: scanner.lastBoundary)) }
        }
        held.append(Mark(token: self.tokens, offset: scanner.offset))
    }

    /// How many of the oldest held chunks may leave now, and forgets them.
    ///
    /// - Parameter isOpen: the verdict is still open; when it is closed in the draft's favour everything may leave.
    public mutating func release(isOpen: Bool) -> Int {
        let count = isOpen ? releasable() : held.count
        if count > 0 { held.removeFirst(count) }
        return count
    }

    /// Forgets all held chunks: another leg answers.
    public mutating func discard() {
        held.removeAll()
        boundaries.removeAll()
    }

    private mutating func releasable() -> Int {
        switch policy.mode {
        case .buffered:
            return 0
        case .commit:
            return tokens >= policy.tokens ? held.count : 0
        case .holdback:
            return held.prefix { $0.token + policy.tokens <= tokens }.count
        case .boundary:
            let ready = boundaries.prefix { $0.token + policy.tokens <= tokens }
            if let last = ready.last {
                releasedBoundary = last.offset
                boundaries.removeFirst(ready.count)
            }
            return held.prefix { $0.offset <= releasedBoundary && releasedBoundary > 0 }.count
        }
    }
}
