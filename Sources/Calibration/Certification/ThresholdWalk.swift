/// Finds the loosest of a fixed list of levels whose rate of losses is certified to be at most `alpha`.
///
/// The levels are walked from strict to loose for as long as the one-sided Clopper-Pearson bound of their losses holds `alpha`; the last
/// level that does is the certified one. Then, for trials drawn like the traffic to come and levels fixed before the trials were seen,
///
///     P(true loss rate at the certified level > alpha) <= delta.
///
/// That is fixed-sequence testing (Angelopoulos et al., "Learn then Test", 2021): because the walk stops at the first level that fails, no
/// correction for the number of levels is due, whether or not the losses grow from level to level. Taking the loosest level that *looks*
/// good instead violates `alpha` about every other time.
public struct ThresholdWalk<Level: Sendable>: Sendable {
    /// What was seen at one level.
    public struct Step: Sendable {
        public var level: Level
        /// Trials that went wrong at this level, 0...trials.
        public var losses: Int
        public var trials: Int
        /// The upper confidence bound of the loss rate, 0...1.
        public var bound: Double

        /// Losses by trials; 0 without trials.
        public var rate: Double { trials > 0 ? Double(losses) / Double(trials) : 0 }
    }

    /// The loss rate to hold, 0...1.
    public let alpha: Double
    /// The probability with which the certificate may be wrong, 0...1.
    public let delta: Double
    /// Every level from strict to loose, those behind the first failure included: for the picture, not for a choice.
    public let steps: [Step]
    /// The index of the certified step; `nil` when even the strictest level cannot be certified.
    public let certifiedIndex: Int?

    /// - Parameters:
    ///   - levels: from strict to loose, chosen without looking at the trials.
    ///   - counts: the losses at a level and the trials they were seen in. Trials that a level does not touch are trials without a loss for
    ///   joint
    ///     rates, and no trials for conditional ones: the walk is valid for both.
    public init(
        alpha: Double, delta: Double, levels: some Sequence<Level>, counts: (Level) -> (losses: Int, trials: Int)
    ) {
        self.alpha = alpha
        self.delta = delta
        steps = levels.map { level in
            let (losses, trials) = counts(level)
            return Step(
                level: level, losses: losses, trials: trials, bound: ClopperPearson.upper(failures: losses, trials: trials, delta: delta))
        }
        let held = steps.prefix { $0.bound <= alpha }.count
        certifiedIndex = held > 0 ? held - 1 : nil
    }

    /// What was seen at the certified level.
    public var certified: Step? { certifiedIndex.map { steps[$0] } }

    /// How many trials more, all without a loss, would certify the strictest level: 0 when it is certified.
    ///
    /// - Returns: `nil` when there is no level, or no number of trials will do.
    public var missingTrials: Int? {
        guard let strictest = steps.first else { return nil }
        if certifiedIndex != nil { return 0 }
        return ClopperPearson.trialsNeeded(failures: strictest.losses, alpha: alpha, delta: delta).map { max(0, $0 - strictest.trials) }
    }
}
