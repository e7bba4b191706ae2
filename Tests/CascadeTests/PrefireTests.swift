import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A doubted draft has the heavyweight started beside it", .timeLimit(.minutes(1)))
struct PrefireTests {
    private static let wavering = Script.of(
        Script.role + Script.doubtful("Well,") + Script.sure(" it", " is", " Paris.") + Script.counted(7, 4))
    private static let waveringText = "^Well, it is Paris.$stop#"
    /// Says two tokens and then waits for ever.
    private static let halfAnswer: [Step] =
        [.open] + (Script.role + Script.tokens(["Considered", " answer."], 0)).map { .bytes($0) } + [.wait(Signal())]

    @Test("and cancelled when the drafter recovers: two streams opened, one closed", arguments: [false, true])
    func recovers(isPieceByPiece: Bool) async throws {
        var world = try World(draft: Self.wavering, heavyweight: [Self.halfAnswer])
        if isPieceByPiece { world = world.pieceByPiece() }
        let outcome = try await world.run()
        #expect(outcome.text == Self.waveringText)
        #expect(world.drafter.calls.count == 1)
        #expect(world.heavyweight.calls.count == 1)
        #expect(world.drafter.calls[0].counts.cancels == 0)
        #expect(world.heavyweight.calls[0].counts.cancels == 1)
        #expect(world.observer.cancelled == [.heavyweight])
        #expect(outcome.record.decision == .ship)
        let leg = try #require(outcome.leg(.heavyweight))
        #expect(leg.end == .cancelled(.recovered))
        #expect(leg.isWasted)
        #expect(leg.firstByteMs != nil)
        #expect(leg.tokens == TokenCount(input: 7, output: 2, source: .estimated))
        let prefire = try #require(outcome.record.prefires.first)
        #expect(prefire.outcome == .cancelled)
        #expect(prefire.reason == .doubt)
        #expect(prefire.token == 1)
        #expect(prefire.hadFirstByte)
        #expect(outcome.marks(.prefire) == 1)
        #expect(outcome.marks(.cancel) == 1)
    }

    @Test("and cancelled when the draft is shipped all the same")
    func shipped() async throws {
        let draft = Script.of(Script.role + Script.sure("Paris") + Script.doubtful(".") + Script.end)
        let outcome = try await World(draft: draft, heavyweight: [Self.halfAnswer]).run()
        #expect(outcome.text == "^Paris.$stop#")
        #expect(outcome.leg(.heavyweight)?.end == .cancelled(.shipped))
        #expect(outcome.record.prefires.first?.outcome == .cancelled)
    }

    @Test("and only put aside when it had ended by itself; what the provider counted is in the ledger")
    func finishedFirst() async throws {
        let world = try World(draft: Self.wavering, heavyweight: [Script.expert]).pieceByPiece()
        let outcome = try await world.run()
        #expect(outcome.text == Self.waveringText)
        #expect(world.heavyweight.calls[0].counts.cancels == 0)
        #expect(outcome.leg(.heavyweight)?.tokens == TokenCount(input: 7, output: 2, source: .provider))
        #expect(outcome.leg(.heavyweight)?.isWasted == true)
    }

