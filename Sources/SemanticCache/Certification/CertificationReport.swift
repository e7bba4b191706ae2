public import Calibration

/// What ``CacheCertification`` found. ``rendered()`` shows it in a terminal.
public struct CertificationReport: Sendable {
    /// One pair as the vector level sees it.
    public struct Lookup: Sendable, Hashable {
        public var pair: LabelledPair
        /// -1...1.
        public var cosine: Double
        /// 0...1.
        public var score: Double
        /// The guard that keeps the pair apart; `nil` when none does.
        public var separatedBy: String?

        /// Whether the stored answer is given when that score suffices.
        public func isAnswered(atScore threshold: Double) -> Bool { separatedBy == nil && score >= threshold }
    }

    /// What became of the pairs about one guard's matter. Any guard may have kept them apart.
    public struct GuardSummary: Sendable, Hashable {
        /// `nil`: the pairs whose author did not say.
        public var name: String?
        /// Pairs with different answers, and how many of them some guard keeps apart.
        public var different: Int
        public var separated: Int
        /// Pairs that one answer serves, and how many of them no guard keeps apart.
        public var paraphrases: Int
        public var letThrough: Int
    }

    /// Every pair, in the order of the file.
    public let lookups: [Lookup]
    public let loss: CacheCertification.Loss
    /// The thresholds from strict to loose. Losses are the pairs with different answers that are answered, trials what ``loss`` says.
    public let walk: ThresholdWalk<Double>
    /// The cosine of the rule that applies while nothing is certified.
    public let similarityThreshold: Double
    /// In the guards' order; only matters that the file has pairs of.
    public let guards: [GuardSummary]

    init(lookups: [Lookup], loss: CacheCertification.Loss, walk: ThresholdWalk<Double>, similarityThreshold: Double, guardNames: [String]) {
        self.lookups = lookups
        self.loss = loss
        self.walk = walk
        self.similarityThreshold = similarityThreshold
        let matters: [String?] = guardNames.map { $0 } + [nil]
        guards = matters.compactMap { name -> GuardSummary? in
            let own = lookups.filter { $0.pair.guardName == name }
            if own.isEmpty { return nil }
            let (same, different) = (own.filter(\.pair.isSame), own.filter { !$0.pair.isSame })
            return GuardSummary(
                name: name, different: different.count, separated: different.count { $0.separatedBy != nil },
                paraphrases: same.count, letThrough: same.count { $0.separatedBy == nil })
        }
    }

    /// The lowest score that suffices; `nil` when none can be certified.
    public var certifiedScore: Double? { walk.certified?.level }

    /// The share of lookups that are answered wrongly at that score, of those that ``loss`` counts: its upper confidence bound.
    public var certifiedBound: Double? { walk.certified?.bound }

    /// How many more of the pairs that ``loss`` counts, none of them answered wrongly, would certify the strictest threshold: 0 when one is certified, `nil`
    /// when no number would do.
    public var missingLabels: Int? { walk.missingTrials }

    /// The share of paraphrases that are answered at a threshold; 0 without paraphrases.
    public func hitRate(atScore threshold: Double) -> Double {
        share(of: lookups.filter(\.pair.isSame)) { $0.isAnswered(atScore: threshold) }
    }

    /// The pairs with different answers that are answered at a threshold, the highest score first.
    public func falseHits(atScore threshold: Double) -> [Lookup] {
        lookups.filter { !$0.pair.isSame && $0.isAnswered(atScore: threshold) }.sorted { $0.score > $1.score }
    }

    func share(of lookups: [Lookup], _ counts: (Lookup) -> Bool) -> Double {
        lookups.isEmpty ? 0 : Double(lookups.count(where: counts)) / Double(lookups.count)
    }
}
