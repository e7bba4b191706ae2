public import EntropyRouting

/// How often a rule for choosing a threshold breaks its promise on drafts it has not seen: a random half of the labels chooses, the other
/// half is measured, over and over.
///
/// Beside the certified walk stands the naive rule, "the loosest level that looks good", which has no margin and breaks its promise about
/// every other time. The half that measures is a sample, too, so that even a perfect rule is seen to break it now and then.
public struct ViolationRate: Sendable, Hashable {
    /// What became of one rule.
    public struct Rule: Sendable, Hashable {
        /// Rounds in which it chose a level at all.
        public var chosen = 0
        /// Rounds in which the level's losses on the other half were above alpha.
        public var violations = 0
        /// The loss rate on the other half in every round in which a level was chosen, in the order of the rounds.
        public var losses: [Double] = []
        /// Sum of the coverages on the other half, 0 where nothing was chosen.
        var coverage = 0.0
        var rounds = 0

        /// Violations, of all rounds; 0 without rounds. A round that chooses nothing ships nothing and breaks nothing.
        public var rate: Double { rounds > 0 ? Double(violations) / Double(rounds) : 0 }
        /// Mean share shipped on the other half; 0 without rounds.
        public var meanCoverage: Double { rounds > 0 ? coverage / Double(rounds) : 0 }
    }

    public private(set) var certified = Rule()
    public private(set) var naive = Rule()
    public var rounds: Int { certified.rounds }

    /// - Parameters:
    ///   - scores: higher = riskier; a draft that is never shipped (a gate refused it) has an infinite one. Not a number: never shipped.
    ///   - isBad: what counts as a loss once shipped; for the recoverable loss, bad where the heavyweight is good.
    ///   - grid: ascending levels; a draft is shipped at a level when its score is at most that.
    ///   - loss: rates are of all drafts, or of the shipped ones when it is selective. Then levels at which too few are shipped to certify
    ///     anything are left out at the strict end, which looks at no label.
    ///   - rounds: 200 as a rule.
    public init(
        scores: [Double], isBad: [Bool], grid: [Double], alpha: Double, delta: Double, loss: RiskCertificate.Loss = .joint,
        rounds: Int = 200, seed: UInt64 = 1
    ) {
        let count = min(scores.count, isBad.count)
        // The first level at which each draft is shipped.
        let levels = (0..<count).map { draft in grid.firstIndex { scores[draft] <= $0 } ?? grid.count }
        guard count >= 2, !grid.isEmpty else { return }
        var random = SeededRandom(seed: seed)
        var order = Array(0..<count)
        let half = count / 2
        let fewest = loss == .selective ? ClopperPearson.trialsNeeded(alpha: alpha, delta: delta) ?? .max : 0
        for _ in 0..<max(0, rounds) {
            random.shuffle(&order)
            let choosing = Tally(order[..<half], levels, isBad, grid.count, loss)
            let measuring = Tally(order[half...], levels, isBad, grid.count, loss)
            let candidates = grid.indices.drop { loss == .selective && choosing.shipped[$0] < fewest }
            let walk = ThresholdWalk(alpha: alpha, delta: delta, levels: candidates) { (choosing.bad[$0], choosing.trials[$0]) }
            certified.note(walk.certified?.level, measuring, alpha)
            naive.note(grid.indices.last { choosing.shipped[$0] > 0 && choosing.rate($0) <= alpha }, measuring, alpha)
        }
    }
}

extension ViolationRate.Rule {
    fileprivate mutating func note(_ level: Int?, _ measured: Tally, _ alpha: Double) {
        rounds += 1
        guard let level else { return }
        chosen += 1
        coverage += Double(measured.shipped[level]) / Double(measured.count)
        losses.append(measured.rate(level))
        if measured.rate(level) > alpha { violations += 1 }
    }
}

/// Losses and shipped drafts at every level.
private struct Tally {
    let count: Int
    private(set) var shipped: [Int]
    private(set) var bad: [Int]
    private(set) var trials: [Int]

    init(_ members: ArraySlice<Int>, _ levels: [Int], _ isBad: [Bool], _ gridCount: Int, _ loss: RiskCertificate.Loss) {
        count = members.count
        shipped = Array(repeating: 0, count: gridCount)
        bad = shipped
        for member in members where levels[member] < gridCount {
            shipped[levels[member]] += 1
            if isBad[member] { bad[levels[member]] += 1 }
        }
        for level in shipped.indices.dropFirst() {
            shipped[level] += shipped[level - 1]
            bad[level] += bad[level - 1]
        }
        trials = loss == .selective ? shipped : Array(repeating: count, count: gridCount)
    }

    func rate(_ level: Int) -> Double { trials[level] > 0 ? Double(bad[level]) / Double(trials[level]) : 0 }
}
