import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("What has been released stays the answer", .timeLimit(.minutes(1)))
struct OverrunTests {
    private static let draft = Script.of(
        Script.role + Script.sure("One.", " Two.", " Three.") + Script.hopeless(" Four?") + Script.sure(" Five.") + Script.end)

    @Test("doubt that comes too late marks the draft and changes nothing", arguments: [ReleaseMode.boundary, .holdback, .commit])
    func marked(mode: ReleaseMode) async throws {
        var world = try World(draft: Self.draft, heavyweight: [Script.expert]).pieceByPiece()
        world.release = ReleasePolicy(mode: mode, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == "^One. Two. Three. Four? Five.$stop#")
        #expect(outcome.record.isOverrun)
        #expect(outcome.record.decision == .ship)
        #expect(outcome.record.reason == "overrun_entropy")
        #expect(world.heavyweight.calls.isEmpty)
        #expect(outcome.marks(.overrun) == 1)
        #expect(outcome.leg(.draft)?.isWasted == false)
    }

    @Test("a gate that objects after the release marks it too")
    func gate() async throws {
        let draft = Script.of(Script.role + Script.sure("One.", " Two.") + [ScriptedStream.finish("length"), ScriptedStream.done])
        var world = try World(draft: draft).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == "^One. Two.$length#")
        #expect(outcome.record.reason == "overrun_gate_length")
    }

    @Test("a drafter that breaks after the release is a failure: never two answers glued together")
    func breaks() async throws {
        let draft: [Step] = [.open] + (Script.role + Script.sure("One.", " Two.")).map { .bytes($0) } + [.fail(.truncated)]
        var world = try World(draft: draft, heavyweight: [Script.expert]).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == "^One. Two.!")
        #expect(outcome.failure?.principal?.kind == .truncated)
        #expect(world.heavyweight.calls.isEmpty)
        #expect(outcome.record.answeredBy == World.drafter)
        #expect(outcome.record.status == .upstreamError)
    }

    @Test("what came in one read with a break is not released: it can still be handed over")
    func breaksAtOnce() async throws {
        let draft: [Step] = [.open] + (Script.role + Script.sure("One.", " Two.")).map { .bytes($0) } + [.fail(.truncated)]
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        #expect(try await world.run().text == Script.expertText)
    }

    @Test("doubt after the release holds the rest back until it has passed; nothing is pre-fired any more")
    func doubtAfterRelease() async throws {
        let draft = Script.of(Script.role + Script.sure("a") + Script.doubtful("b", "c") + Script.sure("d") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert]).pieceByPiece()
        world.release = ReleasePolicy(mode: .holdback, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == "^abcd$stop#")
        // The role leaves once "a" was seen, nothing during the doubt.
        #expect(outcome.client.writes.first == "^")
        #expect(outcome.client.writes.dropFirst().first == "abc")
        #expect(world.heavyweight.calls.isEmpty)
    }

    @Test("a draft that outgrows its memory is escalated; nobody may be asked: one clear failure")
    func holdLimit() async throws {
        let draft = Script.of(Script.role + Script.tokens(Array(repeating: "word ", count: 100), 1) + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.limits.heldBytes = 400
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(outcome.record.reason == "hold_limit")

        var alone = try World(draft: draft)
        alone.limits.heldBytes = 400
        let failed = try await alone.run { $0.control = .never }
        #expect(failed.failure == .answerTooLarge(limitBytes: 400))
        #expect(failed.record.reason == "answer_too_large")
        #expect(!failed.client.hasBegun)
    }

    @Test("tool calls and collected answers are bounded as well")
    func holdLimitUnseen() async throws {
        let pieces = Script.role + (0..<100).map { _ in ScriptedStream.toolCall("word ") } + Script.end
        var world = try World(draft: Script.of(pieces), heavyweight: [Script.expert])
        world.limits.heldBytes = 300
        let outcome = try await world.run(encoder: PlainEncoder(isCollecting: true)) {
            $0.isStreaming = false
            $0.offersTools = true
        }
        #expect(outcome.text == Script.expertText)
        #expect(outcome.record.reason == "hold_limit")
    }

    @Test("released once, a draft that can no longer be held back goes on in the open and is marked")
    func holdLimitAfterRelease() async throws {
        let words = ["One. "] + Array(repeating: "word ", count: 100)
        let draft = Script.of(Script.role + Script.tokens(words, 1) + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert]).pieceByPiece()
        world.release = ReleasePolicy(mode: .boundary, tokens: 1)
        world.limits.heldBytes = 200
        let outcome = try await world.run()
        #expect(outcome.text == "^" + words.joined() + "$stop#")
        #expect(outcome.record.isOverrun)
        #expect(outcome.record.reason == "overrun_hold_limit")
        #expect(world.heavyweight.calls.isEmpty)
    }

    @Test("a long draft that streams freely is not limited by what may be held back")
    func longFreeDraft() async throws {
        let words = Array(repeating: "word ", count: 200)
        var world = try World(draft: Script.of(Script.role + Script.tokens(words, 1) + Script.end)).pieceByPiece()
        world.release = ReleasePolicy(mode: .holdback, tokens: 1)
        world.limits.heldBytes = 200
        let outcome = try await world.run()
        #expect(outcome.text == "^" + words.joined() + "$stop#")
        #expect(!outcome.record.isOverrun)
    }
}
