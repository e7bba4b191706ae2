public import Calibration

/// A way to sort drafts by how little they are to be trusted.
public enum ScoreRule: String, Sendable, Hashable, CaseIterable {
    /// The fitted model.
    case risk
    case meanEntropy = "mean_entropy"
    case rawWindow = "raw_window"
    case minLogprob = "min_logprob"
    case length
    case random

    /// As it is written in the page.
    public var label: String {
        switch self {
        case .risk: "risk model"
        case .meanEntropy: "mean entropy"
        case .rawWindow: "raw window"
        case .minLogprob: "min logprob"
        case .length: "length only"
        case .random: "random"
        }
    }
}

/// A confidence band over one position.
public struct BandPoint: Sendable, Hashable {
    public var x: Double
    public var low: Double
    public var high: Double

    public init(_ x: Double, _ low: Double, _ high: Double) {
        self.x = x
        self.low = low
        self.high = high
    }
}

/// Share of requests sent to the heavyweight against the share of good answers, on the test split.
public struct DeferralFigures: Sendable {
    public var draftAccuracy: Double
    public var heavyweightAccuracy: Double
    /// One curve per rule; ``ScoreRule/random`` is the straight line and may be left out.
    public var curves: [ScoreRule: [CurvePoint]]
    /// 95 % bootstrap band of the risk model's curve.
    public var band: [BandPoint]
    /// Where the risk model's curve bends most (Kneedle).
    public var knee: CurvePoint?
    /// Where the threshold in force puts the gateway.
    public var operating: CurvePoint?

    public init(
        draftAccuracy: Double, heavyweightAccuracy: Double, curves: [ScoreRule: [CurvePoint]], band: [BandPoint] = [],
        knee: CurvePoint? = nil, operating: CurvePoint? = nil
    ) {
        self.draftAccuracy = draftAccuracy
        self.heavyweightAccuracy = heavyweightAccuracy
        self.curves = curves
        self.band = band
        self.knee = knee
        self.operating = operating
    }
}

/// One line of the numbers.
public struct ScoreRow: Sendable {
    public var rule: ScoreRule
    /// Probability that a bad draft ranks above a good one.
    public var auroc: Estimate?
    /// RouteLLM's average performance gap recovered; .5 = random.
    public var apgr: Estimate?
    /// Least share of requests for the heavyweight that recovers 50 % and 80 % of its lead; `nil` when there is no lead.
    public var cpt50: Double?
    public var cpt80: Double?
    /// Area under the risk-coverage curve.
    public var aurc: Double?

    public init(
        rule: ScoreRule, auroc: Estimate? = nil, apgr: Estimate? = nil, cpt50: Double? = nil, cpt80: Double? = nil, aurc: Double? = nil
    ) {
        self.rule = rule
        self.auroc = auroc
        self.apgr = apgr
        self.cpt50 = cpt50
        self.cpt80 = cpt80
        self.aurc = aurc
    }
}

/// What a price of waiting buys: from a replay of the recorded traffic.
public struct FrontierPoint: Sendable, Hashable {
    /// US dollars per second that the operator pays for speed.
    public var lambda: Double
    /// US dollars per 1,000 requests, spent on pre-fires that were not needed.
    public var wastedUSDPerThousand: Double
    /// Milliseconds that clients wait less, mean over all requests.
    public var savedMs: Double

    public init(lambda: Double, wastedUSDPerThousand: Double, savedMs: Double) {
        self.lambda = lambda
        self.wastedUSDPerThousand = wastedUSDPerThousand
        self.savedMs = savedMs
    }
}
