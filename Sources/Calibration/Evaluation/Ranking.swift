/// How well scores, higher = riskier, tell bad drafts from good ones, whatever the threshold.
///
/// Scores that are not numbers count as the riskiest; the rest of the longer array is ignored.
public enum Ranking {
    /// The probability that a bad draft's score is above a good one's, equal scores counting half: the area under the ROC curve, 0...1, by
    /// the ranks of the bad ones (Mann and Whitney, 1947). O(n log n).
    ///
    /// - Returns: `nil` unless there is a bad one and a good one.
    public static func auroc(scores: [Double], isBad: [Bool]) -> Double? {
        let ranked = RankedScores(scores, count: min(scores.count, isBad.count))
        let bad = ranked.order.count { isBad[$0] }
        let good = ranked.order.count - bad
        guard bad > 0, good > 0 else { return nil }
        // Pairs in which the bad one is above, in halves, which are whole.
        var (halves, goodBelow, start) = (0, 0, 0)
        for end in ranked.ends {
            let badHere = ranked.order[start..<end].count { isBad[$0] }
            let goodHere = end - start - badHere
            halves += badHere * (2 * goodBelow + goodHere)
            goodBelow += goodHere
            start = end
        }
        return Double(halves) / 2 / Double(bad) / Double(good)
    }

    /// The area under the precision-recall curve of finding the bad ones, as a sum over steps of recall, 0...1; that of scores that know
    /// nothing is the share of bad ones. O(n log n).
    ///
    /// - Returns: `nil` unless there is a bad one.
    public static func averagePrecision(scores: [Double], isBad: [Bool]) -> Double? {
        let ranked = RankedScores(scores, count: min(scores.count, isBad.count))
        let bad = ranked.order.count { isBad[$0] }
        guard bad > 0 else { return nil }
        var (sum, found) = (0.0, 0)
        var end = ranked.order.count
        for start in ranked.ends.dropLast().reversed() + (ranked.ends.isEmpty ? [] : [0]) {
            let badHere = ranked.order[start..<end].count { isBad[$0] }
            found += badHere
            sum += Double(badHere) * Double(found) / Double(ranked.order.count - start)
            end = start
        }
        return sum / Double(bad)
    }
}
