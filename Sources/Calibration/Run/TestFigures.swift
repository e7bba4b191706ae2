public import EntropyRouting

/// What became of labelled drafts under a rule.
public struct RuleFigures: Sendable, Hashable {
    public let labels: Int
    public let shipped: Int
    public let losses: Int
    /// Losses of all labels; for the selective loss of the shipped ones. 0 without any.
    public let lossRate: Double
    /// Two-sided 95 % Clopper-Pearson interval of that rate.
    public let lossInterval: ClosedRange<Double>

    /// Share that is shipped.
    public var coverage: Double { Double(shipped) / Double(labels) }

    /// - Parameters:
    ///   - countsUnjudged: drafts without a label are bad ones; otherwise they are left out. Default false.
    ///   - level: of a class; 0 ships nothing.
    /// - Returns: `nil` without labelled drafts.
    public init?(
        _ drafts: [ScoredDraft], loss: RiskCertificate.Loss, rule: CertifiedRule, countsUnjudged: Bool = false,
        level: (TaskClass) -> Double
    ) {
        let cases = countsUnjudged ? drafts.map(rule.pessimisticCase) : drafts.compactMap(rule.certificationCase)
        guard !cases.isEmpty else { return nil }
        let kept = cases.filter { level($0.taskClass) > 0 && rule.ships($0, at: level($0.taskClass)) }
        labels = cases.count
        shipped = kept.count
        losses = kept.count { loss.counts($0) }
        let trials = loss == .selective ? shipped : labels
        lossRate = trials > 0 ? Double(losses) / Double(trials) : 0
        lossInterval =
            ClopperPearson.lower(
                failures: losses, trials: trials, delta: 0.025)...ClopperPearson.upper(
                failures: losses, trials: trials, delta: 0.025)
    }
}

/// AUROC of each score: the probability that a bad draft scores above a good one, ties half.
public struct RankingFigures: Sendable, Hashable {
    public let labels: Int
    public let risk: Double
    public let windowBits: Double
    public let meanBits: Double
    public let worstToken: Double
    public let length: Double

    /// Over labelled drafts that pass the gates with usable evidence: those that a score decides about.
    ///
    /// - Returns: `nil` when none is good or none is bad.
    public init?(_ drafts: [ScoredDraft]) {
        let decided = drafts.filter { $0.isShippable && $0.isBad != nil }
        let isBad = decided.map { $0.isBad == true }
        guard isBad.contains(true), isBad.contains(false) else { return nil }
        labels = decided.count
        func auroc(_ score: (ScoredDraft) -> Double) -> Double { Ranking.auroc(scores: decided.map(score), isBad: isBad) ?? 0.5 }
        risk = auroc(\.risk)
        windowBits = auroc(\.scores.windowBits)
        meanBits = auroc(\.scores.meanBits)
        worstToken = auroc(\.scores.worstTokenNats)
        length = auroc { Double($0.scores.length) }
    }
}
