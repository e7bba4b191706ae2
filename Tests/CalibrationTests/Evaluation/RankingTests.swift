import Calibration
import Testing

@Suite struct RankingTests {
    /// By definition: all pairs, ties half.
    private func pairs(_ scores: [Double], _ isBad: [Bool]) -> Double? {
        var (wins, count) = (0.0, 0.0)
        for bad in scores.indices where isBad[bad] {
            for good in scores.indices where !isBad[good] {
                count += 1
                if scores[bad] > scores[good] { wins += 1 } else if scores[bad] == scores[good] { wins += 0.5 }
            }
        }
        return count > 0 ? wins / count : nil
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func aurocIsTheShareOfPairsInOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let count = random.index(below: 60)
        let steps = [3, 10, 1_000_000][random.index(below: 3)]
        let scores = (0..<count).map { _ in Double(random.index(below: steps)) }
        let isBad = scores.map { random.unit() < 0.2 + 0.5 * $0 / Double(steps) }
        let expected = pairs(scores, isBad)
        let found = Ranking.auroc(scores: scores, isBad: isBad)
        #expect((found == nil) == (expected == nil))
        if let found, let expected { #expect(abs(found - expected) < 1e-12) }
    }

    @Test func aurocOfAWorkedExample() {
        // Hanley and McNeil: bad .35 and .8 against good .1 and .4: three of four pairs.
        #expect(Ranking.auroc(scores: [0.1, 0.4, 0.35, 0.8], isBad: [false, false, true, true]) == 0.75)
        #expect(Ranking.auroc(scores: [1, 1, 1], isBad: [true, false, false]) == 0.5)
        #expect(Ranking.auroc(scores: [3, 2, 1], isBad: [true, false, false]) == 1)
        #expect(Ranking.auroc(scores: [1, 2, 3], isBad: [true, false, false]) == 0)
    }

    @Test func missingScoresAreTheRiskiest() {
        #expect(Ranking.auroc(scores: [.nan, 5, 1], isBad: [true, false, false]) == 1)
        #expect(Ranking.auroc(scores: [.nan, .infinity], isBad: [true, false]) == 0.5)
        #expect(Ranking.auroc(scores: [.nan, 5, 1], isBad: [false, true, true]) == 0)
    }

    @Test func withoutBothKindsThereIsNoArea() {
        #expect(Ranking.auroc(scores: [], isBad: []) == nil)
        #expect(Ranking.auroc(scores: [1, 2], isBad: [true, true]) == nil)
        #expect(Ranking.auroc(scores: [1, 2], isBad: [false, false]) == nil)
        #expect(Ranking.averagePrecision(scores: [], isBad: []) == nil)
        #expect(Ranking.averagePrecision(scores: [1, 2], isBad: [false, false]) == nil)
        #expect(Ranking.averagePrecision(scores: [1, 2], isBad: [true, true]) == 1)
        // The rest of the longer array is ignored.
        #expect(Ranking.auroc(scores: [2, 1, 9], isBad: [true, false]) == 1)
    }

    @Test func averagePrecisionOfAWorkedExample() {
        // As scikit-learn's documentation: .83 for .1 .4 .35 .8.
        let found = Ranking.averagePrecision(scores: [0.1, 0.4, 0.35, 0.8], isBad: [false, false, true, true])
        #expect(found.map { abs($0 - (0.5 * 1 + 0.5 * 2 / 3)) < 1e-12 } == true)
        #expect(Ranking.averagePrecision(scores: [1, 1, 1, 1], isBad: [true, false, false, false]) == 0.25)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func averagePrecisionIsTheSumOverThresholds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let scores = (0..<1 + random.index(below: 40)).map { _ in Double(random.index(below: 12)) }
        let isBad = scores.map { _ in random.unit() < 0.4 }
        let bad = Double(isBad.count { $0 })
        guard bad > 0 else { return }
        var (sum, recall) = (0.0, 0.0)
        for threshold in Set(scores).sorted(by: >) {
            let flagged = scores.indices.filter { scores[$0] >= threshold }
            let hits = Double(flagged.count { isBad[$0] })
            sum += (hits / bad - recall) * hits / Double(flagged.count)
            recall = hits / bad
        }
        let found = Ranking.averagePrecision(scores: scores, isBad: isBad)
        #expect(found.map { abs($0 - sum) < 1e-12 } == true)
    }
}
