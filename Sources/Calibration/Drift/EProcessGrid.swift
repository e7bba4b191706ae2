public import EntropyRouting

/// Watches the promise of a ``RiskCertificate`` while it is in force: one ``BettingEProcess`` per grid level up to the certified one, and
/// the level that may be shipped at now.
///
/// **Observations.** An audit looks at a request drawn before its outcome was known. For the joint and the recoverable loss, whose rate is
/// of all requests, it is an observation of every level at or below the level in force: X = 1 when the draft was shipped, its risk is at
/// most that level, and it was a loss. For the selective loss, whose rate is of the shipped ones, it is an observation only where it was or
/// would have been shipped. Levels above the one in force learn nothing: what they would have shipped was not.
///
/// **Alarm.** A level's evidence is M = (1 - w) M_audits + w M_feedback; a mixture of e-processes with a weight fixed in advance is one. M
/// >= 1/delta at any time is the level's alarm, which nothing takes back. The level in force is the loosest one that has no alarm; below
/// the strictest it is 0, and nothing ships. It never rises: only a new calibration, which is a new grid, loosens.
///
/// Levels are left from loose to strict, a fixed order, so the probability of ever leaving a level that keeps the promise is at most delta
/// for the whole grid: it takes a false alarm of the first such level in that order, and that one has probability delta at most.
///
/// **Feedback.** Every routed request counts as X = 0 at once; a complaint about a shipped draft exchanges that for 1. Requests nobody
/// complains about stay 0, which can only hide losses: feedback alone never alarms falsely as long as complaints are true, and audits do
/// the rest.
///
/// Total and bounded: memory is a few numbers per level, whatever the traffic.
public struct EProcessGrid: Sendable, Hashable {
    public let loss: RiskCertificate.Loss
    public let delta: Double
    /// w: the share of the stake that is bet on feedback, 0...1, fixed in advance.
    public let feedbackWeight: Double
    /// Ascending; the last one is the certified level.
    public let levels: [Double]
    /// Against alpha times the judge's sensitivity.
    public let auditBets: Bets
    /// Against alpha.
    public let feedbackBets: Bets
    /// One entry per level.
    public private(set) var state: State
    /// Index of ``levelInForce``; -1 when nothing ships.
    private var inForce: Int

    /// - Parameters:
    ///   - levels: those that may be in force, the certified one the loosest. Sorted, and each kept once.
    ///   - alpha: the promised rate, above 0, below 1.
    ///   - judgeSensitivity: the share of losses that the audits' judge recognises for certain, above 0, up to 1. Audits bet against alpha
    ///     times this, the rate of recognised losses that was certified; complaints against alpha.
    ///   - delta: the probability of a false alarm, ever.
    ///   - feedbackWeight: 0 = audits only, 1 = feedback only; default one half.
    ///   - state: where an earlier grid of the same parameters stood; levels it lacks start anew.
    public init(
        levels: [Double], alpha: Double, judgeSensitivity: Double = 1, delta: Double, loss: RiskCertificate.Loss = .joint,
        feedbackWeight: Double = 0.5, fractions: [Double] = [], state: State = State()
    ) {
        self.levels = Set(levels).filter { $0.isFinite }.sorted()
        self.loss = loss
        self.delta = delta
        self.feedbackWeight = feedbackWeight > 0 ? min(feedbackWeight, 1) : 0
        auditBets = Bets(alpha: alpha * judgeSensitivity, fractions: fractions)
        feedbackBets = Bets(alpha: alpha, fractions: fractions)
        self.state = State(levels: Array(repeating: Level(), count: self.levels.count))
        inForce = self.levels.count - 1
        merge(state)
    }

    /// The grid of a certificate, from its strictest level to the certified one.
    ///
    /// - Parameter level: the certified one; the greatest of them (``RiskThresholds/greatest``) where classes have their own. Shipped
    ///   drafts of stricter classes have risks below their class's level, so that one grid watches the promise for all classes together. A
    ///   level beside the certificate's grid, of an operator who wants to ship less, is one of its own.
    public init(certificate: RiskCertificate, level: Double, feedbackWeight: Double = 0.5, state: State = State()) {
        self.init(
            levels: certificate.grid.filter { $0 < level } + (level > 0 ? [level] : []), alpha: certificate.alpha,
            judgeSensitivity: certificate.judgeSensitivity, delta: certificate.delta, loss: certificate.loss,
            feedbackWeight: feedbackWeight, state: state)
    }

    /// The risk at or below which a draft may be shipped now; 0 = none may.
    public var levelInForce: Double { inForce >= 0 ? levels[inForce] : 0 }

    /// The level in force is stricter than the certified one.
    public var isTightened: Bool { inForce < levels.count - 1 }

