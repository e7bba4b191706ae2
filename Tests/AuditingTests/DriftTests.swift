import Auditing
import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite struct DriftTests {
    /// Serves requests until the level changes: a share of `bad` of them is a shipped bad draft.
    /// - Returns: how many it took; `nil` when it did not change.
    private func drift(_ world: World, bad: Double, limit: Int, seed: UInt64) async throws -> Int? {
        var random = SeededGenerator(seed: seed)
        let start = world.state?.level
        for count in 1...limit {
            // Two in three are below the certified level; risks are spread evenly, the bad ones too.
            let risk = 0.3 * random.unit()
            let isBad = random.unit() < bad * 1.5
            try world.serve(risk: risk, draft: isBad ? "wrong" : "right")
            // One at a time, so that the count is the same in every run.
            _ = await eventually { world.heard.all.audits.count >= count }
            if world.state?.level != start { return count }
        }
        return nil
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func threeTimesThePromisedRateTightensTheRule(seed: UInt64) async throws {
        let world = try World(seed: seed)
        try await world.running {
            let took = try #require(try await drift(world, bad: 0.15, limit: 2_000, seed: seed))
            #expect(took < 1_000)
            let state = try #require(world.state)
            #expect(state.isTightened && state.level == 0.1 && state.certifiedLevel == 0.2)
            let alarm = try #require(world.heard.all.alarms.first)
            #expect(world.heard.all.alarms.count == 1)
            #expect(alarm.route == "auto" && alarm.level == 0.2 && alarm.newLevel == 0.1)
            #expect(alarm.log10Evidence >= 1.301)
            #expect(alarm.audits == took)
            #expect(alarm.bad == world.heard.all.audits.count { $0.isBad })
            #expect(state.evidence.map(\.level) == [0.05, 0.1, 0.2])
            #expect(state.evidence.map(\.isAlarmed) == [false, false, true])
            // The next request is judged by the tightened rule.
            guard case .risk(let rule) = world.oversight.plan(world.query()).strategy else {
                Issue.record("not the risk rule")
                return
            }
            #expect(rule.thresholds.greatest == 0.1)
            #expect(try world.serve(risk: 0.15).record.decision == .escalate)
        }
    }

    @Test func thePromisedRateDoesNot() async throws {
        let world = try World(seed: 5)
        try await world.running {
            let took = try await drift(world, bad: 0.03, limit: 1_500, seed: 11)
            #expect(took == nil)
            #expect(world.heard.all.alarms.isEmpty)
            #expect(world.evidence?.audits == 1_500)
        }
    }

    /// Every draft is bad: level after level falls, until nothing is shipped, and it never comes back.
    @Test func whatIsBadEverywhereEndsWithNothingShipped() async throws {
        let world = try World()
        try await world.running {
            for count in 1...200 where world.state?.level != 0 {
                try world.serve(risk: 0.01, draft: "wrong")
                _ = await eventually { world.heard.all.audits.count >= count }
            }
            #expect(world.state?.level == 0)
            #expect(world.heard.all.alarms.last?.newLevel == 0)
            #expect(try world.serve(risk: 0.001).record.decision == .escalate)
            let plan = world.oversight.plan(world.query())
            #expect(!plan.isAudited && plan.strategy.threshold == 0)
        }
    }

    /// What the judge does not see is taken off the promise, as it was when the level was certified.
    @Test func aLessSensitiveJudgeMakesASharperAlarm() async throws {
        var took: [Int] = []
        for sensitivity in [1, 0.5] {
            let world = try World(sensitivity: sensitivity)
            try await world.running { took.append(try await drift(world, bad: 0.1, limit: 3_000, seed: 2) ?? 3_000) }
        }
        #expect(took[1] < took[0])
    }

    @Test func draftsThatWereNotShippedCountAsNoLossAndCostNothing() async throws {
        let world = try World()
        try await world.running {
            for _ in 0..<40 { try world.serve(risk: 0.9, draft: "wrong") }
            #expect(world.evidence?.audits == 40)
            #expect(world.evidence?.bad == 0)
            #expect(world.heard.all.audits.allSatisfy { $0.source == .rule && !$0.isShipped && !$0.isBad })
            #expect(world.heavyweight.calls.isEmpty && world.judge.prompts.isEmpty)
        }
    }

    @Test func whatTheRuleDidNotDecideIsNoObservation() async throws {
        let world = try World { $0.holdoutShare = 0 }
        try await world.running {
            try world.serve(risk: 0.1) { $0.record.isDoubtedDraftShipped = true }
            try world.serve(risk: 0.1) { $0.record.decision = .cacheHit }
            try world.serve(risk: 0.1) { $0.record.decision = .handover }
            try world.serve(risk: 0.1) { $0.record.decision = .failed }
            try world.serve(risk: 0.1) { $0.record.risk = nil }
            try world.serve(risk: 0.1) { $0.plan.isHoldout = true }
            for risk in [0.1, 0.9] { try world.serve(risk: risk) { $0.record.status = .clientClosed } }
            try world.serve(risk: 0.1, query: world.query(control: .never))
            try world.serve(risk: 0.1, query: world.query(temperature: 0))
            let image = #"{"model":"auto","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}"#
            let audited = try world.serve(risk: 0.1, body: image)
            #expect(audited.plan.isAudited)
            #expect(world.evidence?.audits == 0)
            #expect(world.evidence?.requests == 1)
            #expect(world.heard.all.skips.isEmpty)
        }
    }

    /// Part of the draft was out before it became doubtful: its client got it, so it counts at the level in force and at no stricter one.
    @Test func anOverrunCountsAtTheLevelInForce() async throws {
        let world = try World()
        try await world.running {
            try world.serve(risk: 0.7, draft: "wrong") { outcome in
                outcome.record.decision = .ship
                outcome.record.isOverrun = true
                outcome.draftText = "wrong"
            }
            #expect(await eventually { world.evidence?.audits == 1 })
            #expect(world.state?.evidence.map(\.bad) == [0, 0, 1])
            #expect(world.state?.evidence.map(\.audits) == [1, 1, 1])
        }
    }

    @Test(arguments: [(5.0, 1), (1.0, 0)]) func aLossThatTheHeavyweightWouldHaveMadeTooIsExcusedWhenSoPromised(
        score: Double, bad: Int
    ) async throws {
        let world = try World(loss: .recoverable, judge: TruthfulJudge(heavyweightScore: score))
        try await world.running {
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.evidence?.audits == 1 })
            #expect(world.evidence?.bad == bad)
        }
    }

    @Test func theSelectiveLossLooksAtShippedDraftsOfALevelOnly() async throws {
        let world = try World(loss: .selective)
        try await world.running {
            try world.serve(risk: 0.9)
            try world.serve(risk: 0.15, draft: "wrong")
            try world.serve(risk: 0.01)
            #expect(await eventually { world.evidence?.audits == 2 })
            #expect(world.state?.evidence.map(\.audits) == [1, 1, 2])
            #expect(world.state?.evidence.map(\.bad) == [0, 0, 1])
            #expect(world.state?.evidence.map(\.requests) == [1, 1, 2])
        }
    }
}
