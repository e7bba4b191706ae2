public import EntropyRouting

/// Which features a risk model may use, and how each is scaled. Fixed before any label is seen.
public enum FeatureChoice {
    public struct Candidate: Sendable, Hashable {
        public var feature: RiskFeature
        public var scale: RiskTerm.Scale

        public init(_ feature: RiskFeature, _ scale: RiskTerm.Scale = .linear) {
            self.feature = feature
            self.scale = scale
        }
    }

    /// From ``RiskModel/fullModelLabels`` labels on. Entropies range over six decades and enter as logarithms; counts and lengths do not.
    /// The length is there on purpose: long answers are wrong more often.
    public static let full: [Candidate] = [
        Candidate(.meanBits, .log10),
        Candidate(.meanLog10Bits),
        Candidate(.logLength),
        Candidate(.maxBits, .log10),
        Candidate(.ewmaMaxBits, .log10),
        Candidate(.windowMaxBits, .log10),
        Candidate(.cusumMaxBits),
        Candidate(.sumBits, .log10),
        Candidate(.overOneBit),
        Candidate(.lastSpanMaxBits, .log10),
        Candidate(.factMaxBits, .log10),
        Candidate(.unitStartMeanBits, .log10),
        Candidate(.tailMassMean, .log10),
        Candidate(.censoredCount),
        Candidate(.logPromptTokens),
    ]

    /// Below that: what two numbers can say.
    public static let small: [Candidate] = [Candidate(.meanBits, .log10), Candidate(.logLength)]

    /// The features for this many labels.
    public static func candidates(labels: Int) -> [Candidate] { labels < RiskModel.fullModelLabels ? small : full }
}
