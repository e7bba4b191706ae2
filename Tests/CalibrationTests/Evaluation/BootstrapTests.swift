import Calibration
import Testing

@Suite struct BootstrapTests {
    @Test func intervalsOfAMeanAreThoseOfTheNormal() throws {
        var random = SeededRandom(seed: 1)
        let values = (0..<400).map { _ in random.normal(mean: 10, deviation: 2) }
        let interval = try #require(
            Bootstrap(resamples: 1_000, seed: 7).interval(count: values.count) { indices in
                indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
            })
        let moments = Moments(values)
        #expect(abs(interval.estimate - moments.mean) < 1e-12)
        let margin = 1.96 * moments.deviation / 20
        #expect(abs(interval.low - (moments.mean - margin)) < 0.15 * margin)
        #expect(abs(interval.high - (moments.mean + margin)) < 0.15 * margin)
        #expect(interval.resamples == 1_000)
    }

    @Test func aSeedGivesTheSameInterval() {
        let values = (0..<50).map { Double($0 * $0 % 17) }
        func interval(_ seed: UInt64) -> Bootstrap.Interval? {
            Bootstrap(resamples: 200, seed: seed).interval(count: values.count) { $0.reduce(0) { $0 + values[$1] } }
        }
        #expect(interval(1) == interval(1))
        #expect(interval(1) != interval(2))
    }

    @Test func aBandHoldsItsCurve() throws {
        var random = SeededRandom(seed: 2)
        let scores = (0..<300).map { _ in random.unit() }
        let isGood = scores.map { random.unit() > $0 }
        let grid = stride(from: 0.0, through: 1, by: 0.1)
        let band = try #require(
            Bootstrap(resamples: 200).band(count: scores.count) { indices in
                let curve = DeferralCurve(
                    scores: indices.map { scores[$0] }, isDraftGood: indices.map { isGood[$0] },
                    isHeavyweightGood: indices.map { _ in true })
                return grid.map { curve.accuracy(atDeferral: $0) ?? .nan }
            })
        #expect(band.estimate.count == 11)
        for place in 0..<11 {
            #expect(band.low[place] <= band.estimate[place] + 1e-12)
            #expect(band.estimate[place] <= band.high[place] + 1e-12)
        }
        #expect(band.high[0] - band.low[0] > 0.05)
        #expect(band.high[10] == 1 && band.low[10] == 1)
    }

    @Test func resamplesWithoutAStatisticAreLeftOut() {
        let isBad = [true] + Array(repeating: false, count: 9)
        // In about a third of the resamples nothing is bad.
        let interval = Bootstrap(resamples: 500).interval(count: 10) { indices in
            Ranking.auroc(scores: indices.map { Double(10 - $0) }, isBad: indices.map { isBad[$0] })
        }
        #expect(interval.map { (260..<400).contains($0.resamples) } == true)
        #expect(interval?.low == 1)
        #expect(Bootstrap(resamples: 100).interval(count: 10) { _ in nil } == nil)
        #expect(Bootstrap(resamples: 100).interval(count: 0) { _ in 1 } == nil)
        #expect(Bootstrap(resamples: 100).interval(count: 3) { Double($0[0]) == 0 && $0 == [0, 1, 2] ? 1 : nil } == nil)
        #expect(Bootstrap(resamples: 100).interval(count: 3) { _ in .nan } == nil)
    }

    /// As `numpy.quantile`.
    @Test func quantilesLieBetweenOrderStatistics() {
        #expect(Quantile.of(sorted: [1, 2, 3, 4], 0.5) == 2.5)
        #expect(Quantile.of(sorted: [1, 2, 3, 4], 0.25) == 1.75)
        #expect(Quantile.of(sorted: [1, 2, 3, 4], 0) == 1)
        #expect(Quantile.of(sorted: [1, 2, 3, 4], 1) == 4)
        #expect(Quantile.of(sorted: [1, 2, 3, 4], 7) == 4)
        #expect(Quantile.of(sorted: [5], 0.3) == 5)
        #expect(Quantile.of(sorted: [], 0.3) == nil)
        #expect(Quantile.of(sorted: [.infinity, .infinity], 0.5) == .infinity)
    }
}
