import Cascade
import ChatAPI
import EntropyRouting
import Synchronization

/// Plans as it was told, and remembers what it heard.
final class ScriptedOversight: CalibrationOversight {
    private struct State {
        var queries: [OversightQuery] = []
        var outcomes: [OversightOutcome] = []
    }

    private let state = Mutex(State())
    private let edit: @Sendable (inout OversightPlan) -> Void

    init(_ edit: @escaping @Sendable (inout OversightPlan) -> Void = { _ in }) { self.edit = edit }

    var queries: [OversightQuery] { state.withLock { $0.queries } }
    var outcomes: [OversightOutcome] { state.withLock { $0.outcomes } }

    func plan(_ query: OversightQuery) -> OversightPlan {
        state.withLock { $0.queries.append(query) }
        var plan = OversightPlan(strategy: query.strategy)
        edit(&plan)
        return plan
    }

    /// Everything but the model `stranger`.
    func covers(_ identity: StreamIdentity, _ query: OversightQuery) -> Bool { identity.model != "stranger" }

    func finished(_ outcome: OversightOutcome) { state.withLock { $0.outcomes.append(outcome) } }
}
