/// What a strategy thinks of a draft, so far or at its end.
public struct Assessment: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Nothing speaks against the draft.
        case calm
        /// Near the threshold: worth starting the heavyweight ahead of the verdict.
        case doubt
        /// The draft is not to be shipped.
        case reject

        private var rank: Int {
            switch self {
            case .calm: 0
            case .doubt: 1
            case .reject: 2
            }
        }

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// What the level rests on.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The sliding-window entropy against its threshold.
        case windowEntropy = "window_entropy"
        /// The calibrated risk against its threshold.
        case risk
        /// Too little or no usable evidence. Missing evidence is never confidence.
        case noEvidence = "no_evidence"
        /// The drafter's evidence is of another ``SignalTier`` than the one the risk model was calibrated for.
        case tierMismatch = "tier_mismatch"
    }

    public var level: Level
    /// Bits for the window strategy, probability for the risk strategy. Always finite.
    public var statistic: Double
    /// In the unit of `statistic`. The window strategy rejects at or above it, the risk strategy above it.
    public var threshold: Double
    public var reason: Reason

    public init(level: Level, statistic: Double, threshold: Double, reason: Reason) {
        self.level = level
        self.statistic = statistic
        self.threshold = threshold
        self.reason = reason
    }
}
