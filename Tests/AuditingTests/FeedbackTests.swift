import Auditing
import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite struct FeedbackTests {
    private func give(_ world: World, _ id: String, _ verdict: DecisionFeedback.Verdict) -> FeedbackReceipt? {
        world.oversight.receive(DecisionFeedback(decisionID: id, verdict: verdict))
    }

    @Test func theLastVerdictOnAShippedDraftCounts() throws {
        let world = try World()
        for number in 0..<10 { try world.serve("s\(number)", risk: 0.15) }
        func counts() -> [Int] { (world.state?.evidence ?? []).flatMap { [$0.requests, $0.badFeedback] } }
        #expect(counts() == [10, 0, 10, 0, 10, 0])
        let before = world.evidence?.log10Evidence
        let steps: [(DecisionFeedback.Verdict, FeedbackReceipt.Effect, Int)] = [
            (.good, .evidence, 0), (.bad, .evidence, 1), (.bad, .unchanged, 1), (.good, .evidence, 0), (.bad, .evidence, 1),
        ]
        for (verdict, effect, bad) in steps {
            let receipt = try #require(give(world, "s3", verdict))
            #expect(receipt == FeedbackReceipt(decisionID: "s3", verdict: verdict, isAudited: false, effect: effect))
            #expect(counts() == [10, 0, 10, 0, 10, bad])
        }
        #expect(try #require(world.evidence?.log10Evidence) > (try #require(before)))
        #expect(world.oversight.snapshot.routes.first?.feedback == [.good: 0, .bad: 1])
        _ = give(world, "s3", .good)
        #expect(world.evidence?.log10Evidence == before)
    }

    @Test func complaintsAloneCanTightenTheRule() throws {
        let world = try World()
        for number in 0..<20 { try world.serve("s\(number)", risk: 0.15) }
        var given = 0
        while world.state?.isTightened == false, given < 20 {
            _ = give(world, "s\(given)", .bad)
            given += 1
        }
        #expect(world.state?.level == 0.1)
        let alarm = try #require(world.heard.all.alarms.first)
        #expect(alarm.badFeedback == given && alarm.audits == 0)
    }

    @Test func answersThatTheRuleDidNotShipAreOnlyCounted() throws {
        let world = try World()
        try world.serve("e", risk: 0.9)
        try world.serve("h", risk: 0.1) { $0.plan.isHoldout = true }
        try world.serve("w", risk: 0.1, query: world.query(strategy: .window(try WindowStrategy())))
        for id in ["e", "h", "w"] { #expect(give(world, id, .bad)?.effect == .counted) }
        #expect(world.evidence?.badFeedback == 0)
        #expect(world.oversight.snapshot.routes.first?.feedback[.bad] == 3)
        #expect(give(world, "unknown", .bad) == nil)
        #expect(world.heard.all.effects == [.counted, .counted, .counted])
    }

    @Test func aPersonOverridesTheJudge() async throws {
        let world = try World()
        try await world.running {
            try world.serve("good", risk: 0.1, draft: "right")
            try world.serve("bad", risk: 0.1, draft: "wrong")
            #expect(await eventually { world.evidence?.audits == 2 })
            #expect(world.evidence?.bad == 1)
            #expect(
                give(world, "good", .bad)
                    == FeedbackReceipt(decisionID: "good", verdict: .bad, isAudited: true, effect: .auditOverridden))
            #expect(world.evidence?.bad == 2)
            #expect(give(world, "bad", .good)?.effect == .auditOverridden)
            #expect(give(world, "good", .good)?.effect == .auditOverridden)
            #expect(world.evidence?.bad == 0)
            #expect(world.evidence?.audits == 2)
            // Not told twice: the complaint stands in the audits, not among the requests.
            #expect(world.evidence?.badFeedback == 0)
            #expect(world.heard.all.audits.suffix(3).map(\.source) == [.human, .human, .human])
        }
    }

    @Test func aPersonWhoIsFasterSavesTheAudit() async throws {
        let gate = Signal()
        let world = try World(judge: TruthfulJudge(gate: gate))
        try await world.running {
            // Two keep the workers busy, the third waits.
            for id in ["a", "b", "c"] { try world.serve(id, risk: 0.1, draft: "right") }
            #expect(await eventually { world.judge.prompts.count == 2 })
            #expect(
                give(world, "c", .bad) == FeedbackReceipt(decisionID: "c", verdict: .bad, isAudited: true, effect: .auditPreempted))
            // In flight: what the person says counts, whatever the judge will say.
            #expect(give(world, "a", .bad)?.effect == .auditPreempted)
            #expect(world.evidence?.audits == 0)
            gate.open()
            #expect(await eventually { world.evidence?.audits == 3 })
            #expect(world.evidence?.bad == 2)
            #expect(world.judge.prompts.count == 2 && world.heavyweight.calls.count == 2)
            #expect(give(world, "c", .good)?.effect == .auditOverridden)
            #expect(world.evidence?.bad == 1)
        }
    }

    @Test func aVerdictStandsInForAnAuditThatFailed() async throws {
        let gate = Signal()
        let world = try World(scripts: [[.wait(gate), .fail(.unauthorized)]])
        try await world.running {
            try world.serve("x", risk: 0.1)
            #expect(await eventually { world.heavyweight.calls.count == 1 })
            #expect(give(world, "x", .bad)?.effect == .auditPreempted)
            gate.open()
            #expect(await eventually { world.evidence?.audits == 1 })
            #expect(world.evidence?.bad == 1)
            #expect(world.heard.all.skips.isEmpty)
        }
    }

    @Test func theOldestDecisionsAreForgotten() throws {
        let world = try World { $0.rememberedDecisions = 3 }
        for id in ["a", "b", "c", "d", "d"] { try world.serve(id, risk: 0.1) }
        #expect(give(world, "a", .good) == nil)
        for id in ["b", "c", "d"] { #expect(give(world, id, .good) != nil) }
    }
}
