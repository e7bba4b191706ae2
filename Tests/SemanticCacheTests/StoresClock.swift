import Synchronization

/// A clock that a test moves, for expiry and deadlines.
final class StoresClock: Sendable {
    private let start = ContinuousClock.Instant.now
    private let offset = Mutex(Duration.zero)

    var now: @Sendable () -> ContinuousClock.Instant {
        { self.offset.withLock { self.start + $0 } }
    }

    func advance(_ duration: Duration) { offset.withLock { $0 += duration } }
}
