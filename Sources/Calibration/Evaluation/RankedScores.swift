/// Scores in order, with the ends of the runs of equal ones: whoever has the same score is treated alike.
///
/// A score that is not a number is the riskiest there is, as missing evidence is never confidence. Where two arrays differ in length, the
/// rest of the longer one is ignored.
struct RankedScores {
    /// Positions in the array, by ascending score; equal scores keep their order.
    let order: [Int]
    /// Where each run of equal scores ends in ``order`` (exclusive), ascending; the last one is its count.
    let ends: [Int]

    init(_ scores: [Double], count: Int) {
        let keys = scores.prefix(count).map { $0.isNaN ? .infinity : $0 }
        let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        var ends: [Int] = []
        for place in order.indices where place + 1 == order.count || keys[order[place + 1]] != keys[order[place]] {
            ends.append(place + 1)
        }
        self.order = order
        self.ends = ends
    }
}
