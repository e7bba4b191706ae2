/// Pauses between attempts that double up to a limit, with full jitter: uniform between zero and the limit of the moment (M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). Many gateways do not then come back to a restarted server at the same
/// instant.
struct Backoff {
    private let smallest: Duration
    private let largest: Duration
    /// In a row.
    private(set) var failures = 0

    init(from smallest: Duration, to largest: Duration) {
        self.smallest = max(smallest, .milliseconds(1))
        self.largest = max(largest, self.smallest)
    }

    /// The longest that the next pause can be.
    var limit: Duration { min(smallest * (1 << min(failures, 20)), largest) }

    /// Counts a failure. - Returns: the pause before the next attempt.
    mutating func pause(using generator: inout some RandomNumberGenerator) -> Duration {
        let pause = limit * Double.random(in: 0...1, using: &generator)
        failures += 1
        return pause
    }

    mutating func succeeded() { failures = 0 }
}
