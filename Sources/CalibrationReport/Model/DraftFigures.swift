public import EntropyRouting

/// Whether a risk of 10 % means that one draft in ten is bad.
public struct ReliabilityFigures: Sendable {
    public struct Bin: Sendable, Hashable {
        public var drafts: Int
        public var predicted: Double
        public var observed: Double
        /// Clopper and Pearson, 95 %.
        public var interval: ClosedRange<Double>

        public init(drafts: Int, predicted: Double, observed: Double, interval: ClosedRange<Double>) {
            self.drafts = drafts
            self.predicted = predicted
            self.observed = observed
            self.interval = interval
        }
    }

    public var bins: [Bin]
    /// Risks of the good and of the bad test drafts.
    public var good: [Double]
    public var bad: [Double]
    /// Expected calibration error over the bins, and the mean squared error of the probability.
    public var ece: Double
    public var brier: Double

    public init(bins: [Bin], good: [Double], bad: [Double], ece: Double, brier: Double) {
        self.bins = bins
        self.good = good
        self.bad = bad
        self.ece = ece
        self.brier = brier
    }
}

/// What one term of the risk model adds.
public struct Coefficient: Sendable, Hashable {
    /// The feature's name in the artefact, with its scale.
    public var name: String
    /// Log-odds per standard deviation.
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// Mean entropies of one class's drafts, bits.
public struct EntropyDistribution: Sendable, Hashable {
    public var taskClass: TaskClass
    public var good: [Double]
    public var bad: [Double]

    public init(taskClass: TaskClass, good: [Double], bad: [Double]) {
        self.taskClass = taskClass
        self.good = good
        self.bad = bad
    }
}

/// A draft to look at, token by token.
public struct ExampleTrace: Sendable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case shippedGood, escalatedBad, shippedBad, escalatedGood

        /// As a heading.
        public var label: String {
            switch self {
            case .shippedGood: "Shipped, good"
            case .escalatedBad: "Escalated, would have been bad"
            case .shippedBad: "Shipped, bad"
            case .escalatedGood: "Escalated, would have been good"
            }
        }
    }

    public struct Token: Sendable, Hashable {
        public var bytes: [UInt8]
        /// Entropy estimate, bits; NaN when unobserved.
        public var bits: Double
        /// Of the sampled token; NaN when unobserved.
        public var surprisal: Double

        public init(bytes: [UInt8], bits: Double, surprisal: Double = .nan) {
            self.bytes = bytes
            self.bits = bits
            self.surprisal = surprisal
        }
    }

    public var id: String
    public var category: String
    public var taskClass: TaskClass
    public var kind: Kind
    public var risk: Double
    /// In force for its class; `nil` without one.
    public var threshold: Double?
    /// The quality gate that refused it.
    public var gate: String?
    public var tokens: [Token]
    /// Tokens that are not in ``tokens``, behind them.
    public var omitted: Int

    public init(
        id: String, category: String, taskClass: TaskClass, kind: Kind, risk: Double, threshold: Double?, gate: String? = nil,
        tokens: [Token], omitted: Int = 0
    ) {
        self.id = id
        self.category = category
        self.taskClass = taskClass
        self.kind = kind
        self.risk = risk
        self.threshold = threshold
        self.gate = gate
        self.tokens = tokens
        self.omitted = omitted
    }
}
