import Calibration
import Testing

@Suite struct DeferralCurveTests {
    /// Ten requests, two bad drafts, an heavyweight that is always right, and scores that put the bad ones first.
    @Test func aPerfectScoreRecoversTheGapAtOnce() throws {
        let isBad = (0..<10).map { $0 < 2 }
        let curve = DeferralCurve(
            scores: (0..<10).map { Double(10 - $0) }, isDraftGood: isBad.map { !$0 }, isHeavyweightGood: Array(repeating: true, count: 10))
        #expect(curve.points.count == 11)
        #expect(curve.draftAccuracy == 0.8)
        #expect(curve.heavyweightAccuracy == 1)
        #expect(curve.accuracy(atDeferral: 0.1).map { abs($0 - 0.9) < 1e-12 } == true)
        #expect(curve.accuracy(atDeferral: 0.05).map { abs($0 - 0.85) < 1e-12 } == true)
        #expect(curve.recovered(atDeferral: 0.2).map { abs($0 - 1) < 1e-12 } == true)
        // A triangle of base .2 is missing.
        #expect(curve.apgr.map { abs($0 - 0.9) < 1e-12 } == true)
        #expect(curve.cpt(0.5).map { abs($0 - 0.1) < 1e-12 } == true)
        #expect(curve.cpt(0.8).map { abs($0 - 0.16) < 1e-12 } == true)
        #expect(curve.cpt(0) == 0)
        #expect(curve.cpt(1).map { abs($0 - 0.2) < 1e-12 } == true)
        #expect(curve.cpt(1.1) == nil)
    }

    @Test func aScoreThatKnowsNothingRecoversHalf() {
        let good = [true, false, true, false, true, true]
        let curve = DeferralCurve(scores: Array(repeating: 1, count: 6), isDraftGood: good, isHeavyweightGood: good.map { _ in true })
        #expect(curve.points.count == 2)
        #expect(curve.apgr.map { abs($0 - 0.5) < 1e-12 } == true)
        #expect(curve.cpt(0.5).map { abs($0 - 0.5) < 1e-12 } == true)
    }

    /// Ties in every order, averaged: the straight line is their mean.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func tiesAreTheMeanOfTheirOrders(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = 2 + random.index(below: 12)
        let scores = (0..<count).map { _ in Double(random.index(below: 4)) }
        let draft = scores.map { _ in random.unit() < 0.5 ? 1.0 : 0 }
        let heavy = scores.map { _ in random.unit() }
        let curve = DeferralCurve(scores: scores, draftGoodness: draft, heavyweightGoodness: heavy)
        var means = Array(repeating: 0.0, count: count + 1)
        let rounds = 3_000
        for _ in 0..<rounds {
            var order = Array(0..<count)
            random.shuffle(&order)
            order.sort { scores[$0] > scores[$1] }
            for deferred in 0...count {
                let sum = order.enumerated().reduce(0.0) { $0 + ($1.offset < deferred ? heavy[$1.element] : draft[$1.element]) }
                means[deferred] += sum / Double(count) / Double(rounds)
            }
        }
        for deferred in 0...count {
            let value = try #require(curve.accuracy(atDeferral: Double(deferred) / Double(count)))
            #expect(abs(value - means[deferred]) < 0.03)
        }
    }

    @Test func withoutAGapNothingIsRecovered() {
        let curve = DeferralCurve(scores: [1, 2], isDraftGood: [true, false], isHeavyweightGood: [false, true])
        #expect(curve.apgr == nil)
        #expect(curve.cpt(0.5) == nil)
        #expect(curve.recovered(atDeferral: 0.5) == nil)
        #expect(curve.accuracy(atDeferral: 0.5) == 1)
        let empty = DeferralCurve(scores: [], isDraftGood: [], isHeavyweightGood: [])
        #expect(empty.points.isEmpty)
        #expect(empty.apgr == nil)
        #expect(empty.accuracy(atDeferral: 0.5) == nil)
        #expect(empty.draftAccuracy == nil)
    }

    @Test func missingScoresAreDeferredFirst() {
        let curve = DeferralCurve(scores: [5, .nan], isDraftGood: [true, false], isHeavyweightGood: [true, true])
        #expect(curve.accuracy(atDeferral: 0.5) == 1)
    }
}
