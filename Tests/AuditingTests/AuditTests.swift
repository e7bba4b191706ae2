import Auditing
import Cascade
import ChatAPI
import GatewayTesting
import Judging
import Testing

@Suite struct AuditTests {
    @Test func anAuditAsksTheHeavyweightWithTheSameBodyAndThenTheJudge() async throws {
        let world = try World()
        try await world.running {
            let body = #"{"model":"auto","seed":5,"stream":true,"messages":[{"role":"user","content":"Why?"}],"custom":[1]}"#
            try world.serve(risk: 0.1, draft: "wrong", body: body)
            #expect(await eventually { world.evidence?.audits == 1 })
            let call = try #require(world.heavyweight.calls.first?.call)
            guard case .chat(let chat) = call.operation else {
                Issue.record("not a chat call")
                return
            }
            #expect(chat.body == Array(body.utf8))
            #expect(call.model == "large" && !call.isStreaming)
            #expect(world.judge.prompts == ["Why?"])
            let heard = world.heard.all
            #expect(heard.audits == [AuditObservation(route: "auto", isShipped: true, isBad: true, source: .judge)])
            #expect(heard.spendings.map(\.leg) == [.audit, .judge])
            #expect(heard.spendings.map(\.model) == [World.heavy, World.judgeModel])
            #expect(heard.spendings.compactMap(\.costUSD) == [0.00015, 0.0001])
            #expect(abs(world.oversight.snapshot.spentTodayUSD - 0.00025) < 1e-12)
        }
    }

    @Test func aFailureThatMayPassIsTriedOnceMore() async throws {
        let world = try World(scripts: [[.fail(.serverError, status: 503)], World.answer("x")])
        try await world.running {
            try world.serve(risk: 0.1)
            #expect(await eventually { world.evidence?.audits == 1 })
            #expect(world.heavyweight.calls.count == 2)
        }
    }