    /// An audit has come to its verdict.
    ///
    /// - Returns: the step that it caused; `nil` when the level in force stays.
    @discardableResult
    public mutating func audit(_ outcome: AuditOutcome) -> AlarmStep? {
        let bets = auditBets
        forEachLevel(outcome.risk, outcome.isShipped) { level, isWithin in
            level.audits.observe(isWithin && outcome.isBad ? 1 : 0, with: bets)
        }
        return outcome.isLoss ? raise() : nil
    }

    /// The verdict of an audit that was counted was wrong: a person's counts more than a judge's.
    ///
    /// - Parameter outcome: as it was counted; `isBad` is what it should have been.
    @discardableResult
    public mutating func overrule(_ outcome: AuditOutcome, isBad: Bool) -> AlarmStep? {
        let bets = auditBets
        forEachLevel(outcome.risk, outcome.isShipped) { level, isWithin in
            if isWithin { level.audits.replace(outcome.isBad ? 1 : 0, by: isBad ? 1 : 0, with: bets) }
        }
        return raise()
    }

    /// A routed request is over: until somebody complains, nothing was wrong with it.
    public mutating func routed(risk: Double, isShipped: Bool) {
        let bets = feedbackBets
        forEachLevel(risk, isShipped) { level, _ in level.feedback.observe(0, with: bets) }
    }

    /// Feedback on a request that was counted by ``routed(risk:isShipped:)``, or a change of it.
    ///
    /// - Parameter old: what was thought so far; `false` until the first complaint.
    @discardableResult
    public mutating func feedback(risk: Double, isShipped: Bool, isBad: Bool, was old: Bool = false) -> AlarmStep? {
        let bets = feedbackBets
        forEachLevel(risk, isShipped) { level, isWithin in
            if isWithin { level.feedback.replace(old ? 1 : 0, by: isBad ? 1 : 0, with: bets) }
        }
        return raise()
    }

    /// Adds what others saw: a stored state at the start, or the increments of other gateways. Alarms of either side hold.
    @discardableResult
    public mutating func merge(_ other: State) -> AlarmStep? {
        for index in state.levels.indices where index < other.levels.count {
            state.levels[index].add(other.levels[index], auditBets, feedbackBets)
        }
        return raise()
    }

    /// Takes over the sums of a store that several gateways share. The alarms known here hold even where the store does not know them yet.
    ///
    /// - Parameter shared: the store's sums and what this gateway has not added to them yet.
    @discardableResult
    public mutating func adopt(_ shared: State) -> AlarmStep? {
        for index in state.levels.indices {
            var level = index < shared.levels.count ? shared.levels[index] : Level()
            level.maximum = max(level.maximum, state.levels[index].maximum)
            level.alarmedAfter = state.levels[index].alarmedAfter ?? level.alarmedAfter
            state.levels[index] = level
        }
        return raise()
    }

    /// What is known about every level, from strict to loose.
    public var summary: [LevelSummary] {
        levels.indices.map { index in
            let level = state.levels[index]
            return LevelSummary(
                level: levels[index], audits: level.audits.observations, bad: level.audits.ones, requests: level.feedback.observations,
                complaints: level.feedback.ones, logEvidence: logEvidence(level), maximumLogEvidence: level.maximum,
                alarmedAfter: level.alarmedAfter)
        }
    }

    /// The levels that a request says something about, and whether it was or would have been shipped there.
    private mutating func forEachLevel(_ risk: Double, _ isShipped: Bool, _ observe: (inout Level, _ isWithin: Bool) -> Void) {
        for index in 0..<inForce + 1 {
            let isWithin = isShipped && risk <= levels[index]
            if isWithin || loss != .selective { observe(&state.levels[index], isWithin) }
        }
    }

    /// Notes new maxima and alarms up to the level in force, and steps below the alarmed ones.
    private mutating func raise() -> AlarmStep? {
        let alarm = Bets.alarm(delta: delta)
        for index in 0..<inForce + 1 {
            let level = state.levels[index]
            state.levels[index].maximum = max(level.maximum, logEvidence(level))
            if level.alarmedAfter == nil, state.levels[index].maximum >= alarm {
                state.levels[index].alarmedAfter = level.audits.observations
            }
        }
        let before = inForce
        while inForce >= 0, state.levels[inForce].alarmedAfter != nil { inForce -= 1 }
        guard inForce < before else { return nil }
        return AlarmStep(from: levels[before], to: levelInForce, logEvidence: state.levels[before].maximum)
    }

    private func logEvidence(_ level: Level) -> Double {
        Bets.logMixture(auditBets.logEvidence(level.audits), feedbackBets.logEvidence(level.feedback), weight: feedbackWeight)
    }
}
