import Cascade
import Synchronization

/// Whether a route's audits come to a verdict. While they do not, drafts that were not shipped must not count as "no loss": evidence of safety would
/// pile up while nobody looks at what is shipped.
final class AuditHealth: Sendable {
    private struct State {
        var failures = 0
        var reason: AuditSkip?
    }

    /// Failures in a row from which on the evidence stands still.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    /// Failures since the last success.
    var failures: Int { state.withLock { $0.failures } }
    /// Of the last failure, while audits fail; `nil` while they do not.
    var failing: AuditSkip? { state.withLock { $0.failures >= limit ? $0.reason : nil } }
    var isFailing: Bool { failing != nil }

    /// An audit has ended without a verdict for this reason; those that say nothing about the judge and the heavyweight are left out.
    ///
    /// - Returns: how many in a row, at the one with which the evidence begins to stand still.
    func failed(_ reason: AuditSkip) -> Int? {
        switch reason {
        case .heavyweight, .judge, .timeout:
            state.withLock { state in
                state.failures += 1
                state.reason = reason
                return state.failures == limit ? limit : nil
            }
        case .budget, .queue, .incomplete, .size, .shutdown: nil
        }
    }

    /// A verdict has come.
    ///
    /// - Returns: whether the evidence stood still.
    func succeeded() -> Bool {
        state.withLock { state in
            defer { state = State() }
            return state.failures >= limit
        }
    }
}
