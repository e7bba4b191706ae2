internal import Cascade
internal import Synchronization

/// The way to one store or the embedder: through its breaker, and with every failure told.
struct StoreGate: Sendable {
    let breaker: StoreBreaker
    let observer: any CacheObserver

    var store: StoreError.Store { breaker.store }

    /// Leave to make one call; `nil` while the breaker is open.
    func attempt() -> StoreAttempt? {
        breaker.permit().map { StoreAttempt(self, $0) }
    }

    /// Makes one call and reports how it ended.
    func ask<Answer>(
        _ attempt: StoreAttempt, _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        do throws(StoreError) {
            let answer = try await call()
            attempt.succeeded()
            return answer
        } catch {
            attempt.failed(error)
            throw error
        }
    }
}

/// One call of a store. The first report counts: a lookup whose time is over reports the call that it waits for, and what becomes of the
/// call later is nobody's business. An attempt that is dropped without a report gives its permit back.
final class StoreAttempt: Sendable {
    private let gate: StoreGate
    private let permit: CircuitBreaker.Permit
    private let isReported = Atomic(false)

    fileprivate init(_ gate: StoreGate, _ permit: CircuitBreaker.Permit) {
        self.gate = gate
        self.permit = permit
    }

    deinit {
        if !isReported.load(ordering: .acquiring) { gate.breaker.abandoned(permit) }
    }

    var store: StoreError.Store { gate.store }

    func succeeded() {
        if report() { gate.breaker.succeeded(permit) }
    }

    /// - Parameter isBlamed: false for a store that had no fair share of the time: told, but not held against it.
    func failed(_ error: StoreError, isBlamed: Bool = true) {
        guard report() else { return }
        gate.observer.failed(error)
        if isBlamed && error.isHeldAgainstStore { gate.breaker.failed(permit) } else { gate.breaker.abandoned(permit) }
    }

    private func report() -> Bool {
        isReported.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    }
}

extension StoreError {
    /// A call that was given up says nothing about the store, nor does one that came too late to a store in this process: then the process is
    /// busy, and a closed way to its own memory would not help it.
    fileprivate var isHeldAgainstStore: Bool { kind != .closed && !(store == .embedded && kind == .timeout) }
}

extension CacheResult {
    init(_ error: StoreError) { self = error.kind == .timeout ? .timeout : .error }
}
