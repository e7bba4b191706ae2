import Synchronization

/// Named sums of one key.
final class FieldLedger: KeptState {
    private struct State {
        /// As the store last said.
        var kept: [String: Double] = [:]
        /// On its way to the store.
        var sent: [String: Double] = [:]
        /// Came in since.
        var pending: [String: Double] = [:]

        func sum(_ field: String) -> Double { kept[field, default: 0] + sent[field, default: 0] + pending[field, default: 0] }
    }

    let key: String
    private let isOutdated: @Sendable (String) -> Bool
    private let isCount: @Sendable (String) -> Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isCount: whether a field is a number of things; others are money.
    ///   - isOutdated: whether a field is not needed any more.
    init(
        key: String, isCount: @escaping @Sendable (String) -> Bool = { _ in false },
        isOutdated: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.key = key
        self.isOutdated = isOutdated
        self.isCount = isCount
    }

    func add(_ amount: Double, to field: String) {
        guard amount != 0, amount.isFinite else { return }
        state.withLock { $0.pending[field, default: 0] += amount }
    }

    func add(_ amounts: [(field: String, amount: Double)]) {
        state.withLock { state in
            for (field, amount) in amounts where amount != 0 && amount.isFinite { state.pending[field, default: 0] += amount }
        }
    }

    subscript(field: String) -> Double { state.withLock { $0.sum(field) } }

    /// Several of one moment.
    func sums(_ fields: [String]) -> [Double] { state.withLock { state in fields.map { state.sum($0) } } }

    func begin() -> [String: Double] {
        state.withLock { state in
            state.sent = state.pending.filter { $0.value != 0 }
            state.pending = [:]
            return state.sent
        }
    }

    func finish(_ totals: [String: Double]) {
        state.withLock { state in
            state.kept = totals
            state.sent = [:]
        }
    }

    func problem(in totals: [String: Double]) -> String? { KeptCounts.problem(in: totals, isCount: isCount) }

    func outdated(_ totals: [String: Double]) -> [String] { totals.keys.filter(isOutdated).sorted() }
}
