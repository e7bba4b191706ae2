public import EntropyRouting

/// Everything a calibration found, certified or not.
public struct CalibrationOutcome: Sendable {
    /// What there was to work with.
    public struct Counts: Sendable, Hashable {
        /// Labelled drafts by split.
        public var labelled: [DraftSplit: Int] = [:]
        /// Bad ones among them.
        public var bad: [DraftSplit: Int] = [:]
        /// Drafts without a verdict by split.
        public var unjudged: [DraftSplit: Int] = [:]
        /// Labelled drafts that a quality gate refuses.
        public var gated = 0
        /// Labelled drafts that pass the gates with too little evidence, or of another tier than the model's.
        public var otherTier = 0

        init(_ drafts: [LabelledDraft], _ summaries: [DraftSummary], tier: SignalTier) {
            for (draft, summary) in zip(drafts, summaries) {
                guard let isBad = draft.isBad else {
                    unjudged[draft.split, default: 0] += 1
                    continue
                }
                labelled[draft.split, default: 0] += 1
                if isBad { bad[draft.split, default: 0] += 1 }
                if summary.gate != nil { gated += 1 } else if summary.tier != tier { otherTier += 1 }
            }
        }

        /// Drafts without a verdict, of all splits.
        public var unlabelled: Int { unjudged.values.reduce(0, +) }
        /// Labelled drafts of all splits.
        public var labels: Int { labelled.values.reduce(0, +) }
    }

    public let options: CalibrationOptions
    public let counts: Counts
    /// `nil` when there were too few full lists of 20.
    public let tail: TailFit?
    public let fit: RiskFit
    public let tier: SignalTier
    /// Of the risk.
    public let certification: Certification
    /// Of the window strategy's statistic, for all classes together: the baseline, and a certified `threshold_bits` for who prefers it.
    public let windowCertification: Certification
    /// With threshold, certificate and speed layer; `nil` when nothing could be certified.
    public let model: RiskModel?
    /// Every draft as the commit rule sees it, in the order given.
    public let scored: [ScoredDraft]
    /// What the test split says about the certified rule, and about the window's; `nil` without a certified one, or without labels.
    public let test: RuleFigures?
    public let windowTest: RuleFigures?
    /// How well each score sorts the labelled drafts of the test split; `nil` when they are all good or all bad.
    public let ranking: RankingFigures?

    init(
        options: CalibrationOptions, counts: Counts, tail: TailFit?, fit: RiskFit, tier: SignalTier, certification: Certification,
        windowCertification: Certification, model: RiskModel?, scored: [ScoredDraft]
    ) {
        self.options = options
        self.counts = counts
        self.tail = tail
        self.fit = fit
        self.tier = tier
        self.certification = certification
        self.windowCertification = windowCertification
        self.model = model
        self.scored = scored
        let test = scored.filter { $0.split == .test && $0.isBad != nil }
        self.test = model?.thresholds.flatMap { thresholds in
            RuleFigures(test, loss: options.loss, rule: .risk) { thresholds[$0] }
        }
        windowTest = windowCertification.threshold.flatMap { bits in RuleFigures(test, loss: options.loss, rule: .window) { _ in bits } }
        ranking = RankingFigures(test)
    }

    /// All labels that would be needed, in the shares of the splits as they are, when the certificate is refused; `nil` when no number
    /// would do, or it is not.
    public var missingLabels: Int? {
        guard let missing = certification.refusal?.missingLabels else { return nil }
        let cal = counts.labelled[.cal, default: 0]
        return cal > 0
            ? Int((Double(missing) * Double(counts.labels) / Double(cal)).rounded(.up)) : Int((Double(missing) * 2.5).rounded(.up))
    }

    /// What became of drafts of the certification split without a verdict, a sentence; `nil` when all have one.
    public var unjudgedWarning: String? {
        guard let count = counts.unjudged[.cal], count > 0 else { return nil }
        let drafts = count == 1 ? "1 draft of the certification split has" : "\(count) drafts of the certification split have"
        return options.isJudgedOnly
            ? "\(drafts) no verdict and \(count == 1 ? "is" : "are") left out: the promise is about judged ones only"
            : "\(drafts) no verdict and \(count == 1 ? "counts" : "count") as lost; judge them, or say --judged-only, and the promise is "
                + "about judged ones only"
    }
}
