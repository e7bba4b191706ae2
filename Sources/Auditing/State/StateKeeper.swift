import Cascade
import Synchronization

/// Adds what the oversight's states have counted to the store, and tells them what other gateways have added. One flush at a time.
///
/// A batch that failed is added again under its own name before anything else of its state, so that it counts once whatever became of the
/// first attempt; meanwhile the state goes on counting in memory, in one sum per field: a store that is away for long costs no more memory.
final class StateKeeper: Sendable {
    private struct Batch {
        var name: String
        var amounts: [String: Double]
    }

    private struct State {
        var batches: [String: Batch] = [:]
        var outdated: [String: [String]] = [:]
        var loaded: Set<String> = []
        var made = 0
        var refreshedAt: ContinuousClock.Instant?
        var failure: StoreError?
    }

    private let store: (any AuditStateStore)?
    private let states: [any KeptState]
    private let environment: AuditEnvironment
    private let refreshEvery: Duration
    private let state = Mutex(State())
    /// Of one call of the store.
    private static let deadline = Duration.seconds(2)

    /// - Parameter store: `nil` keeps nothing.
    init(store: (any AuditStateStore)?, states: [any KeptState], environment: AuditEnvironment, refreshEvery: Duration) {
        self.store = store
        self.states = states
        self.environment = environment
        self.refreshEvery = refreshEvery
    }

    var storeName: String { store?.name ?? "memory" }
    /// Why the last flush failed; `nil` when it did not.
    var failure: StoreError? { state.withLock { $0.failure } }

    /// Reads every state that has not been read.
    ///
    /// - Throws: the first failure; the other states are read nevertheless.
    func load() async throws(StoreError) {
        var first: StoreError?
        for each in states where !state.withLock({ $0.loaded.contains(each.key) }) {
            do throws(StoreError) { try await add(nil, to: each) } catch { first = first ?? error }
        }
        guard let first else { return }
        state.withLock { $0.failure = first }
        throw first
    }

    /// Adds what is new; looks for news when there is nothing to add for long.
    ///
    /// - Returns: the first failure.
    @discardableResult
    func flush() async -> StoreError? {
        guard store != nil else { return nil }
        let now = environment.now()
        let isDue = state.withLock { state in
            guard let last = state.refreshedAt, now - last < refreshEvery else {
                state.refreshedAt = now
                return true
            }
            return false
        }
        var first: StoreError?
        for each in states {
            let batch = nextBatch(of: each)
            if batch == nil, !isDue, state.withLock({ $0.loaded.contains(each.key) }) { continue }
            do throws(StoreError) {
                try await add(batch, to: each)
            } catch {
                first = first ?? error
                // A store that is out of reach is so for every state: no use in waiting for each.
                if error.kind != .malformed, error.kind != .rejected { break }
            }
        }
        state.withLock { $0.failure = first }
        return first
    }

    private func nextBatch(of each: any KeptState) -> Batch? {
        if let batch = state.withLock({ $0.batches[each.key] }) { return batch }
        let amounts = each.begin()
        guard !amounts.isEmpty else { return nil }
        return state.withLock { state in
            state.made += 1
            let batch = Batch(name: "\(environment.instance)-\(state.made)", amounts: amounts)
            state.batches[each.key] = batch
            return batch
        }
    }

    private func add(_ batch: Batch?, to each: any KeptState) async throws(StoreError) {
        guard let store else { return }
        let deadline = environment.now() + Self.deadline
        let totals: [String: Double]
        if let batch {
            totals = try await store.add(
                batch.amounts, to: each.key, batch: batch.name, removing: state.withLock { $0.outdated[each.key] } ?? [], deadline: deadline
            )
        } else {
            totals = try await store.load(each.key, deadline: deadline)
        }
        // Before the batch is forgotten: it was added, and must not be added again under another name.
        if let problem = each.problem(in: totals) {
            throw StoreError(
                store.name == "file" ? .embedded : .redis, .malformed,
                "the audit state holds under '\(each.key)' what no gateway has counted: \(problem); restore it, or move it away to start counting "
                    + "anew (the rule is then as loose as its artefact says)")
        }
        state.withLock { state in
            if batch != nil { state.batches[each.key] = nil }
            state.loaded.insert(each.key)
            state.outdated[each.key] = each.outdated(totals)
        }
        each.finish(totals)
    }
}
