public import EntropyRouting

/// A draft as the commit rule sees it, with its verdict: what certification, evaluation and pictures are made from.
public struct ScoredDraft: Sendable {
    public var id: String
    public var taskClass: TaskClass
    public var category: String
    public var split: DraftSplit
    /// The risk that the production monitor gives the complete draft, 0...1.
    public var risk: Double
    /// Some threshold ships it: all gates pass, and its evidence is of the model's tier.
    public var isShippable: Bool
    /// Likewise for the window strategy, which takes evidence of any tier.
    public var isWindowShippable: Bool
    public var scores: DraftScores
    /// `nil` while nobody has judged it.
    public var isBad: Bool?
    /// `nil` when it was not judged or not asked.
    public var isHeavyweightGood: Bool?

    public init(
        id: String, taskClass: TaskClass, category: String, split: DraftSplit, risk: Double, isShippable: Bool, isWindowShippable: Bool,
        scores: DraftScores, isBad: Bool?, isHeavyweightGood: Bool?
    ) {
        self.id = id
        self.taskClass = taskClass
        self.category = category
        self.split = split
        self.risk = risk
        self.isShippable = isShippable
        self.isWindowShippable = isWindowShippable
        self.scores = scores
        self.isBad = isBad
        self.isHeavyweightGood = isHeavyweightGood
    }

    /// Runs the production monitor with the model over the draft.
    ///
    /// - Parameters:
    ///   - model: its thresholds are not looked at.
    ///   - vocabularySize: of the drafter's provider, where the model does not say.
    public init(_ draft: LabelledDraft, model: RiskModel, vocabularySize: Int = 200_019, windowEarlyExitTokens: Int = 10)
        throws(ParameterError)
    {
        // At a threshold of 1 the rule rejects for want of evidence only: whatever it ships there, some level ships.
        let strategy = try RiskStrategy(model: model, threshold: 1)
        let estimator = model.estimator(vocabularySize: vocabularySize)
        let window = try WindowStrategy(windowTokens: model.windowTokens, earlyExitTokens: windowEarlyExitTokens)
        self.init(draft, DraftSummary(draft.trace, window: window, estimator: estimator), strategy, estimator)
    }

    /// - Parameter strategy: with a threshold of 1.
    init(_ draft: LabelledDraft, _ summary: DraftSummary, _ strategy: RiskStrategy, _ estimator: EntropyEstimator) {
        let trace = draft.trace
        let verdict = trace.monitor(.risk(strategy), estimator).finalAssessment(finishReason: trace.finish)
        self.init(
            id: trace.id, taskClass: trace.taskClass, category: trace.category, split: draft.split, risk: verdict.statistic,
            isShippable: trace.gate == nil && verdict.level != .reject,
            isWindowShippable: trace.gate == nil && summary.tier != .none,
            scores: summary.scores, isBad: draft.isBad, isHeavyweightGood: draft.isHeavyweightGood)
    }

    /// The certified rule: ship what may be shipped and has at most this risk. At a level of 0 nothing is.
    public func ships(at level: Double) -> Bool { isShippable && level > 0 && risk <= level }

    /// The window rule: ship what may be shipped and never reaches this many bits.
    public func ships(belowBits bits: Double) -> Bool { isWindowShippable && scores.windowBits < bits }
}
