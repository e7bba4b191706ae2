/// How bad the shipped drafts are when the least risky share of all is shipped (El-Yaniv and Wiener, "On the foundations of noise-free
/// selective classification", 2010).
///
/// Drafts of one score are shipped together. Scores that are not numbers are shipped last. Arrays are cut to the shorter.
public struct RiskCoverage: Sendable, Hashable {
    /// Shipping every draft with a score of at most `threshold`.
    public struct Point: Sendable, Hashable {
        public var threshold: Double
        /// Drafts shipped, 1 or more.
        public var shipped: Int
        /// Bad ones among them.
        public var bad: Int
        /// Shipped, of all drafts.
        public var coverage: Double
        /// Bad, of the shipped ones.
        public var selectiveRisk: Double
        /// Shipped and bad, of all drafts.
        public var jointRisk: Double
    }

    /// By ascending coverage; the last one ships everything. Empty without drafts.
    public let points: [Point]

    public init(scores: [Double], isBad: [Bool]) {
        let ranked = RankedScores(scores, count: min(scores.count, isBad.count))
        let count = Double(ranked.order.count)
        var (bad, start) = (0, 0)
        points = ranked.ends.map { end in
            bad += ranked.order[start..<end].count { isBad[$0] }
            start = end
            let last = scores[ranked.order[end - 1]]
            return Point(
                threshold: last.isNaN ? .infinity : last, shipped: end, bad: bad, coverage: Double(end) / count,
                selectiveRisk: Double(bad) / Double(end), jointRisk: Double(bad) / count)
        }
    }

    /// What shipping at `threshold` gives; `nil` when it ships nothing.
    public func at(threshold: Double) -> Point? {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].threshold <= threshold { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? points[low - 1] : nil
    }

    /// Area under the curve of selective risk over coverage: its mean over shipping the 1, 2, ... n least risky drafts, 0...1 (Geifman,
    /// Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers", 2019), bad drafts being spread evenly over
    /// those of the same score. `nil` without drafts.
    public var aurc: Double? {
        guard let last = points.last else { return nil }
        var (sum, shipped, bad) = (0.0, 0, 0)
        for point in points {
            let share = Double(point.bad - bad) / Double(point.shipped - shipped)
            for place in shipped + 1...point.shipped { sum += (Double(bad) + share * Double(place - shipped)) / Double(place) }
            (shipped, bad) = (point.shipped, point.bad)
        }
        return sum / Double(last.shipped)
    }

    /// ``aurc`` less that of scores that put every good draft before every bad one: what is left to gain, 0 or more. `nil` without drafts.
    public var excessAURC: Double? {
        guard let last = points.last, let aurc else { return nil }
        let good = last.shipped - last.bad
        var best = 0.0
        if last.bad > 0 {
            for place in good + 1...last.shipped { best += Double(place - good) / Double(place) }
        }
        return max(0, aurc - best / Double(last.shipped))
    }
}
