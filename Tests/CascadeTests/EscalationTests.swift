import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A draft that is not trusted is replaced", .timeLimit(.minutes(1)))
struct EscalationTests {
    @Test("at the token that is too much: the drafter is closed, the heavyweight started", arguments: ReleaseMode.allCases)
    func midStream(mode: ReleaseMode) async throws {
        let draft: [Step] = [.open] + (Script.role + Script.hopeless("Um")).map { .bytes($0) } + [.wait(Signal())]
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.release = ReleasePolicy(mode: mode, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(world.drafter.calls[0].counts.cancels == 1)
        #expect(world.heavyweight.calls.count == 1)
        #expect(world.observer.cancelled == [.draft])
        #expect(outcome.record.reason == "entropy")
        #expect(outcome.record.prefires.isEmpty)
        #expect(outcome.client.head?.route == .heavyweight)
        #expect(outcome.client.head?.model == "large:heavy-1")
    }

    struct Gate: Sendable, CustomTestStringConvertible {
        var reason: String
        var draft: [[UInt8]]
        var checker = FixedChecker()
        var wantsJSON = false
        var offersTools = false
        var testDescription: String { reason }
    }

    private static let gates: [Gate] = [
        Gate(reason: "gate_length", draft: Script.sure("Paris") + [ScriptedStream.finish("length"), ScriptedStream.done]),
        Gate(reason: "gate_content_filter", draft: Script.sure("Paris") + [ScriptedStream.finish("content_filter"), ScriptedStream.done]),
        Gate(reason: "gate_empty_answer", draft: Script.sure(" ") + Script.end),
        Gate(reason: "gate_refusal", draft: Script.sure("I'm sorry,", " but I can't", " help with that.") + Script.end),
        Gate(
            reason: "gate_structured_output", draft: Script.sure("{") + Script.end, checker: FixedChecker(structure: "cut off"),
            wantsJSON: true),
        Gate(
            reason: "gate_tool_call",
            draft: [ScriptedStream.toolCall("{}", name: "nope"), ScriptedStream.finish("tool_calls"), ScriptedStream.done],
            checker: FixedChecker(tools: "unknown tool"), offersTools: true),
    ]

    @Test("at its end by a quality gate, whatever its entropy says", arguments: gates)
    func gate(_ gate: Gate) async throws {
        for isStreaming in [true, false] {
            let world = try World(draft: Script.of(Script.role + gate.draft), heavyweight: [Script.expert])
            let outcome = try await world.run(encoder: PlainEncoder(isCollecting: !isStreaming)) {
                $0.isStreaming = isStreaming
                $0.checker = gate.checker
                $0.wantsJSON = gate.wantsJSON
                $0.offersTools = gate.offersTools
            }
            #expect(outcome.text == Script.expertText)
            #expect(outcome.record.reason == gate.reason)
            #expect(outcome.record.gateDetail != nil)
            #expect(outcome.record.decision == .escalate)
            #expect(world.drafter.calls[0].counts.cancels == 0)
            #expect(world.heavyweight.calls.count == 1)
            #expect(outcome.leg(.draft)?.end == .completed)
            #expect(outcome.leg(.draft)?.isWasted == true)
        }
    }

    @Test("at its end, before the heavyweight has said a word: no empty answer", arguments: ScriptedProvider.Delivery.allCases)
    func slowHeavyweight(delivery: ScriptedProvider.Delivery) async throws {
        let isAsked = Signal()
        let slow: [Step] = [.perform { isAsked.open() }, .wait(isAsked)] + Script.expert
        let draft = Script.of(Script.role + Script.sure("Paris") + [ScriptedStream.finish("length"), ScriptedStream.done])
        let outcome = try await World(draft: draft, heavyweight: [slow], delivery: delivery).run()
        #expect(outcome.text == Script.expertText)
    }

    @Test("without evidence, however long it is: missing evidence is never confidence", arguments: [1, 5, 12], ReleaseMode.allCases)
    func noEvidence(tokens: Int, mode: ReleaseMode) async throws {
        guard mode == .buffered || tokens < 12 else { return }
        let draft = Script.of(Script.role + Script.tokens(Array(repeating: "x", count: tokens), 0) + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.release = ReleasePolicy(mode: mode, tokens: 16)
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(outcome.record.reason == "no_evidence")
        #expect(outcome.record.signalTier == SignalTier.none.rawValue)
    }

    @Test("at once when the drafter can never give evidence: it is not even asked")
    func neverEvidence() async throws {
        var world = try World(draft: Script.of(Script.sure("no")), heavyweight: [Script.expert])
        world.drafter = ScriptedProvider(
            name: "small", scripts: [Script.of(Script.sure("no"))], capabilities: ProviderCapabilities(sendsLogprobs: false))
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(world.drafter.calls.isEmpty)
        #expect(outcome.record.reason == "no_evidence")
    }

    @Test("unless the operator accepts tool calls by their schema alone", arguments: [(true, nil), (false, nil), (true, "unknown tool")])
    func toolCallsBySchema(isAccepted: Bool, problem: String?) async throws {
        let draft = Script.of(
            Script.role + [
                ScriptedStream.toolCall("{}", name: "look"), ScriptedStream.finish("tool_calls"), ScriptedStream.done,
            ])
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.acceptsValidToolCalls = isAccepted
        let outcome = try await world.run {
            $0.offersTools = true
            $0.checker = FixedChecker(tools: problem)
        }
        if isAccepted && problem == nil {
            #expect(outcome.text == "^{look {}}$tool_calls#")
            #expect(outcome.record.reason == "accepted_by_schema")
        } else {
            #expect(outcome.text == Script.expertText)
            #expect(outcome.record.decision == .escalate)
        }
    }

    @Test("at once when the client wants the heavyweight: the drafter is not asked")
    func always() async throws {
        let world = try World(draft: Script.of(Script.sure("no")), heavyweight: [Script.expert])
        let outcome = try await world.run { $0.control = .always }
        #expect(outcome.text == Script.expertText)
        #expect(world.drafter.calls.isEmpty)
        #expect(outcome.record.reason == "requested")
        #expect(outcome.record.legs.count == 1)
    }

    @Test("never when the client forbids it, however hopeless the draft", arguments: ReleaseMode.allCases)
    func never(mode: ReleaseMode) async throws {
        let draft = Script.of(Script.role + Script.doubtful("Um") + Script.hopeless("?") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.release = ReleasePolicy(mode: mode, tokens: 1)
        let outcome = try await world.run { $0.control = .never }
        #expect(outcome.text == "^Um?$stop#")
        #expect(world.heavyweight.calls.isEmpty)
        #expect(outcome.record.decision == .ship)
    }

    /// Nothing wrong while it streams, too doubtful as a whole.
    private func doubtedAtEnd(_ heavyweight: [Step]) throws -> World {
        var world = try World(
            draft: Script.of(Script.role + Script.hopeless("Um", " er") + Script.counted(7, 2)), heavyweight: [heavyweight])
        world.strategy = try WindowStrategy(windowTokens: 10, thresholdBits: 1.9, prefireRatio: 0.8, earlyExitTokens: 10)
        return world
    }

    @Test(
        "but a whole doubted draft is better than none: the heavyweight fails, the draft is shipped and marked", arguments: [true, false])
    func heavyweightFails(isStreaming: Bool) async throws {
        let world = try doubtedAtEnd([.fail(.serverError, status: 503)])
        let outcome = try await world.run(encoder: PlainEncoder(isCollecting: !isStreaming)) { $0.isStreaming = isStreaming }
        #expect(outcome.failure == nil)
        #expect(outcome.text == "^Um er$stop#")
        #expect(outcome.record.isDoubtedDraftShipped)
        #expect(outcome.record.decision == .ship)
        #expect(outcome.record.reason == "heavyweight_failed")
        #expect(outcome.record.answeredBy == World.drafter)
        #expect(outcome.client.head?.route == .draft)
        #expect(outcome.leg(.draft)?.isWasted == false)
        #expect(outcome.leg(.heavyweight)?.end == .failed(.serverError))
        #expect(outcome.leg(.heavyweight)?.tokens == TokenCount())
    }

    @Test("a heavyweight that breaks in the middle of its own answer cannot be taken back")
    func heavyweightBreaks() async throws {
        let broken: [Step] = [.open] + (Script.role + Script.tokens(["Consi"], 0)).map { .bytes($0) } + [.fail(.truncated)]
        let world = try doubtedAtEnd(broken).pieceByPiece()
        let outcome = try await world.run()
        #expect(outcome.text == "^Consi!")
        #expect(outcome.failure?.principal?.kind == .truncated)
        #expect(outcome.record.decision == .failed)
        #expect(outcome.record.status == .upstreamError)
        #expect(outcome.record.answeredBy == World.heavyweight)
    }

    @Test("collected, a heavyweight that breaks in the middle has shown nothing: the draft is shipped")
    func heavyweightBreaksCollected() async throws {
        let broken: [Step] = [.open] + (Script.role + Script.tokens(["Consi"], 0)).map { .bytes($0) } + [.fail(.truncated)]
        let outcome = try await doubtedAtEnd(broken).pieceByPiece().run(encoder: PlainEncoder(isCollecting: true)) {
            $0.isStreaming = false
        }
        #expect(outcome.text == "^Um er$stop#")
        #expect(outcome.record.isDoubtedDraftShipped)
    }

    @Test("a draft that a gate refused is not shipped in place of a failed heavyweight")
    func gateThenFailure() async throws {
        let draft = Script.of(Script.role + Script.sure("Paris") + [ScriptedStream.finish("length"), ScriptedStream.done])
        let outcome = try await World(draft: draft, heavyweight: [[.fail(.serverError, status: 500)]]).run()
        #expect(outcome.failure?.principal?.kind == .serverError)
        #expect(outcome.text.isEmpty)
        #expect(outcome.record.answeredBy == nil)
        #expect(!outcome.client.hasBegun)
    }
}
