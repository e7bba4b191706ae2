/// What a streaming client sees while the verdict is open.
public enum ReleaseMode: String, Sendable, Hashable, CaseIterable {
    /// Nothing until the draft is complete and accepted. The strongest: the full trace decides.
    case buffered
    /// Whole sentences, lines and code blocks, each once the next *n* tokens were seen and are safe.
    case boundary
    /// Each token once the next *n* tokens were seen and are safe.
    case holdback
    /// Decide once, at *n* tokens, then pass everything through. The weakest.
    case commit
}

/// A release mode with its number of tokens.
public struct ReleasePolicy: Sendable, Hashable {
    public var mode: ReleaseMode
    /// The *n* of `boundary`, `holdback` and `commit`, in tokens; at least 1.
    public var tokens: Int

    public init(mode: ReleaseMode, tokens: Int = 16) {
        self.mode = mode
        self.tokens = max(1, tokens)
    }
}
