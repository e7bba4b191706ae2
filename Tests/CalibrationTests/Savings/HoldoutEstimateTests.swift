import Calibration
import Testing

@Suite struct HoldoutEstimateTests {
    private func estimate(_ routed: [Double?], _ holdout: [Double?]) -> HoldoutEstimate {
        var estimate = HoldoutEstimate()
        for cost in routed { estimate.add(cost, isHoldout: false) }
        for cost in holdout { estimate.add(cost, isHoldout: true) }
        return estimate
    }

    /// Means 2 and 6, variances 1 and 4, three requests each: t of 2.94 degrees at .975 is 3.2151 (SciPy).
    @Test func aWorkedExample() throws {
        let saving = try #require(estimate([1, 2, 3], [4, 6, 8]).saving())
        #expect(abs(saving.perRequest.value - 4) < 1e-12)
        #expect(abs(saving.total.value - 12) < 1e-12)
        let error = (1.0 / 3 + 4.0 / 3).squareRoot()
        let degrees = 25.0 / 9 / ((1.0 / 9 + 16.0 / 9) / 2)
        let margin = StudentQuantile.quantile(0.975, degrees: degrees) * error
        #expect(abs(degrees - 2.941176) < 1e-6)
        #expect(abs(saving.perRequest.low - (4 - margin)) < 1e-9)
        #expect(abs(saving.perRequest.high - (4 + margin)) < 1e-9)
        #expect(abs(saving.total.high - 3 * (4 + margin)) < 1e-9)
        let share = try #require(saving.share)
        #expect(abs(share.value - 2.0 / 3) < 1e-12)
        // 1/6 √(1/3 + (1/3)^2 4/3).
        let shareError = (1.0 / 3 + 4.0 / 27).squareRoot() / 6
        #expect(abs(share.high - share.value - margin / error * shareError) < 1e-9)
    }

    @Test func auditsComeOffTheSaving() throws {
        let estimate = estimate([1, 2, 3], [4, 6, 8])
        let (gross, net) = (try #require(estimate.saving()), try #require(estimate.saving(overhead: 3)))
        #expect(abs(net.total.value - (gross.total.value - 3)) < 1e-12)
        #expect(abs(net.perRequest.value - 3) < 1e-12)
        #expect(abs((net.total.high - net.total.low) - (gross.total.high - gross.total.low)) < 1e-12)
        #expect(net.share.map { abs($0.value - 0.5) < 1e-12 } == true)
    }

    @Test func whatIsNotKnownIsNotClaimed() {
        #expect(estimate([1, 2], [3]).saving() == nil)
        #expect(estimate([1], [3, 4]).saving() == nil)
        #expect(HoldoutEstimate().saving() == nil)
        #expect(estimate([1, 2, nil], [3, 4]).saving() == nil)
        #expect(estimate([1, 2], [3, 4, .nan]).saving() == nil)
        #expect(estimate([1, 2, nil], [3, 4]).routed.unpriced == 1)
        #expect(estimate([0, 0], [0, 0]).saving()?.share == nil)
        #expect(estimate([0, 0], [0, 0]).saving()?.perRequest.high == 0)
        #expect(estimate([5, 5], [2, 2]).saving()?.perRequest.value == -3)
    }

    @Test func gatewaysAddUp() throws {
        var random = SeededRandom(seed: 4)
        let (routed, holdout) = ((0..<40).map { _ in random.unit() }, (0..<20).map { _ in 1 + random.unit() })
        var sum = estimate(Array(routed[..<13]), Array(holdout[..<9]))
        sum.merge(estimate(Array(routed[13...]), Array(holdout[9...])))
        let (merged, whole) = (try #require(sum.saving()), try #require(estimate(routed, holdout).saving()))
        #expect(abs(merged.total.low - whole.total.low) < 1e-9)
        #expect(sum.routed.count == 40)
        // The sums are as exact as Welford's moments where costs are like costs.
        #expect(abs(sum.routed.variance - Moments(routed).variance) < 1e-12)
    }

    /// Costs are skewed: most drafts cost little, escalations both models. 600 runs of 300 and 60 requests.
    @Test func theIntervalHoldsTheTruthAsOftenAsItSays() throws {
        var random = SeededRandom(seed: 8)
        func heavy() -> Double { 0.01 * (0.5 + random.unit()) }
        // Routed: a draft for a tenth of the price, and the heavyweight in 30 %.
        let truth = 0.01 - (0.001 + 0.3 * 0.01)
        let runs = 600
        var (held, shareHeld) = (0, 0)
        for _ in 0..<runs {
            var estimate = HoldoutEstimate()
            for _ in 0..<300 { estimate.add(0.001 + (random.unit() < 0.3 ? heavy() : 0), isHoldout: false) }
            for _ in 0..<60 { estimate.add(heavy(), isHoldout: true) }
            let saving = try #require(estimate.saving())
            if saving.perRequest.low <= truth, truth <= saving.perRequest.high { held += 1 }
            if let share = saving.share, share.low <= 0.6, 0.6 <= share.high { shareHeld += 1 }
        }
        // .95 and three standard errors.
        for count in [held, shareHeld] { #expect(abs(Double(count) / Double(runs) - 0.95) < 0.027, "\(count) of \(runs)") }
    }
}
