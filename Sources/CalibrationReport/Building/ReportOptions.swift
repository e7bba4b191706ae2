public import EntropyRouting

/// What a report is to say that the drafts and the model do not.
public struct ReportOptions: Sendable {
    public var title: String
    /// Names of the heavyweights that answered; empty when none did.
    public var heavyweights: [String]
    /// What a model without a certificate is measured by.
    public var loss: RiskCertificate.Loss
    public var alpha: Double
    public var delta: Double
    /// Of bootstrap and resampling: the same seed gives the same page.
    public var seed: UInt64
    /// Of the bootstrap, default 1,000.
    public var resamples: Int
    /// Repeated calibrations, default 200.
    public var rounds: Int
    /// Drafts shown of each kind, default 2.
    public var examples: Int
    /// Tokens shown of each, default 240.
    public var exampleTokens: Int
    /// V of the drafter's provider, where the model does not say.
    public var vocabularySize: Int
    public var frontier: [FrontierPoint]
    /// Behind what the model says of itself.
    public var provenance: [ProvenanceLine]
    public var remarks: [String]

    public init(
        title: String = "Calibration report", heavyweights: [String] = [], loss: RiskCertificate.Loss = .joint, alpha: Double = 0.05,
        delta: Double = 0.05, seed: UInt64 = 1, resamples: Int = 1_000, rounds: Int = 200, examples: Int = 2, exampleTokens: Int = 240,
        vocabularySize: Int = 200_019, frontier: [FrontierPoint] = [], provenance: [ProvenanceLine] = [], remarks: [String] = []
    ) {
        self.title = title
        self.heavyweights = heavyweights
        self.loss = loss
        self.alpha = alpha
        self.delta = delta
        self.seed = seed
        self.resamples = resamples
        self.rounds = rounds
        self.examples = examples
        self.exampleTokens = exampleTokens
        self.vocabularySize = vocabularySize
        self.frontier = frontier
        self.provenance = provenance
        self.remarks = remarks
    }
}
