import Cascade
import ChatAPI
import EntropyRouting
import GatewayTesting
import Testing

@Suite("The oversight", .timeLimit(.minutes(1)))
struct OversightTests {
    private static let draft = Script.of(Script.role + Script.sure("It", " is", " Paris.") + Script.counted(7, 3))

    /// logit = -2 + 2 x max bits: ships calm drafts at the given threshold.
    private static func risk(_ threshold: Double) throws -> RiskStrategy {
        try RiskStrategy(
            model: RiskModel(
                key: .init(drafter: "draft-1", provider: "small", tier: .top1, topLogprobs: 1, temperature: 1, promptMode: "plain"),
                provenance: .init(date: "2026-01-01", labels: 300, dataHash: "sha256:0"),
                terms: [RiskTerm(.maxBits, mean: 0, deviation: 1, coefficient: 2)], defaultIntercept: -2), threshold: threshold)
    }

    @Test("is asked once before the drafter and told once at the end, whatever became of the request")
    func askedAndTold() async throws {
        var world = try World(draft: Self.draft)
        let oversight = ScriptedOversight()
        world.oversight = oversight
        let outcome = try await world.run()
        #expect(outcome.record.decision == .ship)
        #expect(oversight.queries.map(\.route) == ["auto"])
        #expect(oversight.outcomes.map(\.record.id) == ["d"])
        // Nobody asked for its text.
        #expect(oversight.outcomes.first?.draftText == nil)
        #expect(!outcome.record.isAudited)
    }

    @Test("gets the text of a shipped draft that it drew, and of no other answer")
    func audited() async throws {
        var world = try World(draft: Self.draft)
        let oversight = ScriptedOversight { $0.isAudited = true }
        world.oversight = oversight
        #expect(try await world.run().record.isAudited)
        #expect(oversight.outcomes.first?.draftText == "It is Paris.")

        var escalated = try World(draft: Script.of(Script.role + Script.hopeless("No") + Script.end), heavyweight: [Script.expert])
        let other = ScriptedOversight { $0.isAudited = true }
        escalated.oversight = other
        #expect(try await escalated.run().record.decision == .escalate)
        #expect(other.outcomes.first?.draftText == nil)
    }

    @Test("holds a request out: the heavyweight answers, nobody drafts, the cache is not asked")
    func holdout() async throws {
        var world = try World(draft: Self.draft, heavyweight: [Script.expert])
        world.cache = ScriptedCache(.hit(CacheOutcome(exact: .hit), .stored("Stored.")))
        world.oversight = ScriptedOversight { $0.isHoldout = true }
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(world.drafter.calls.isEmpty)
        #expect(world.cache?.sessions.isEmpty == true)
        #expect(outcome.record.decision == .escalate && outcome.record.reason == "holdout")
        #expect(world.oversight?.outcomes.first?.plan.isHoldout == true)
    }

    @Test("does not overrule a client that chose for itself", arguments: [EscalationControl.never, .always])
    func clientsWord(control: EscalationControl) async throws {
        var world = try World(draft: Self.draft, heavyweight: [Script.expert])
        world.oversight = ScriptedOversight { $0.isHoldout = true }
        let outcome = try await world.run { $0.control = control }
        #expect(outcome.record.reason == (control == .never ? "not_judged" : "requested"))
        #expect(world.oversight?.outcomes.first?.plan.isHoldout == false)
    }

    @Test("tightens the rule: what ships nothing any more does not draft either", arguments: [0.3, 0.0])
    func tightened(cap: Double) async throws {
        let strategy = try Self.risk(0.5)
        var world = try World(draft: Self.draft, heavyweight: [Script.expert])
        world.oversight = ScriptedOversight { $0.strategy = .risk(strategy.capped(at: cap)) }
        let outcome = try await world.run()
        if cap == 0 {
            #expect(world.drafter.calls.isEmpty && outcome.record.reason == "uncertified")
        } else {
            #expect(outcome.record.decision == .ship && outcome.record.threshold == cap)
        }
    }

    private static func role(of model: String) -> [UInt8] {
        Array(
            #"data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"\#(model)","system_fingerprint":"fp_7","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}"#
                .utf8) + [10, 10]
    }

    @Test("withholds the very draft that shows that the drafter is another one")
    func stranger() async throws {
        let draft = Script.of([Self.role(of: "stranger")] + Script.sure("Paris.") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.oversight = ScriptedOversight()
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(outcome.record.decision == .escalate && outcome.record.reason == "uncertified")
        #expect(outcome.leg(.draft)?.isWasted == true)
    }

    @Test("learns what the drafter's stream called itself")
    func identity() async throws {
        let role = Self.role(of: "draft-1-2026")
        var world = try World(draft: Script.of([role] + Script.sure("Paris.") + Script.end))
        world.oversight = ScriptedOversight()
        let outcome = try await world.run()
        #expect(outcome.record.draftIdentity == StreamIdentity(model: "draft-1-2026", fingerprint: "fp_7"))
        #expect(world.oversight?.outcomes.first?.record.draftIdentity?.fingerprint == "fp_7")
    }
}
