import CalibrationData
import Cascade
import ChatAPI
import GatewayTesting
import Recorder
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite struct RecordingRunTests {
    @Test(arguments: [1, 3, 7]) func neverMorePromptsAtOnceThanAllowed(concurrency: Int) async throws {
        let counter = Mutex((now: 0, most: 0))
        let gate = Signal()
        let script: [ScriptedProvider.Step] = [
            .perform { counter.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }, .wait(gate),
            // Counted out before the last bytes: with them the next prompt may begin.
            .open, .perform { counter.withLock { $0.now -= 1 } }, .bytes(ScriptedStream.answer(["x"])), .end,
        ]
        var (settings, drafter, _) = Scenes.settings(draft: [script], heavy: [script])
        settings.concurrency = concurrency
        let file = TestFile()
        let run = RecordingRun(settings: settings, prompts: Scenes.prompts(12), path: file.path)
        async let summary = run.run()
        // The first ones all wait: nothing else can be under way.
        while counter.withLock({ $0.now }) < concurrency { try await Task.sleep(for: .milliseconds(1)) }
        #expect(drafter.calls.count == concurrency)
        #expect(run.progress.counts.inFlight == concurrency)
        gate.open()
        #expect(try await summary.recorded == 12)
        #expect(counter.withLock { $0.most } == concurrency)
        #expect(counter.withLock { $0.now } == 0)
    }

    @Test func everyPromptIsRecordedOnceHoweverOftenTheRunIsRepeated() async throws {
        let file = TestFile(".jsonl.gz")
        let prompts = Scenes.prompts(20)
        var calls = 0
        for part in [5, 5, 13, 20, 20] {
            let (settings, drafter, _) = Scenes.settings()
            let summary = try await RecordingRun(settings: settings, prompts: Array(prompts.prefix(part)), path: file.path).run()
            #expect(summary.found + summary.recorded == part)
            #expect(drafter.calls.count == summary.recorded)
            calls += drafter.calls.count
        }
        #expect(calls == 20)
        let ids = try RecordingFile.read(path: file.path).map(\.id)
        #expect(ids.count == 20 && Set(ids) == Set(prompts.map(\.id)))
    }

    @Test func passingTroubleIsTriedAgainAndCounted() async throws {
        let trouble: [[ScriptedProvider.Step]] = [
            [.fail(.rateLimited, status: 429)], [.fail(.serverError, status: 503)], [.fail(.reset)],
            [.open, .bytes(ScriptedStream.role), .end],
            [.open, .bytes(ScriptedStream.failure("overloaded")), .end],
            Scenes.answer(),
        ]
        var (settings, drafter, _) = Scenes.settings(draft: trouble)
        let pauses = Pauses()
        settings.sleep = { pauses.take($0) }
        let file = TestFile()
        let run = RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path)
        let summary = try await run.run()
        #expect(summary.recorded == 1 && summary.failures.isEmpty)
        #expect(drafter.calls.count == 6)
        #expect(run.progress.counts.retries == 5)
        for (pause, base) in zip(pauses.all, [500, 1_000, 2_000, 4_000, 8_000]) {
            #expect(pause >= .milliseconds(base / 2) && pause <= .milliseconds(base))
        }
    }

    @Test func aPromptThatFailsForGoodIsReportedAndTriedByTheNextRun() async throws {
        let file = TestFile()
        var (settings, drafter, _) = Scenes.settings(
            draft: [Scenes.answer(), [.fail(.invalidRequest, status: 400)], Scenes.answer()])
        settings.concurrency = 1
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(3), path: file.path).run()
        #expect(summary.end == .complete)
        #expect(summary.failures.map(\.id) == ["p1"] && summary.failures.first?.failure.error.kind == .invalidRequest)
        #expect(drafter.calls.count == 3)
        #expect(try RecordingFile.read(path: file.path).map(\.id) == ["p0", "p2"])
        let (good, _, _) = Scenes.settings()
        let second = try await RecordingRun(settings: good, prompts: Scenes.prompts(3), path: file.path).run()
        #expect(second.found == 2 && second.recorded == 1 && second.failures.isEmpty)
    }

    @Test func aHeavyweightThatFailsLeavesNoHalfRecord() async throws {
        let file = TestFile()
        var (settings, drafter, heavyweight) = Scenes.settings(heavy: [[.fail(.serverError, status: 500)]])
        settings.retry.attempts = 3
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        #expect(summary.failures.map(\.id) == ["p0"] && summary.recorded == 0)
        #expect(drafter.calls.count == 1 && heavyweight?.calls.count == 3)
        // The draft was paid for.
        #expect(summary.spentUSD > 0)
        #expect(try RecordingFile.read(path: file.path).isEmpty)
    }

    @Test func refusedCredentialsEndTheRunAtOnce() async throws {
        var (settings, drafter, _) = Scenes.settings(draft: [[.fail(.unauthorized, status: 401)]])
        settings.concurrency = 2
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(50), path: file.path).run()
        guard case .upstream(let failure) = summary.end else {
            Issue.record("ended with \(summary.end)")
            return
        }
        #expect(failure.error.kind == .unauthorized)
        #expect(failure.description.hasPrefix("drafter draft:small answered 401: ") && failure.description.contains("'api_key'"))
        #expect(drafter.calls.count <= 3)
        #expect(summary.remaining >= 47)
    }

    @Test func anUpstreamThatIsDownEndsTheRun() async throws {
        var (settings, drafter, _) = Scenes.settings(draft: [[.fail(.refused)]])
        settings.retry.attempts = 2
        settings.concurrency = 1
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(60), path: file.path).run()
        #expect(summary.failures.count == RecordingRun.failuresInARow)
        #expect(drafter.calls.count == 2 * RecordingRun.failuresInARow)
        #expect(summary.remaining == 60 - RecordingRun.failuresInARow)
    }

    // MARK: The cap

    @Test func theCapIsNeverExceededAndNothingIsBegunBeyondIt() async throws {
        // A prompt costs up to (2 * 8 + 16 + 2 * 10) / 1e6 = 52e-6 by the estimate and 13e-6 in truth.
        var (settings, drafter, _) = Scenes.settings()
        settings.maxTokens = 10
        settings.maxUSD = 150e-6
        settings.concurrency = 8
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(40), path: file.path).run()
        #expect(summary.end == .cap)
        #expect(summary.spentUSD <= 150e-6)
        // The last one begun left less than one estimate: 13 n + 52 > 150.
        #expect(summary.recorded == 8 && drafter.calls.count == 8)
        #expect(summary.remaining == 32)
    }

    @Test func aCapWithAnUnknownPriceIsRefusedUnlessAllowed() async throws {
        var (settings, drafter, _) = Scenes.settings()
        settings.prices = PriceBook()
        settings.maxUSD = 1
        let file = TestFile()
        await #expect(throws: RecorderError.self) {
            try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        }
        #expect(drafter.calls.isEmpty)
        settings.allowsUnknownPrices = true
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        #expect(summary.recorded == 1 && summary.spentUSD == 0)
        #expect(try RecordingFile.read(path: file.path).first?.draft.costUSD == nil)
    }

    // MARK: Ends

    @Test func aStopFinishesWhatIsInFlight() async throws {
        let gate = Signal()
        var (settings, drafter, _) = Scenes.settings(
            draft: [[.open, .bytes(ScriptedStream.role), .wait(gate), .bytes(Array(ScriptedStream.answer(["x"]))), .end]])
        settings.concurrency = 4
        let file = TestFile()
        let run = RecordingRun(settings: settings, prompts: Scenes.prompts(30), path: file.path)
        async let summary = run.run(isStopRequested: { gate.isOpen })
        while drafter.calls.count < 4 { try await Task.sleep(for: .milliseconds(1)) }
        gate.open()
        let result = try await summary
        #expect(result.end == .stopped && result.recorded == 4 && result.remaining == 26)
        #expect(drafter.calls.count == 4)
        #expect(try RecordingFile.read(path: file.path).count == 4)
    }

    @Test func aCancelledRunEndsAlthoughItsUpstreamIsSilent() async throws {
        var (settings, drafter, _) = Scenes.settings(draft: [[.open, .bytes(ScriptedStream.role)]])
        settings.concurrency = 2
        let file = TestFile()
        let run = RecordingRun(settings: settings, prompts: Scenes.prompts(5), path: file.path)
        let result = try await withThrowingTaskGroup(of: RecordingRun.Summary.self) { group in
            group.addTask { try await run.run() }
            while drafter.calls.count < 2 { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
            return try #require(try await group.next())
        }
        #expect(result.end == .stopped && result.recorded == 0 && result.failures.isEmpty)
        #expect(drafter.calls.allSatisfy { $0.counts.cancels > 0 })
        #expect(try RecordingFile.read(path: file.path).isEmpty)
    }

    @Test func anAnswerThatDoesNotEndIsGivenUpAtTheDeadline() async throws {
        var (settings, drafter, _) = Scenes.settings(draft: [[.open, .bytes(ScriptedStream.role)], Scenes.answer()])
        settings.answerDeadline = .milliseconds(150)
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        #expect(summary.recorded == 1)
        // One more where a loaded machine needs longer for an answer that is whole at once.
        #expect(drafter.calls.count >= 2 && drafter.calls.first?.counts.cancels == 1)
    }

    // MARK: Files of another kind

    @Test func aFileOfAnotherKindIsRefusedAndLeftAlone() async throws {
        let file = TestFile()
        let (settings, _, _) = Scenes.settings(heavy: [Scenes.answer()])
        _ = try await RecordingRun(settings: settings, prompts: Scenes.prompts(2), path: file.path).run()
        let before = try RecordingFile.read(path: file.path).count
        var others: [(RecordingSettings, [CalibrationPrompt], String)] = []
        var other = settings
        other.temperature = 0.5
        others.append((other, Scenes.prompts(3), "temperature 0.0, not 0.5"))
        other = settings
        other.drafter.model = ModelName(provider: "draft", model: "tiny")
        others.append((other, Scenes.prompts(3), "the drafter draft:small, not draft:tiny"))
        other = settings
        other.heavyweight = nil
        others.append((other, Scenes.prompts(3), "the heavyweight heavy:large, not none"))
        other = settings
        other.topLogprobs = 5
        others.append((other, Scenes.prompts(3), "top_logprobs 20, not 5"))
        other = settings
        other.maxTokens = 5
        others.append((other, Scenes.prompts(3), "max_tokens 1024, not 5"))
        other.maxTokens = nil
        others.append((other, Scenes.prompts(3), "max_tokens 1024, not left to the provider"))
        var changed = Scenes.prompts(3)
        changed[1].prompt += " Now."
        others.append((settings, changed, "another text of the prompt 'p1'"))
        for (settings, prompts, says) in others {
            do throws(RecorderError) {
                _ = try await RecordingRun(settings: settings, prompts: prompts, path: file.path).run()
                Issue.record("went on: \(says)")
            } catch {
                #expect(error.description.contains(says) && error.exitStatus == 65, "\(error)")
            }
        }
        #expect(try RecordingFile.read(path: file.path).count == before)
    }

    @Test func aFileThatDoesNotSayItsMaxTokensIsContinued() async throws {
        let file = TestFile()
        let (settings, _, _) = Scenes.settings()
        _ = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        var old = try #require(try RecordingFile.read(path: file.path).first)
        #expect(old.maxTokens == 1_024)
        old.maxTokens = nil
        unlink(file.path)
        var journal = try JournalFile(path: file.path)
        try journal.append(RecordingCoding.encode(old))
        try journal.close(compacts: false)
        var other = settings
        other.maxTokens = 7
        let summary = try await RecordingRun(settings: other, prompts: Scenes.prompts(2), path: file.path).run()
        #expect(summary.found == 1 && summary.recorded == 1)
    }
}
