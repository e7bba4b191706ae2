internal import Cascade
internal import Synchronization

/// The ``CircuitBreaker`` of one store, for many callers at once.
///
/// Every ``StoreError`` counts as a failure, whatever its kind: a store that is slow, full, misconfigured or talks nonsense helps no request.
/// Giving up by the caller's own will is none: see ``abandoned(_:)``.
final class StoreBreaker: Sendable {
    let store: StoreError.Store
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onChange: @Sendable (Bool) -> Void
    private let breaker: Mutex<CircuitBreaker>

    /// - Parameters:
    ///   - failures: in a row, that open it.
    ///   - openFor: how long it stays open for the first time; twice as long after each probe that fails, up to 60 s.
    ///   - onChange: hears `true` when it opens and `false` when it closes; called on the caller's thread without a lock held.
    init(
        store: StoreError.Store, failures: Int = 5, openFor: Duration = .seconds(5),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, onChange: @escaping @Sendable (Bool) -> Void = { _ in }
    ) {
        self.store = store
        self.now = now
        self.onChange = onChange
        breaker = Mutex(CircuitBreaker(failures: failures, openFor: openFor))
    }

    /// Whether calls are held back, but for probes: for statistics. Whether to call is for ``permit()`` to say, without which nothing is probed.
    var isOpen: Bool { breaker.withLock { $0.isOpen } }

    /// A permit for one call, or `nil` when it must not be made. Report how the call ended, with the permit.
    func permit() -> CircuitBreaker.Permit? {
        let now = now()
        return breaker.withLock { $0.permit(at: now) }
    }

    func succeeded(_ permit: CircuitBreaker.Permit) {
        change { breaker, _ in breaker.succeeded(permit) }
    }

    func failed(_ permit: CircuitBreaker.Permit) {
        change { breaker, now in breaker.failed(permit, at: now) }
    }

    /// The call was not made, or its caller gave up before it ended.
    func abandoned(_ permit: CircuitBreaker.Permit) {
        change { breaker, now in breaker.abandoned(permit, at: now) }
    }

    private func change(_ report: (inout CircuitBreaker, ContinuousClock.Instant) -> Void) {
        let now = now()
        let (before, after) = breaker.withLock { breaker in
            let before = breaker.isOpen
            report(&breaker, now)
            return (before, breaker.isOpen)
        }
        if before != after { onChange(after) }
    }
}