    @Test("and adopted when the draft is rejected: no second start", arguments: ReleaseMode.allCases, [false, true])
    func adopted(mode: ReleaseMode, isPieceByPiece: Bool) async throws {
        let draft = Script.of(Script.role + Script.doubtful("Well,") + Script.hopeless(" it") + Script.sure(" is") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        if isPieceByPiece { world = world.pieceByPiece() }
        world.release = ReleasePolicy(mode: mode, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(world.heavyweight.calls.count == 1)
        #expect(world.heavyweight.calls[0].counts.cancels == 0)
        #expect(world.drafter.calls[0].counts.cancels == (isPieceByPiece ? 1 : 0))
        #expect(outcome.record.decision == .escalate)
        #expect(outcome.record.reason == "entropy")
        #expect(outcome.record.route == .heavyweight)
        #expect(outcome.record.answeredBy == World.heavyweight)
        #expect(outcome.leg(.draft)?.end == .cancelled(.escalated))
        #expect(outcome.leg(.draft)?.isWasted == true)
        #expect(outcome.leg(.heavyweight)?.end == .completed)
        #expect(outcome.leg(.heavyweight)?.isWasted == false)
        #expect(outcome.record.prefires.first?.outcome == .used)
        #expect((outcome.record.prefires.first?.headStartMs ?? -1) >= 0)
    }

    @Test("bounded: its socket is paused at the bound, resumed on adoption, and nothing is lost")
    func bounded() async throws {
        let words = (0..<64).map { " w\($0)" }
        let pieces = Script.role + Script.tokens(words, 0) + Script.end
        let hasPaused = Signal()
        let draft: [Step] =
            [.open] + (Script.role + Script.doubtful("Well,")).map { .bytes($0) } + [.wait(hasPaused)]
            + (Script.hopeless(" it") + Script.end).map { .bytes($0) } + [.end]
        var world = try World(draft: draft, heavyweight: [[.open] + pieces.map { .bytes($0) } + [.end]])
        world.limits.prefireBufferBytes = 1_000
        let heavyweight = world.heavyweight
        async let peak = paused(heavyweight, then: hasPaused)
        let outcome = try await world.run()
        let held = await peak
        #expect(held >= 1_000)
        #expect(held < 1_000 + pieces.map(\.count).max()!)
        #expect(outcome.text == "^" + words.joined() + "$stop#")
        #expect(heavyweight.calls[0].counts.pauses >= 1)
        #expect(heavyweight.calls[0].counts.resumes >= 1)
    }

    /// Bytes the call had delivered when its sink asked for a pause.
    private func paused(_ provider: ScriptedProvider, then signal: Signal) async -> Int {
        while provider.calls.first?.counts.isPaused != true {
            do { try await Task.sleep(for: .milliseconds(1)) } catch { return -1 }
        }
        let bytes = provider.calls[0].counts.bytes
        signal.open()
        return bytes
    }

    @Test("again after a cancel; what the first attempt still says is dropped")
    func secondAttempt() async throws {
        let draft = Script.of(
            Script.role + Script.doubtful("a") + Script.sure("b", "c") + Script.doubtful("d") + Script.hopeless("e") + Script.end)
        for isPieceByPiece in [false, true] {
            let isSecondRunning = Signal()
            let late: [Step] = [
                .open, .bytes(ScriptedStream.token("WRONG", alternatives: 0)), .wait(isSecondRunning),
                .bytes(ScriptedStream.token("LATE", alternatives: 0) + ScriptedStream.done), .end,
            ]
            let second: [Step] = [.open, .signal(isSecondRunning)] + Script.expert.dropFirst()
            var world = try World(draft: draft, heavyweight: [late, second], isDeaf: true)
            world.prefire.refractoryTokens = 0
            if isPieceByPiece { world = world.pieceByPiece() }
            let outcome = try await world.run()
            #expect(outcome.text == Script.expertText)
            #expect(world.heavyweight.calls.count == 2)
            #expect(world.heavyweight.calls.map(\.counts.cancels) == [1, 0])
            #expect(outcome.leg(.heavyweight, 1)?.end == .cancelled(.recovered))
            #expect(outcome.leg(.heavyweight, 2)?.end == .completed)
            #expect(outcome.record.prefires.map(\.outcome) == [.cancelled, .used])
        }
    }

    @Test("in vain, when it fails: the draft goes on alone, and a later escalation starts anew")
    func failsQuietly() async throws {
        let failing: [Step] = [.open, .bytes(ScriptedStream.role), .fail(.reset)]
        let ships = try await World(draft: Self.wavering, heavyweight: [failing]).pieceByPiece().run()
        #expect(ships.text == Self.waveringText)
        #expect(ships.failure == nil)
        #expect(ships.leg(.heavyweight)?.end == .failed(.reset))
        #expect(ships.record.prefires.first?.outcome == .failed)

        let draft = Script.of(Script.role + Script.doubtful("a", "b") + Script.hopeless("c") + Script.end)
        let escalates = try await World(draft: draft, heavyweight: [failing, Script.expert]).pieceByPiece().run()
        #expect(escalates.text == Script.expertText)
        #expect(escalates.leg(.heavyweight, 2)?.end == .completed)
        #expect(escalates.record.prefires.count == 1)
    }

    @Test("only as far as the budget goes, and the refusal is noted once")
    func budget() async throws {
        let draft = Script.of(Script.role + Script.doubtful("a", "b", "c") + Script.sure("d") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.budget = PrefireBudget(ratio: 0)
        let outcome = try await world.run()
        #expect(outcome.text == "^abcd$stop#")
        #expect(world.heavyweight.calls.isEmpty)
        #expect(outcome.marks(.prefireDenied) == 1)
        #expect(outcome.record.prefires.isEmpty)
    }

    @Test("never cancelled where the upstream bills to the end anyway, until the draft is shipped")
    func billsToTheEnd() async throws {
        let world = try World(
            draft: Self.wavering, heavyweight: [Self.halfAnswer], capabilities: ProviderCapabilities(stopsBillingOnDisconnect: false))
        let outcome = try await world.run()
        #expect(outcome.marks(.cancel) == 0)
        #expect(outcome.leg(.heavyweight)?.end == .cancelled(.shipped))
    }

    @Test("nothing is released while both run")
    func nothingReleased() async throws {
        var world = try World(draft: Self.wavering, heavyweight: [Self.halfAnswer]).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run()
        // "Well," and " it" fall into the pre-fire, " is" is the second calm token, which cancels it.
        #expect(outcome.client.writes.first == "^Well, it is")
    }
}
