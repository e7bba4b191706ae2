import EntropyRouting

/// What any rule can hope for, before one is looked at: how many labels there are, how many are bad, and what that alone implies.
public struct Feasibility: Sendable, Hashable {
    /// Labels of the calibration split.
    public let labels: Int
    /// Those that are lost when everything is shipped.
    public let losses: Int
    /// Two-sided 95 % Clopper-Pearson interval of that rate, 0...1.
    public let lossInterval: ClosedRange<Double>
    /// What the walk is held to: the promised rate times the judge's sensitivity.
    public let alpha: Double
    /// Labels with which a level without a single loss would be certified; `nil` when no number will do. For the selective loss: shipped
    /// ones.
    public let labelsForNoLoss: Int?
    private let loss: RiskCertificate.Loss

    init(labels: Int, losses: Int, loss: RiskCertificate.Loss, alpha: Double, delta: Double) {
        self.labels = labels
        self.losses = losses
        self.loss = loss
        self.alpha = alpha
        lossInterval =
            ClopperPearson.lower(
                failures: losses, trials: labels, delta: 0.025)...ClopperPearson.upper(
                failures: losses, trials: labels, delta: 0.025)
        labelsForNoLoss = ClopperPearson.trialsNeeded(alpha: alpha, delta: delta)
    }

    /// mu: the loss rate of shipping everything, as seen; 0 without labels.
    public var lossRate: Double { labels > 0 ? Double(losses) / Double(labels) : 0 }

    /// The least share of requests that any rule, even one that knew the labels, has to escalate: mu - alpha, and (mu - alpha) / (1 -
    /// alpha) where only shipped drafts count.
    public var leastEscalation: Double {
        let excess = max(0, lossRate - alpha)
        return loss == .selective && alpha < 1 ? min(1, excess / (1 - alpha)) : excess
    }

    /// Labels that are missing before even a level without a loss could be certified: 0 when there are enough.
    public var missingLabels: Int? { labelsForNoLoss.map { max(0, $0 - labels) } }
}
