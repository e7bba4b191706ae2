public import Cascade

/// When a failed call is tried again, and after how long: exponential back-off with jitter, never sooner than the upstream asks for.
public struct RetryPolicy: Sendable, Hashable {
    /// Calls in all, 1 or more; default 6.
    public var attempts: Int
    /// Before the second attempt; doubles with each. Default 500 ms.
    public var base: Duration
    /// Longest pause of our own, default 30 s.
    public var longest: Duration
    /// An upstream that asks for a longer pause than this is not waited for; default 120 s.
    public var longestAsked: Duration

    public init(
        attempts: Int = 6, base: Duration = .milliseconds(500), longest: Duration = .seconds(30), longestAsked: Duration = .seconds(120)
    ) {
        self.attempts = max(1, attempts)
        self.base = base
        self.longest = longest
        self.longestAsked = longestAsked
    }

    /// The pause after a failed attempt; `nil` when there is none to follow.
    ///
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - jitter: uniform in 0..<1; the pause is between half and the whole of its length, so that calls that failed together do not
    ///     come back together.
    public func pause(after attempt: Int, _ error: ProviderError, jitter: Double) -> Duration? {
        guard attempt < attempts, error.isTransient else { return nil }
        var pause = base
        for _ in 1..<attempt where pause < longest { pause *= 2 }
        pause = min(pause, longest) * (0.5 + jitter / 2)
        guard let asked = error.retryAfterSeconds.map({ Duration.seconds($0) }) else { return pause }
        return asked > longestAsked ? nil : max(pause, asked)
    }
}
