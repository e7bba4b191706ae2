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

    /// What a ``SpeedLayer`` says at one of its landmarks.
    public struct Landmark: Sendable, Hashable {
        /// r_t: probability that the commit rule will escalate, 0...1.
        public var escalation: Double
        /// b: expected seconds until the draft's end, which decides; 0 or more.
        public var secondsLeft: Double
        /// a: expected seconds until the next landmark, or the draft's end where that comes first; 0 or more.
        public var gapSeconds: Double

        public init(escalation: Double, secondsLeft: Double, gapSeconds: Double) {
            self.escalation = escalation
            self.secondsLeft = secondsLeft
            self.gapSeconds = gapSeconds
        }
    }

    /// What is known about the decision to come.
    public enum Outlook: Sendable, Hashable {
        /// Nothing: there is no speed layer, or it knows no times.
        case unknown
        /// There is a speed layer; it does not speak at this token.
        case betweenLandmarks
        case landmark(Landmark)
    }

    public var level: Level
    /// Bits for the window strategy, probability for the risk strategy. Always finite.
    public var statistic: Double
    /// In the unit of `statistic`. The window strategy rejects at or above it, the risk strategy above it.
    public var threshold: Double
    public var reason: Reason
    public var outlook: Outlook

    public init(level: Level, statistic: Double, threshold: Double, reason: Reason, outlook: Outlook = .unknown) {
        self.level = level
        self.statistic = statistic
        self.threshold = threshold
        self.reason = reason
        self.outlook = outlook
    }

    /// r_t at a landmark; `nil` everywhere else.
    public var escalation: Double? {
        if case .landmark(let landmark) = outlook { landmark.escalation } else { nil }
    }
}
