import Synchronization

/// A token bucket that caps pre-fires at a share of the routed requests. Every routed request earns `ratio` of a pre-fire; at most `burst`
/// are saved up. The bucket starts full, so that a quiet gateway hesitates no less than a busy one.
public final class PrefireBudget: Sendable {
    private let ratio: Double
    private let burst: Double
    private let saved: Mutex<Double>

    /// - Parameters:
    ///   - ratio: pre-fires per routed request, 0...1. Default 0.15.
    ///   - burst: pre-fires that may be saved up, at least 1. Default 10.
    public init(ratio: Double = 0.15, burst: Int = 10) {
        self.ratio = ratio
        self.burst = Double(burst)
        self.saved = Mutex(ratio > 0 ? Double(burst) : 0)
    }

    /// A routed request began.
    public func earn() {
        saved.withLock { $0 = min(burst, $0 + ratio) }
    }

    /// Takes one pre-fire when there is one.
    public func take() -> Bool {
        saved.withLock { saved in
            guard saved >= 1 else { return false }
            saved -= 1
            return true
        }
    }
}
