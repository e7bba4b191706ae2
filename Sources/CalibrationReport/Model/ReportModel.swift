public import EntropyRouting

/// Everything a report shows, as plain values. A part that could not be made is `nil` or empty, and the page says so.
public struct ReportModel: Sendable {
    /// Of the page, without markup.
    public var title: String
    /// `drafter → heavyweight`, or whatever names the pair.
    public var subject: String
    public var verdict: ReportVerdict
    public var splits: [SplitCounts]
    /// The rule on drafts that were used for nothing else; `nil` without labelled test drafts or without a threshold.
    public var outcome: TestOutcome?
    public var deferral: DeferralFigures?
    public var walks: [CertificationWalk]
    public var riskCoverage: RiskCoverageFigures?
    public var violations: ViolationFigures?
    public var reliability: ReliabilityFigures?
    /// The model's terms by the weight they have, heaviest first.
    public var coefficients: [Coefficient]
    public var distributions: [EntropyDistribution]
    public var classes: [ClassRow]
    public var scores: [ScoreRow]
    /// Empty when no replay was given.
    public var frontier: [FrontierPoint]
    public var examples: [ExampleTrace]
    /// Name and value, in order.
    public var provenance: [ProvenanceLine]
    /// What a reader must know besides: assumptions that were made, drafts that were left out.
    public var remarks: [String]

    public init(title: String, subject: String, verdict: ReportVerdict) {
        self.title = title
        self.subject = subject
        self.verdict = verdict
        splits = []
        outcome = nil
        deferral = nil
        walks = []
        riskCoverage = nil
        violations = nil
        reliability = nil
        coefficients = []
        distributions = []
        classes = []
        scores = []
        frontier = []
        examples = []
        provenance = []
        remarks = []
    }
}

/// What the calibration promises, or why it promises nothing.
public enum ReportVerdict: Sendable {
    /// - Parameter threshold: of all classes together; `nil` when each class has its own.
    case certified(RiskCertificate, threshold: Double?)
    /// - Parameter reason: a sentence or two, without markup.
    case refused(reason: String)
}

/// Labelled drafts of one split.
public struct SplitCounts: Sendable, Hashable {
    /// `train`, `cal` or `test`.
    public var name: String
    public var purpose: String
    public var drafts: Int
    public var labelled: Int
    public var bad: Int

    public init(name: String, purpose: String, drafts: Int, labelled: Int, bad: Int) {
        self.name = name
        self.purpose = purpose
        self.drafts = drafts
        self.labelled = labelled
        self.bad = bad
    }
}

/// A share or a statistic with its uncertainty.
public struct Estimate: Sendable, Hashable {
    public var value: Double
    /// 95 %, both sides; `nil` when it was not estimated.
    public var interval: ClosedRange<Double>?

    public init(_ value: Double, _ interval: ClosedRange<Double>? = nil) {
        self.value = value
        self.interval = interval
    }
}

/// What the rule did to the labelled test drafts.
public struct TestOutcome: Sendable, Hashable {
    public var drafts: Int
    public var shipped: Int
    /// Shipped and bad.
    public var shippedBad: Int
    /// Losses as the certificate counts them, and the trials they are counted in.
    public var losses: Int
    public var trials: Int
    /// One-sided upper confidence bound of the loss rate at `1 - delta`.
    public var lossBound: Double
    /// Clopper and Pearson, 95 %.
    public var coverage: Estimate
    /// Share of good answers after escalation; `nil` when the heavyweight is not known.
    public var accuracy: Double?

    public init(
        drafts: Int, shipped: Int, shippedBad: Int, losses: Int, trials: Int, lossBound: Double, coverage: Estimate, accuracy: Double?
    ) {
        self.drafts = drafts
        self.shipped = shipped
        self.shippedBad = shippedBad
        self.losses = losses
        self.trials = trials
        self.lossBound = lossBound
        self.coverage = coverage
        self.accuracy = accuracy
    }
}

/// A fact about where the numbers come from.
public struct ProvenanceLine: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
