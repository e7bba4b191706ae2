public import EntropyRouting

/// What a calibration is asked for, besides the drafts.
public struct CalibrationOptions: Sendable {
    /// What the recordings were made with: the artefact's key, but for the tier, which they show.
    public var drafter: String
    public var provider: String
    /// 0...20.
    public var topLogprobs: Int
    public var temperature: Double
    public var promptMode: String
    /// Promised rate of losses, above 0, below 1.
    public var alpha: Double
    /// The probability with which the promise may be wrong, above 0, below 1.
    public var delta: Double
    /// Default joint.
    public var loss: RiskCertificate.Loss
    /// A threshold for each task class. Default false.
    public var isPerClass: Bool
    /// How many bad drafts the labels show. Default all.
    public var judge: JudgeSensitivity
    /// W, 1...1,024 tokens. Default 10.
    public var windowTokens: Int
    /// V of the drafter, 2 or more; written into the artefact. Default 200,019.
    public var vocabularySize: Int
    /// C of the L2 penalty. Default 1.
    public var l2: Double
    /// Drafts of the certification split without a verdict are left out, and the promise is about judged ones only. Default false: they
    /// count as lost where they are shipped.
    public var isJudgedOnly = false
    /// ISO 8601 date for the artefact.
    public var date: String
    /// What the drafter called itself in the recordings.
    public var origin: RiskModel.Origin

    public init(
        drafter: String, provider: String, topLogprobs: Int, temperature: Double, promptMode: String = "plain", alpha: Double,
        delta: Double,
        loss: RiskCertificate.Loss = .joint, isPerClass: Bool = false, judge: JudgeSensitivity = .complete, windowTokens: Int = 10,
        vocabularySize: Int = 200_019, l2: Double = 1, date: String, origin: RiskModel.Origin = RiskModel.Origin()
    ) {
        self.drafter = drafter
        self.provider = provider
        self.topLogprobs = topLogprobs
        self.temperature = temperature
        self.promptMode = promptMode
        self.alpha = alpha
        self.delta = delta
        self.loss = loss
        self.isPerClass = isPerClass
        self.judge = judge
        self.windowTokens = windowTokens
        self.vocabularySize = vocabularySize
        self.l2 = l2
        self.date = date
        self.origin = origin
    }
}
