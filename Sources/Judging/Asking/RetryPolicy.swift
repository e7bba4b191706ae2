internal import Cascade

/// When a failed question is asked again, and after which pause.
public struct RetryPolicy: Sendable {
    /// Questions in all, 1 or more.
    public var attempts: Int
    /// The first pause; each further one is twice as long.
    public var firstPause: Duration
    /// No pause is longer, whatever the upstream asks for.
    public var longestPause: Duration
    /// How to pause. Throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        attempts: Int = 5, firstPause: Duration = .seconds(1), longestPause: Duration = .seconds(60),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.attempts = max(1, attempts)
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.sleep = sleep
    }

    /// The pause after attempt `attempt` (1, 2, ...): between half and all of the exponential step, and not shorter than `Retry-After`.
    /// - Parameter salt: decides where in that range, so that equal questions do not come back in step.
    func pause(after attempt: Int, error: ProviderError, salt: UInt64) -> Duration {
        let doublings = min(attempt - 1, 16)
        let step = min(firstPause * (1 << doublings), longestPause)
        var mixer = SeededMixer(seed: salt &+ UInt64(attempt))
        let jittered = step * (0.5 + mixer.unit() / 2)
        let asked = Duration.seconds(error.retryAfterSeconds ?? 0)
        return min(max(jittered, asked), longestPause)
    }
}
