import Calibration
import Cascade
import EntropyRouting
import Synchronization

/// The evidence about one certified rule, and the level that it leaves in force. Routes with the same artefact and threshold share one.
///
/// The mathematics is ``EProcessGrid``; here it is shared with other gateways and with the next start. Everything that is shared is a sum, so that
/// a gateway adds what it has seen and learns what others have, in any order; an alarm of one holds for all.
final class CalibrationWatch: KeptState {
    /// What a request says about the rule.
    struct Observation: Sendable, Hashable {
        /// The draft's final risk; for a draft that was finished although it was doubted, the level in force.
        var risk: Double
        /// The draft was the client's answer.
        var isShipped: Bool
    }

    private struct State {
        var grid: EProcessGrid
        /// The sums as the store last said.
        var base: EProcessGrid.State
        /// The state when the batch that is on its way was made.
        var sent: EProcessGrid.State?
        /// Routed requests that are not in the grid yet, by the strictest level that they say something about.
        var routed: [Int]
        /// Not told yet; one for each level at most.
        var alarms: [DriftAlarm] = []
    }

    let key: String
    let model: RiskModel
    let certificate: RiskCertificate
    /// Where the rule begins: the certified level, or the operator's own.
    let startLevel: Double
    private let level: Atomic<UInt64>
    private let state: Mutex<State>

    /// - Parameter rule: its model has a certificate and the rule its levels or stricter ones, else `nil`: others have been promised nothing.
    init?(_ rule: RiskStrategy) {
        guard let certificate = rule.model.certificate, Self.isPromised(rule, certificate) else { return nil }
        let start = rule.thresholds.greatest
        let hash = rule.model.provenance.dataHash
        model = rule.model
        self.certificate = certificate
        startLevel = start
        // Another threshold, or another promise, is another experiment.
        key = "calibration \(hash) \(certificate.loss.rawValue) \(certificate.alpha) \(certificate.delta) \(start)"
        let grid = EProcessGrid(
            levels: certificate.grid.filter { $0 < start } + [start], alpha: certificate.alpha,
            judgeSensitivity: certificate.judgeSensitivity, delta: certificate.delta, loss: certificate.loss)
        level = Atomic(start.bitPattern)
        state = Mutex(
            State(grid: grid, base: EProcessGrid.State(), routed: Array(repeating: 0, count: grid.levels.count)))
    }

    /// A rule that ships a part of what the certified one ships loses no more of all requests. Of the shipped ones it may well.
    private static func isPromised(_ rule: RiskStrategy, _ certificate: RiskCertificate) -> Bool {
        if rule.thresholds == rule.model.thresholds { return true }
        guard certificate.loss != .selective, rule.thresholds.greatest > 0 else { return false }
        return rule.thresholds == rule.model.thresholds?.capped(at: rule.thresholds.greatest)
    }

    /// The risk up to which a draft may be shipped now; 0 = none may. Lock-free.
    var levelInForce: Double { Double(bitPattern: level.load(ordering: .relaxed)) }

    var isTightened: Bool { levelInForce < startLevel }

    /// A routed request is over.
    func routed(_ observation: Observation) {
        state.withLock { state in
            if certificate.loss == .selective {
                guard observation.isShipped, let index = state.grid.levels.firstIndex(where: { observation.risk <= $0 }) else { return }
                state.routed[index] += 1
            } else {
                state.routed[0] += 1
            }
        }
    }

    /// An audit has come to its verdict.
    func audited(_ observation: Observation, isBad: Bool) {
        change { $0.audit(AuditOutcome(risk: observation.risk, isShipped: observation.isShipped, isBad: isBad)) }
    }

    /// A verdict that was counted as `isBad` is seen to have been the opposite.
    func overruled(_ observation: Observation, wasBad: Bool) {
        change {
            $0.overrule(AuditOutcome(risk: observation.risk, isShipped: observation.isShipped, isBad: wasBad), isBad: !wasBad)
        }
    }

    /// Feedback on a routed request that was not audited.
    func complained(_ observation: Observation, isBad: Bool, wasBad: Bool) {
        change { $0.feedback(risk: observation.risk, isShipped: observation.isShipped, isBad: isBad, was: wasBad) }
    }

    /// The alarms since the last call, their route left empty.
    func takeAlarms() -> [DriftAlarm] {
        state.withLock { state in
            defer { state.alarms = [] }
            return state.alarms
        }
    }

    var summary: [LevelSummary] {
        state.withLock { state in
            Self.settle(&state)
            return state.grid.summary
        }
    }

    /// log10 of the evidence about the level in force, or about the strictest when none is.
    var log10Evidence: Double {
        let level = levelInForce
        let summary = summary
        return Self.log10((summary.last { $0.level <= level } ?? summary.first)?.logEvidence ?? 0)
    }

    static func log10(_ natural: Double) -> Double { natural / 2.302585092994046 }

    // MARK: Kept

    func begin() -> [String: Double] {
        state.withLock { state in
            Self.settle(&state)
            let fields = state.grid.state.increments(since: state.base).fields(levels: state.grid.levels)
            state.sent = fields.isEmpty ? nil : state.grid.state
            return fields
        }
    }

    func finish(_ totals: [String: Double]) {
        change { grid, state in
            let kept = EProcessGrid.State(fields: totals, levels: grid.levels)
            // What is in the store and did not come from here.
            let others = kept.increments(since: state.sent ?? state.base)
            state.base = kept
            state.sent = nil
            return grid.merge(others)
        }
    }

    func problem(in totals: [String: Double]) -> String? {
        KeptCounts.problem(in: totals) { $0.hasPrefix("level.") }
            ?? KeptCounts.excess(in: totals, of: ".bad", over: ".audits")
    }

    // MARK: Steps

    private func change(_ body: (inout EProcessGrid) -> AlarmStep?) { change { grid, _ in body(&grid) } }

    private func change(_ body: (inout EProcessGrid, inout State) -> AlarmStep?) {
        state.withLock { state in
            Self.settle(&state)
            var grid = state.grid
            let step = body(&grid, &state)
            state.grid = grid
            level.store(grid.levelInForce.bitPattern, ordering: .relaxed)
            guard let step else { return }
            let found = grid.summary.first { $0.level == step.from }
            state.alarms.append(
                DriftAlarm(
                    route: "", level: step.from, newLevel: step.to, log10Evidence: Self.log10(step.logEvidence),
                    audits: found?.audits ?? 0, bad: found?.bad ?? 0, badFeedback: found?.complaints ?? 0, alpha: certificate.alpha,
                    delta: certificate.delta))
        }
    }

    /// Enters the requests that were routed. Late, because that takes a step for every level, and before everything else, because a complaint takes the place of
    /// a request that has been entered.
    private static func settle(_ state: inout State) {
        guard state.routed.contains(where: { $0 > 0 }) else { return }
        let level = state.grid.levelInForce
        var requests = 0
        let levels = zip(state.grid.levels, state.routed).map { each, routed in
            requests += routed
            return EProcessGrid.Level(feedback: BettingEProcess.State(zeros: each <= level ? requests : 0))
        }
        state.routed = Array(repeating: 0, count: state.routed.count)
        state.grid.merge(EProcessGrid.State(levels: levels))
    }
}
