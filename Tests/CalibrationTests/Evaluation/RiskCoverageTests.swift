import Calibration
import Testing

@Suite struct RiskCoverageTests {
    @Test func aWorkedExample() throws {
        // In order: good, good, bad, good, bad.
        let curve = RiskCoverage(scores: [0.1, 0.2, 0.3, 0.4, 0.5], isBad: [false, false, true, false, true])
        #expect(curve.points.map(\.bad) == [0, 0, 1, 1, 2])
        #expect(curve.points.map(\.coverage) == [0.2, 0.4, 0.6, 0.8, 1])
        #expect(curve.points.map(\.selectiveRisk) == [0, 0, 1.0 / 3, 0.25, 0.4])
        #expect(curve.points.map(\.jointRisk) == [0, 0, 0.2, 0.2, 0.4])
        let aurc = try #require(curve.aurc)
        #expect(abs(aurc - (1.0 / 3 + 0.25 + 0.4) / 5) < 1e-12)
        // The best order has its bad ones last: risks 0 0 0 1/4 2/5.
        let excess = try #require(curve.excessAURC)
        #expect(abs(excess - 1.0 / 15) < 1e-12)
        #expect(curve.at(threshold: 0.05) == nil)
        #expect(curve.at(threshold: 0.3)?.shipped == 3)
        #expect(curve.at(threshold: 0.39)?.shipped == 3)
        #expect(curve.at(threshold: 7)?.shipped == 5)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func pointsAreCounts(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let scores = (0..<1 + random.index(below: 50)).map { _ in Double(random.index(below: 15)) }
        let isBad = scores.map { _ in random.unit() < 0.3 }
        let curve = RiskCoverage(scores: scores, isBad: isBad)
        for threshold in -1...15 {
            let shipped = scores.indices.filter { scores[$0] <= Double(threshold) }
            let point = curve.at(threshold: Double(threshold))
            #expect((point?.shipped ?? 0) == shipped.count)
            #expect((point?.bad ?? 0) == shipped.count { isBad[$0] })
        }
        // The mean over the orders of the ties, of which a thousand are drawn.
        var mean = 0.0
        for _ in 0..<300 {
            var order = Array(scores.indices)
            random.shuffle(&order)
            order.sort { scores[$0] < scores[$1] }
            var (bad, sum) = (0, 0.0)
            for (place, index) in order.enumerated() {
                if isBad[index] { bad += 1 }
                sum += Double(bad) / Double(place + 1)
            }
            mean += sum / Double(scores.count) / 300
        }
        #expect(abs(try #require(curve.aurc) - mean) < 0.06)
        #expect(try #require(curve.excessAURC) >= 0)
    }

    @Test func theBestOrderLeavesNothingToGain() {
        #expect(RiskCoverage(scores: [1, 2, 3], isBad: [false, false, true]).excessAURC == 0)
        #expect(RiskCoverage(scores: [1, 2, 3], isBad: [false, false, false]).aurc == 0)
        #expect(RiskCoverage(scores: [1, 1], isBad: [true, true]).aurc == 1)
        #expect(RiskCoverage(scores: [], isBad: []).aurc == nil)
        #expect(RiskCoverage(scores: [], isBad: []).excessAURC == nil)
        #expect(RiskCoverage(scores: [.nan, 1], isBad: [true, false]).points.map(\.bad) == [0, 1])
    }
}