    @Test(arguments: [(ProviderError.Kind.serverError, 2), (.rateLimited, 2), (.unauthorized, 1), (.invalidRequest, 1)])
    func aHeavyweightThatFailsMakesNoObservation(kind: ProviderError.Kind, calls: Int) async throws {
        let world = try World(scripts: [[.fail(kind)]])
        try await world.running {
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.heard.all.skips == [.heavyweight] })
            #expect(world.heavyweight.calls.count == calls)
            #expect(world.evidence?.audits == 0)
            #expect(world.state?.skips == [.heavyweight: 1])
        }
    }

    @Test func aJudgeThatFailsMakesNoObservationAndIsPaidAllTheSame() async throws {
        let world = try World(judge: TruthfulJudge(failure: JudgeFailure(.unreadable("no scores"), costUSD: 0.5)))
        try await world.running {
            try world.serve(risk: 0.1, draft: "wrong")
            #expect(await eventually { world.heard.all.skips == [.judge] })
            #expect(world.evidence?.audits == 0)
            #expect(abs(world.oversight.snapshot.spentTodayUSD - 0.50015) < 1e-12)
        }
    }

    @Test func anAuditEndsAtItsTime() async throws {
        let world = try World(judge: TruthfulJudge(gate: Signal())) { $0.timeout = .milliseconds(30) }
        try await world.running {
            try world.serve(risk: 0.1)
            #expect(await eventually { world.heard.all.skips == [.timeout] })
            #expect(world.evidence?.audits == 0)
        }
    }

    @Test func theEndOfTheGatewayGivesUpWhatIsInFlightAndWhatWaits() async throws {
        let world = try World(judge: TruthfulJudge(gate: Signal()))
        try await world.running {
            for _ in 0..<5 { try world.serve(risk: 0.1) }
            #expect(await eventually { world.judge.prompts.count == 2 })
        }
        #expect(world.heard.all.skips == Array(repeating: .shutdown, count: 5))
        #expect(world.evidence?.audits == 0)
        // Nobody waits for a verdict any more.
        #expect(world.oversight.receive(DecisionFeedback(decisionID: "d1", verdict: .bad))?.effect == .evidence)
    }

    @Test func theQueueIsBoundedAndAFullOneDrawsNothing() async throws {
        let gate = Signal()
        let world = try World(judge: TruthfulJudge(gate: gate)) { $0.queuedAudits = 8 }
        try await world.running {
            for _ in 0..<2 { try world.serve(risk: 0.1) }
            #expect(await eventually { world.judge.prompts.count == 2 })
            for _ in 0..<8 { #expect(try world.serve(risk: 0.1).plan.isAudited) }
            #expect(world.oversight.snapshot.queuedAudits == 8)
            for _ in 0..<20 { #expect(try !world.serve(risk: 0.1).plan.isAudited) }
            gate.open()
            #expect(await eventually { world.evidence?.audits == 10 })
            #expect(world.heard.all.skips.isEmpty)
            #expect(world.oversight.plan(world.query()).isAudited)
        }
    }

    /// What is drawn has its place: shipped drafts are not left out while the others count.
    @Test func aBurstLeavesOutNoDraftThatWasDrawn() async throws {
        let gate = Signal()
        let world = try World(judge: TruthfulJudge(gate: gate)) { $0.queuedAudits = 64 }
        try await world.running {
            let plans = (0..<500).map { _ in world.oversight.plan(world.query()) }
            #expect(plans.count { $0.isAudited } == 64)
            for (index, plan) in plans.enumerated() {
                // Half of them are shipped.
                try world.serve(risk: index.isMultiple(of: 2) ? 0.1 : 0.9, planned: plan)
            }
            #expect(world.heard.all.skips.isEmpty)
            gate.open()
            #expect(await eventually { world.evidence?.audits == 64 })
            let audits = world.heard.all.audits
            #expect(audits.count { $0.isShipped } == 32 && audits.count { !$0.isShipped } == 32)
            // Every place was given back, also by those that came to no job.
            for change in [{ $0.record.decision = .failed }, { $0.draftText = nil }] as [(inout OversightOutcome) -> Void] {
                for _ in 0..<200 { #expect(try world.serve(risk: 0.1, change).plan.isAudited) }
            }
            #expect((0..<100).count { _ in world.oversight.plan(world.query()).isAudited } == 64)
        }
    }

    @Test func theDaysMoneyIsNotExceededAndComesBackTheNextDay() async throws {
        let world = try World(judge: TruthfulJudge(cost: 0.002)) { $0.usdPerDay = 0.01 }
        try await world.running {
            for count in 1...40 {
                let outcome = try world.serve(risk: 0.1)
                guard outcome.plan.isAudited else { continue }
                _ = await eventually { world.heard.all.audits.count + world.heard.all.skips.count >= count }
            }
            let spent = world.oversight.snapshot.spentTodayUSD
            #expect(spent > 0.005 && spent <= 0.01)
            let audits = world.heard.all.audits.count
            #expect(audits < 10)
            world.clock.now += 86_400
            #expect(world.oversight.snapshot.spentTodayUSD == 0)
            try world.serve(risk: 0.1)
            #expect(await eventually { world.heard.all.audits.count == audits + 1 })
        }
    }

    @Test func anEstimateThatDoesNotFitIsNotAsked() async throws {
        let world = try World { $0.usdPerDay = 0.0001 }
        try await world.running {
            try world.serve(risk: 0.1)
            #expect(await eventually { world.heard.all.skips == [.budget] })
            #expect(world.heavyweight.calls.isEmpty)
            #expect(world.oversight.snapshot.spentTodayUSD == 0)
        }
    }

    @Test func whatCannotBeJudgedIsSkippedWithItsReason() async throws {
        let world = try World { $0.maxAuditedBytes = 200 }
        try await world.running {
            try world.serve(risk: 0.1) { $0.draftText = nil }
            try world.serve(risk: 0.1) { $0.draftText = "" }
            try world.serve(risk: 0.1, draft: String(repeating: "x", count: 201))
            #expect(world.heard.all.skips == [.incomplete, .incomplete, .size])
            #expect(world.evidence?.audits == 0)
            #expect(world.evidence?.requests == 3)
        }
    }
}
