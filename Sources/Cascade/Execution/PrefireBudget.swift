import EntropyRouting
import Synchronization

/// The ``PrefireAllowance`` that all requests of a gateway share.
public final class PrefireBudget: Sendable {
    private let allowance: Mutex<PrefireAllowance>

    /// - Parameters:
    ///   - ratio: pre-fires per routed request, 0...1. Default 0.15.
    ///   - burst: pre-fires that may be saved up, at least 1. Default 10.
    public init(ratio: Double = 0.15, burst: Int = 10) {
        allowance = Mutex(PrefireAllowance(ratio: ratio, burst: burst))
    }

    /// A routed request began.
    public func earn() { allowance.withLock { $0.earn() } }

    /// Takes one pre-fire when there is one.
    public func take() -> Bool { allowance.withLock { $0.take() } }
}
