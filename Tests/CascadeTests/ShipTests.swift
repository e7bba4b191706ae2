import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A draft that is sure is shipped", .timeLimit(.minutes(1)))
struct ShipTests {
    private static let draft = Script.of(Script.role + Script.sure("It", " is", " Paris.", " Really.", " Yes.") + Script.counted(7, 5))

    @Test("alone, whole and in order, in every release mode, however it was read", arguments: ReleaseMode.allCases, [false, true])
    func everyMode(mode: ReleaseMode, isPieceByPiece: Bool) async throws {
        for tokens in [1, 2, 16] {
            var world = try World(draft: Self.draft)
            world.release = ReleasePolicy(mode: mode, tokens: tokens)
            if isPieceByPiece { world = world.pieceByPiece() }
            let outcome = try await world.run()
            #expect(outcome.failure == nil)
            #expect(outcome.text == "^It is Paris. Really. Yes.$stop#")
            #expect(world.drafter.calls.count == 1)
            #expect(world.heavyweight.calls.isEmpty)
            #expect(world.observer.cancelled.isEmpty)
            #expect(outcome.record.decision == .ship)
            #expect(outcome.record.status == .ok)
            #expect(outcome.record.reason == "accepted")
            #expect(outcome.record.route == .draft)
            #expect(outcome.record.answeredBy == World.drafter)
            #expect(outcome.record.releaseMode == mode)
            #expect(outcome.record.observedTokens == 5)
            #expect(outcome.record.trace.points.count == 5)
            #expect(outcome.leg(.draft)?.end == .completed)
            #expect(outcome.leg(.draft)?.isWasted == false)
            #expect(outcome.leg(.draft)?.tokens == TokenCount(input: 7, output: 5, source: .provider))
            #expect(outcome.marks(.firstRelease) == 1)
        }
    }

    @Test("buffered in one write; token by token the earlier the fewer tokens are held back")
    func writes() async throws {
        func writes(_ mode: ReleaseMode, _ tokens: Int) async throws -> [String] {
            var world = try World(draft: Self.draft).pieceByPiece()
            world.release = ReleasePolicy(mode: mode, tokens: tokens)
            return try await world.run().client.writes
        }
        #expect(try await writes(.buffered, 1) == ["^It is Paris. Really. Yes.$stop#"])
        #expect(try await writes(.holdback, 2) == ["^", "It", " is", " Paris.", " Really. Yes.$stop#"])
        #expect(try await writes(.commit, 3) == ["^It is Paris.", " Really.", " Yes.", "$stop", "#"])
        #expect(try await writes(.boundary, 1) == ["^It is Paris.", " Really. Yes.$stop#"])
    }

    @Test("not streamed: collected, and always judged in full")
    func collected() async throws {
        var world = try World(draft: Self.draft).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run(encoder: PlainEncoder(isCollecting: true)) { $0.isStreaming = false }
        #expect(outcome.client.writes == ["^It is Paris. Really. Yes.$stop#"])
        #expect(outcome.record.releaseMode == .buffered)
    }

    @Test("with tools or JSON asked for, nothing leaves before the draft is whole")
    func wholeThings() async throws {
        for edit: (inout CascadeRequest) -> Void in [{ $0.wantsJSON = true }, { $0.offersTools = true }] {
            var world = try World(draft: Self.draft).pieceByPiece()
            world.release = ReleasePolicy(mode: .commit, tokens: 1)
            #expect(try await world.run(edit).client.writes.count == 1)
        }
    }

    @Test("the head says who answers and when it is known")
    func head() async throws {
        let outcome = try await World(draft: Self.draft).run()
        #expect(outcome.client.head?.route == .draft)
        #expect(outcome.client.head?.model == "small:draft-1")
        #expect(outcome.client.head?.decisionID == "d")
    }

    @Test("the request asks for evidence as far as the drafter can give it", arguments: [(20, 20), (5, 5), (0, 0)])
    func alternatives(offered: Int, asked: Int) async throws {
        var world = try World(draft: Self.draft)
        world.drafter = ScriptedProvider(
            name: "small", scripts: [Self.draft], capabilities: ProviderCapabilities(maxTopLogprobs: offered))
        _ = try await world.run()
        #expect(world.drafter.calls.first?.call.topLogprobs == asked)
        #expect(world.drafter.calls.first?.call.model == "draft-1")
        #expect(world.drafter.calls.first?.call.isStreaming == true)
    }

    @Test("a paused socket of a finished draft is let go, so that its connection can be used again")
    func finishedWhilePaused() async throws {
        // Everything in one piece: the pause and the terminal marker come together, and more follows.
        let world = try World(
            draft: [.open, .bytes(ScriptedStream.answer(["Yes."])), .bytes(ScriptedStream.comment), .end]
        ).pieceByPiece()
        let outcome = try await world.run()
        #expect(outcome.text == "^Yes.$stop#")
        #expect(world.drafter.calls[0].counts.hasEnded)
        #expect(world.drafter.calls[0].counts.cancels == 0)
    }

    @Test("an answer that cannot be put together is a failure, not a success")
    func encoderRefuses() async throws {
        let outcome = try await World(draft: Self.draft).run(encoder: PlainEncoder(isCollecting: true, refuses: true)) {
            $0.isStreaming = false
        }
        #expect(outcome.failure?.principal?.kind == .malformed)
        #expect(outcome.record.decision == .failed)
        #expect(outcome.text.isEmpty)
    }
}
