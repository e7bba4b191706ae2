import Auditing
import Cascade
import GatewayTesting
import Judging
import Testing

@Suite struct AuditHealthTests {
    private let failure = JudgeFailure(.unreadable("no scores"))

    private func fail(_ world: World, times: Int) async throws {
        for _ in 0..<times {
            let skips = world.heard.all.skips.count
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.heard.all.skips.count == skips + 1 })
        }
    }

    /// Else a judge that is away would make every rule look safe.
    @Test func theEvidenceStandsStillWhileNobodyLooksAtWhatIsShipped() async throws {
        let world = try World(judge: TruthfulJudge(failure: failure))
        try await world.running {
            try await fail(world, times: 4)
            try world.serve(risk: 0.9)
            #expect(world.evidence?.audits == 1)
            #expect(world.heard.all.failing.isEmpty && world.state?.failingReason == nil && world.state?.failedInARow == 4)
            try await fail(world, times: 1)
            #expect(await eventually { world.heard.all.failing == [.judge] })
            #expect(world.state?.failingReason == .judge)
            #expect(world.oversight.snapshot.concerns.contains { $0.contains("route 'auto': audits fail, the last 5 in a row") })
            for _ in 0..<50 { try world.serve(risk: 0.9) }
            try await fail(world, times: 3)
            #expect(world.evidence?.audits == 1)
            #expect(world.heard.all.failing.count == 1 && world.heard.all.auditRecoveries == 0)

            // The audit that shows that it works again was drawn while the others did not count, and so it does not count either.
            world.judge.fail(nil)
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.heard.all.auditRecoveries == 1 })
            #expect(world.state?.failingReason == nil && world.oversight.snapshot.concerns.isEmpty)
            #expect(world.evidence?.audits == 1)
            try world.serve(risk: 0.9)
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.evidence?.audits == 3 && world.evidence?.bad == 1 })
        }
    }

    @Test func failuresThatAreNotInARowChangeNothing() async throws {
        let world = try World()
        try await world.running {
            for _ in 0..<3 {
                world.judge.fail(failure)
                try await fail(world, times: 4)
                world.judge.fail(nil)
                let audits = world.heard.all.audits.count
                try world.serve(risk: 0.1)
                #expect(await eventually { world.heard.all.audits.count == audits + 1 })
            }
            #expect(world.evidence?.audits == 3)
            #expect(world.heard.all.failing.isEmpty && world.heard.all.auditRecoveries == 0)
        }
    }

    @Test func aHeavyweightThatIsAwayStopsTheEvidenceToo() async throws {
        let world = try World(scripts: [[.fail(.unauthorized)]])
        try await world.running {
            try await fail(world, times: 5)
            #expect(await eventually { world.heard.all.failing == [.heavyweight] })
            try world.serve(risk: 0.9)
            #expect(world.evidence?.audits == 0)
        }
    }

    /// What says nothing about the judge and the heavyweight: drafts without a text.
    @Test func otherSkipsAreNoFailures() async throws {
        let world = try World()
        try await world.running {
            for _ in 0..<10 { try world.serve(risk: 0.1) { $0.draftText = nil } }
            try world.serve(risk: 0.9)
            #expect(world.heard.all.skips.count == 10 && world.heard.all.failing.isEmpty)
            #expect(world.evidence?.audits == 1)
        }
    }

    /// Nobody waits for an audit's verdict on it, so a person's complaint is one like others.
    @Test func feedbackOnADraftThatWasDrawnMeanwhileJoinsTheOtherFeedback() async throws {
        let world = try World(judge: TruthfulJudge(failure: failure))
        try await world.running {
            try await fail(world, times: 5)
            #expect(await eventually { world.heard.all.failing.count == 1 })
            try world.serve("probe", risk: 0.1, draft: "wrong")
            let receipt = world.oversight.receive(DecisionFeedback(decisionID: "probe", verdict: .bad))
            #expect(receipt?.effect == .evidence)
            #expect(world.evidence?.badFeedback == 1 && world.evidence?.audits == 0)
        }
    }
}
