public import EntropyRouting

/// What one pass of the production monitor leaves of a draft: everything a risk model can look at, and the baselines' scores.
public struct DraftSummary: Sendable {
    /// Of the whole draft.
    public let statistics: DraftStatistics
    /// How much evidence it carried; ``SignalTier/none`` for an empty draft.
    public let tier: SignalTier
    public let request: RequestFacts
    /// The quality gate that refuses the draft; `nil` when all pass.
    public let gate: String?
    public let scores: DraftScores

    /// - Parameters:
    ///   - window: its length shapes the window features; its threshold is not looked at.
    ///   - estimator: for the drafter's vocabulary.
    public init(_ trace: DraftTrace, window: WindowStrategy = .standard, estimator: EntropyEstimator = EntropyEstimator()) {
        let monitor = trace.monitor(.window(window), estimator)
        statistics = monitor.statistics
        tier = monitor.tier
        request = trace.requestFacts
        gate = trace.gate
        scores = DraftScores(trace, monitor)
    }

    /// The value of a feature, finite.
    public func value(of feature: RiskFeature) -> Double { feature.value(in: statistics, request: request) }

    /// The tier that most drafts have; of equally frequent ones the richer. ``SignalTier/none`` only when no draft has evidence.
    public static func commonTier(of drafts: some Sequence<DraftSummary>) -> SignalTier {
        var counts: [SignalTier: Int] = [:]
        for draft in drafts where draft.tier != .none { counts[draft.tier, default: 0] += 1 }
        var common = SignalTier.none
        for tier in SignalTier.allCases where counts[tier, default: 0] > counts[common, default: 0] { common = tier }
        return common
    }
}
