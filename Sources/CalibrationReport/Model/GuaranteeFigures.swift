public import Calibration
public import EntropyRouting

/// The levels a certification walked over, on the calibration split.
public struct CertificationWalk: Sendable {
    public struct Step: Sendable, Hashable {
        public var level: Double
        public var losses: Int
        public var trials: Int
        /// Upper confidence bound of the loss rate.
        public var bound: Double

        public init(level: Double, losses: Int, trials: Int, bound: Double) {
            self.level = level
            self.losses = losses
            self.trials = trials
            self.bound = bound
        }

        public var rate: Double { trials > 0 ? Double(losses) / Double(trials) : 0 }
    }

    /// `all drafts`, or the class.
    public var name: String
    /// What the bounds were held to: alpha times the judge's sensitivity.
    public var limit: Double
    public var delta: Double
    public var steps: [Step]
    /// Index of the certified step.
    public var certified: Int?

    public init(name: String, limit: Double, delta: Double, steps: [Step], certified: Int?) {
        self.name = name
        self.limit = limit
        self.delta = delta
        self.steps = steps
        self.certified = certified
    }
}

/// Coverage against risk in increasing score, on the test split.
public struct RiskCoverageFigures: Sendable {
    public var loss: RiskCertificate.Loss
    /// `nil` when nothing is certified.
    public var alpha: Double?
    /// Losses of all requests, over coverage.
    public var joint: [ScoreRule: [CurvePoint]]
    /// Bad among the shipped, over coverage.
    public var selective: [ScoreRule: [CurvePoint]]
    /// At the threshold in force, with 95 % intervals; x is its coverage.
    public var coverage: Double?
    public var jointAtThreshold: Estimate?
    public var selectiveAtThreshold: Estimate?

    public init(
        loss: RiskCertificate.Loss, alpha: Double?, joint: [ScoreRule: [CurvePoint]], selective: [ScoreRule: [CurvePoint]],
        coverage: Double? = nil, jointAtThreshold: Estimate? = nil, selectiveAtThreshold: Estimate? = nil
    ) {
        self.loss = loss
        self.alpha = alpha
        self.joint = joint
        self.selective = selective
        self.coverage = coverage
        self.jointAtThreshold = jointAtThreshold
        self.selectiveAtThreshold = selectiveAtThreshold
    }
}

/// How often a rule breaks its promise when the calibration is repeated on halves of the labelled drafts.
public struct ViolationFigures: Sendable {
    public struct Rule: Sendable {
        public var name: String
        /// Share of the resamplings in which the loss rate on the other half exceeded alpha.
        public var rate: Double
        public var violations: Int
        /// Loss rates on the other half, one per resampling; may be empty.
        public var losses: [Double]
        /// Mean share of drafts shipped.
        public var coverage: Double?

        public init(name: String, rate: Double, violations: Int, losses: [Double] = [], coverage: Double? = nil) {
            self.name = name
            self.rate = rate
            self.violations = violations
            self.losses = losses
            self.coverage = coverage
        }
    }

    public var resamplings: Int
    public var alpha: Double
    public var delta: Double
    public var certified: Rule
    public var naive: Rule

    public init(resamplings: Int, alpha: Double, delta: Double, certified: Rule, naive: Rule) {
        self.resamplings = resamplings
        self.alpha = alpha
        self.delta = delta
        self.certified = certified
        self.naive = naive
    }
}

/// One task class.
public struct ClassRow: Sendable, Hashable {
    public var taskClass: TaskClass
    /// Labelled drafts over all splits, and the bad ones among them.
    public var drafts: Int
    public var bad: Int
    /// In force; 0 ships nothing; `nil` when there is no threshold.
    public var threshold: Double?
    /// On the calibration split: shipped share, losses, trials and upper bound. `nil` without a certificate by class.
    public var calibration: Counts?
    /// On the test split, at the threshold in force.
    public var test: Counts?

    public struct Counts: Sendable, Hashable {
        public var drafts: Int
        public var coverage: Double
        public var losses: Int
        public var bound: Double

        public init(drafts: Int, coverage: Double, losses: Int, bound: Double) {
            self.drafts = drafts
            self.coverage = coverage
            self.losses = losses
            self.bound = bound
        }
    }

    public init(taskClass: TaskClass, drafts: Int, bad: Int, threshold: Double?, calibration: Counts?, test: Counts?) {
        self.taskClass = taskClass
        self.drafts = drafts
        self.bad = bad
        self.threshold = threshold
        self.calibration = calibration
        self.test = test
    }
}
