/// Whether a predicted risk of .2 means that a fifth is bad.
///
/// Predictions that are not numbers count as 1; others are taken to be in 0...1. Arrays are cut to the shorter.
public struct Reliability: Sendable, Hashable {
    public enum Binning: Sendable, Hashable {
        /// About the same number of drafts in each bin; equal predictions stay together, so that there may be fewer bins.
        case equalMass
        /// 0...1 in equal parts; empty ones are left out.
        case equalWidth
    }

    public struct Bin: Sendable, Hashable {
        /// The least and the largest prediction in it.
        public var range: ClosedRange<Double>
        /// Drafts in it, 1 or more.
        public var count: Int
        public var bad: Int
        public var meanPredicted: Double
        /// Bad, of those in the bin.
        public var observed: Double
        /// Clopper-Pearson interval of the true share, both sides together wrong with probability delta at most.
        public var interval: ClosedRange<Double>
    }

    /// By ascending prediction; empty without drafts.
    public let bins: [Bin]
    /// Expected calibration error: the mean distance of what was predicted and what was observed over the bins, weighted by their drafts,
    /// 0...1; `nil` without drafts (Naeini, Cooper and Hauskrecht, AAAI 2015).
    public let ece: Double?
    /// Mean squared distance of prediction and outcome, 0...1, less is better; `nil` without drafts (Brier, 1950).
    public let brier: Double?

    /// - Parameters:
    ///   - predicted: probabilities that the draft is bad.
    ///   - bins: at most so many, 1 or more.
    ///   - delta: of the bins' intervals.
    public init(predicted: [Double], isBad: [Bool], bins: Int = 10, binning: Binning = .equalMass, delta: Double = 0.05) {
        let count = min(predicted.count, isBad.count)
        let predicted = predicted.prefix(count).map { $0.isNaN ? 1 : min(max($0, 0), 1) }
        guard count > 0 else {
            (self.bins, ece, brier) = ([], nil, nil)
            return
        }
        let ranked = RankedScores(predicted, count: count)
        var result: [Bin] = []
        var start = 0
        for end in Self.ends(ranked, predicted, bins: max(1, bins), binning) {
            let members = ranked.order[start..<end]
            start = end
            let bad = members.count { isBad[$0] }
            let interval = ClosedRange(
                uncheckedBounds: (
                    ClopperPearson.lower(failures: bad, trials: members.count, delta: delta / 2),
                    ClopperPearson.upper(failures: bad, trials: members.count, delta: delta / 2)
                ))
            result.append(
                Bin(
                    range: predicted[members.first ?? 0]...predicted[members.last ?? 0], count: members.count, bad: bad,
                    meanPredicted: members.reduce(0) { $0 + predicted[$1] } / Double(members.count),
                    observed: Double(bad) / Double(members.count), interval: interval))
        }
        self.bins = result
        ece = result.reduce(0) { $0 + Double($1.count) / Double(count) * abs($1.meanPredicted - $1.observed) }
        brier =
            predicted.indices.reduce(0) { sum, index in
                let distance = predicted[index] - (isBad[index] ? 1 : 0)
                return sum + distance * distance
            } / Double(count)
    }

    /// Where the bins end in the order, ascending.
    private static func ends(_ ranked: RankedScores, _ predicted: [Double], bins: Int, _ binning: Binning) -> [Int] {
        let count = ranked.order.count
        // The bin of each run of equal predictions: by the rank of its middle, or by its value.
        var (ends, current, start) = ([Int](), -1, 0)
        for end in ranked.ends {
            let bin: Int
            switch binning {
            case .equalMass: bin = min(bins - 1, (start + end - 1) * bins / (2 * count))
            case .equalWidth: bin = min(bins - 1, Int(predicted[ranked.order[start]] * Double(bins)))
            }
            if bin == current { ends[ends.count - 1] = end } else { ends.append(end) }
            (current, start) = (bin, end)
        }
        return ends
    }
}
