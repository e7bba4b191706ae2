import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("What a policy does to traffic")
struct ReplaySummaryTests {
    private static let calm = Array(repeating: 0.1, count: 20)
    private static let wild = Array(repeating: 3.0, count: 20)

    /// 6 shipped (1 bad, 1 unjudged), 3 escalated (1 good, 1 bad, 1 unjudged).
    private static let drafts: [LabelledDraft] =
        [false, false, false, false, true, nil].map { labelledDraft(calm, isBad: $0) }
        + [false, true, nil].map { labelledDraft(wild, isBad: $0) }

    private func summary(_ policy: ReplayPolicy = replayPolicy()) -> ReplaySummary { ReplaySummary(WhatIf(policy).outcomes(Self.drafts)) }

    @Test("rates count what was judged, and say how sure they are")
    func rates() {
        let summary = summary()
        #expect(summary.requests == 9 && summary.shipped == 6 && summary.routes == [.ship: 6, .escalate: 3])
        #expect(summary.reasons == ["entropy": 3] && summary.shippedUnjudged == 1)
        #expect(summary.escalated.estimate == 3.0 / 9)
        #expect(summary.shippedBadOfAll == ReplayRate(1, of: 7) && summary.shippedBadOfShipped == ReplayRate(1, of: 5))
        // Clopper and Pearson, 95 %: scipy.stats.beta.ppf(.025, 1, 5) and ppf(.975, 2, 4).
        #expect(isNear(summary.shippedBadOfShipped.lower, 0.0050507634) && isNear(summary.shippedBadOfShipped.upper, 0.7164179361))
        #expect(ReplayRate(0, of: 0).estimate == nil && ReplayRate(0, of: 0).upper == 1)
    }

    @Test("every leg is in the bill, and what is saved is net of waste")
    func costs() throws {
        let summary = summary()
        let costs = summary.costs
        #expect(costs.known == 9 && costs.unknown == 0 && costs.compared == 9)
        #expect(isNear(costs.sum.draftUSD, 6 * 1_040e-6, 1e-12) && isNear(costs.sum.heavyweightUSD, 3 * 0.012, 1e-12))
        let total = costs.sum.draftUSD + costs.sum.heavyweightUSD + costs.sum.wastedDraftUSD + costs.sum.wastedPrefireUSD
        #expect(isNear(costs.perRequestUSD, total / 9, 1e-12) && costs.sum.wastedDraftUSD > 3 * 1_000e-6)
        #expect(isNear(costs.wasteShare, costs.sum.wastedDraftUSD / total, 1e-12))
        #expect(isNear(costs.savedShare, 1 - total / (9 * 0.012), 1e-12))

        var policy = replayPolicy()
        policy.heavyweightPrice = nil
        let unpriced = self.summary(policy).costs
        #expect(unpriced.known == 6 && unpriced.unknown == 3 && unpriced.savedShare == nil)
    }

    @Test("latencies are by route, and nearest rank")
    func latencies() throws {
        let summary = summary()
        #expect(summary.totalOverall?.count == 9 && summary.total[.ship]?.count == 6 && summary.total[.overrun] == nil)
        #expect(isNear(summary.total[.ship]?.p99, 0.29) && isNear(summary.heavyweightOnlyFirstToken?.p50, 0.5))
        let quantiles = try #require(ReplayQuantiles((1...10).map(Double.init).shuffled()))
        #expect(quantiles.p50 == 5 && quantiles.p90 == 9 && quantiles.p99 == 10 && ReplayQuantiles([]) == nil)
        #expect(ReplayQuantiles([4])?.p50 == 4)
    }

    @Test("nothing recorded is no evidence of anything")
    func empty() {
        let summary = ReplaySummary([])
        #expect(summary.escalated.estimate == nil && summary.costs.perRequestUSD == nil && summary.totalOverall == nil)
    }

    @Test("a gate names what is not kept, and a limit that cannot be checked is not kept")
    func gates() {
        func violations(_ gate: ReplayGate, _ policy: ReplayPolicy = replayPolicy()) -> [String] { gate.violations(summary(policy)) }
        #expect(violations(ReplayGate()).isEmpty)
        #expect(violations(ReplayGate(maxBad: 0.15, maxCostUSD: 0.01, maxEscalated: 0.34, bound: .estimate)).isEmpty)
        #expect(violations(ReplayGate(maxBad: 0.15)).first?.hasPrefix("max-bad 0.15: the 95 % upper bound") == true)
        #expect(
            violations(ReplayGate(maxBad: 0.14, bound: .estimate)) == [
                "max-bad 0.14: the share of bad shipped drafts is 0.1429, from 1 of 7"
            ])
        #expect(violations(ReplayGate(maxCostUSD: 0.004)).first?.hasPrefix("max-cost 0.004: a request costs 0.0") == true)
        #expect(violations(ReplayGate(maxEscalated: 0.3)) == ["max-escalated 0.3: 0.3333 of the requests are escalated"])
        #expect(violations(ReplayGate(maxBad: 0, maxCostUSD: 0, maxEscalated: 0)).count == 3)
        let blocked = ReplayGate(maxBad: 1, maxEscalated: 1).violations(summary(replayPolicy()), obstacle: "they are of another model")
        #expect(
            blocked == [
                "max-bad 1.0: a limit that cannot be checked: they are of another model",
                "max-escalated 1.0: a limit that cannot be checked: they are of another model",
            ])
        #expect(ReplayGate().violations(summary(replayPolicy()), obstacle: "they are of another model").isEmpty)
        var policy = replayPolicy()
        policy.drafterPrice = nil
        #expect(violations(ReplayGate(maxCostUSD: 99), policy).first?.contains("9 of 9 requests is unknown") == true)

        let unjudged = ReplaySummary(WhatIf(replayPolicy()).outcomes([labelledDraft(Self.calm, isBad: nil)]))
        #expect(ReplayGate(maxBad: 1).violations(unjudged).first?.contains("no draft has a verdict") == true)
    }

    @Test("the frontier: a dearer second fires more, wastes more and saves more")
    func frontier() throws {
        var traces = SyntheticTraces(seed: 5)
        let drafts = (0..<300).map { labelledDraft(traces.next().entropies, id: "\($0)", first: 0.3) }
        var policy = replayPolicy(try meanEntropyStrategy(middle: 0.4), lambda: 0.001, allowance: PrefireAllowance(ratio: 0))
        let frontier = try PrefireFrontier(drafts, policy)
        #expect(frontier.points.map(\.lambda) == PrefireFrontier.standardLambdas)
        #expect(frontier.points.first?.totals == ReplayPrefireTotals(), "seconds that are worth nothing")
        for (less, more) in zip(frontier.points, frontier.points.dropFirst()) {
            #expect(more.totals.fired >= less.totals.fired)
            #expect(more.savedSecondsPerRequest >= less.savedSecondsPerRequest - 1e-9)
        }
        let last = try #require(frontier.points.last)
        #expect(last.totals.fired > 20 && last.wastedUSDPerRequest > 0 && last.savedSecondsPerRequest > 0)

        #expect(throws: PrefireFrontier.Obstacle.noSpeedLayer) { try PrefireFrontier(drafts, replayPolicy()) }
        #expect(throws: PrefireFrontier.Obstacle.noTimes) {
            try PrefireFrontier(drafts, replayPolicy(try meanEntropyStrategy(hasTimes: false)))
        }
        #expect(throws: PrefireFrontier.Obstacle.noPrice) { try PrefireFrontier(drafts, replayPolicy(try meanEntropyStrategy())) }
        policy.heavyweightPrice = nil
        #expect(throws: PrefireFrontier.Obstacle.noPrice) { try PrefireFrontier(drafts, policy) }
    }

    @Test("the table has a column per policy, aligned, and calls unknown what is not known")
    func table() {
        var unpriced = replayPolicy()
        unpriced.drafterPrice = nil
        let lines = ReplayTable([("a", summary()), ("other.yaml", summary(unpriced))]).rendered().split(separator: "\n")
        #expect(Set(lines.map(\.count)).count == 1)
        func cells(_ label: String) -> [Substring] {
            lines.first { $0.hasPrefix(label) }.map { $0.dropFirst(label.count).split(separator: " ", omittingEmptySubsequences: true) }
                ?? []
        }
        #expect(cells("requests") == ["9", "9"])
        #expect(cells("shipped") == ["6", "(66.67", "%)", "6", "(66.67", "%)"])
        #expect(cells("USD per request").last == "unknown" && cells("saved, against heavyweight only").last == "unknown")
        #expect(cells("  drafts shipped").first == "0.0006933")
        #expect(cells("bad, of the shipped").prefix(7).joined(separator: " ") == "20.00 % (0.51 to 71.64), 1 of")
        #expect(cells("first token, s (p50 p90 p99)").prefix(3) == ["0.290", "0.630", "0.630"])
        let empty = ReplayTable([("none", ReplaySummary([]))]).rendered()
        #expect(empty.contains("unknown") && !empty.contains("nan"))
    }
}
