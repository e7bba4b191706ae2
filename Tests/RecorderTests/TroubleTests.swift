import Calibration
import CalibrationData
import Cascade
import ChatAPI
import GatewayTesting
import Recorder
import Testing

/// What a run says about upstreams that do not do what they should.
@Suite struct TroubleTests {
    typealias Step = ScriptedProvider.Step

    private func stream(_ pieces: [UInt8]...) -> [Step] { [.open, .bytes(Array(pieces.joined()) + ScriptedStream.done), .end] }

    private static func bytes(_ text: String) -> [Step] { [.open, .bytes(Array(text.utf8)), .end] }

    private func run(_ settings: RecordingSettings, prompts: Int = 1) async throws -> (RecordingRun.Summary, [Recording]) {
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(prompts), path: file.path).run()
        return (summary, try RecordingFile.read(path: file.path))
    }

    // MARK: Failures

    static let failures: [(draft: [Step], says: [String], calls: Int)] = [
        ([.fail(.unauthorized, status: 401)], ["drafter draft:small answered 401", "'api_key' of the provider 'draft'"], 1),
        ([.fail(.unauthorized, status: 402)], ["answered 402", "paid for"], 1),
        ([.fail(.invalidRequest, status: 404)], ["answered 404", "name of the model"], 1),
        ([.fail(.invalidRequest, status: 400)], ["answered 400", "--max-tokens 0"], 1),
        ([.fail(.rateLimited, status: 429)], ["answered 429", "--concurrency"], 2),
        ([.fail(.refused)], ["could not be reached", "'base_url' of the provider 'draft'"], 2),
        ([.fail(.firstByteTimeout)], ["did not answer in time"], 2),
        ([.open, .bytes(ScriptedStream.role), .end], ["broke off"], 2),
        ([.open, .bytes(ScriptedStream.failure("overloaded")), .end], ["reported an error within its answer: ", "overloaded"], 2),
        (bytes("\n<!doctype html><html><body>Welcome</body></html>"), ["sent what is no answer: a page of HTML", "/v1"], 1),
        (bytes(#"{"object":"chat.completion","choices":[]}"#), ["a JSON document in the place of a stream"], 1),
    ]

    @Test(arguments: failures.indices) func aFailureNamesItsModelItsStatusAndWhatWouldHelp(index: Int) async throws {
        let (script, says, calls) = Self.failures[index]
        var (settings, drafter, _) = Scenes.settings(draft: [script])
        settings.retry.attempts = 2
        let (summary, recordings) = try await run(settings)
        let failure = try #require(summary.failures.first?.failure)
        #expect(failure.leg == .drafter && failure.description.hasPrefix("drafter draft:small "), "\(failure)")
        for part in says { #expect(failure.description.contains(part), "\(failure)") }
        #expect(drafter.calls.count == calls && recordings.isEmpty)
    }

    @Test func theHeavyweightsFailureIsNotTheDrafters() async throws {
        let (settings, _, _) = Scenes.settings(heavy: [[.fail(.unauthorized, status: 403)]])
        let (summary, _) = try await run(settings)
        let failure = try #require(summary.failures.first?.failure)
        #expect(failure.description.hasPrefix("heavyweight heavy:large answered 403: ") && failure.description.contains("'heavy'"))
    }

    // MARK: Remarks

    @Test func everyOddAnswerHasItsOwnSentence() async throws {
        let refusal = Array(
            (#"data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"refusal":"No."},"#
                + #""finish_reason":null}]}"# + "\n\n").utf8)
        let logits = String(decoding: ScriptedStream.token("x", alternatives: 2), as: UTF8.self).replacing("-0.69", with: "4.69")
        let table: [([Step], AnswerRemark.Kind?, says: String)] = [
            (Scenes.answer(), nil, ""),
            (stream(ScriptedStream.role, refusal, ScriptedStream.finish()), .refusal, "1 answer of the drafter draft:small is a refusal"),
            (
                stream(ScriptedStream.role, ScriptedStream.toolCall("{}", name: "f"), ScriptedStream.finish("tool_calls")), .toolCall,
                "is a tool call, although no tool"
            ),
            (stream(ScriptedStream.role, ScriptedStream.finish("length")), .empty, "is empty; a larger --max-tokens"),
            (stream(ScriptedStream.token("x", alternatives: 0), ScriptedStream.finish()), .withoutLogprobs, "not one logprob"),
            (stream(Array(logits.utf8), ScriptedStream.finish()), .impossibleLogprobs, "1 draft of draft:small has logprobs above 0"),
        ]
        for (script, kind, says) in table {
            let (settings, _, _) = Scenes.settings(draft: [script])
            let (summary, recordings) = try await run(settings)
            #expect(recordings.count == 1 && summary.failures.isEmpty, "\(says)")
            #expect(summary.remarks == (kind.map { [AnswerRemark(leg: .drafter, $0): 1] } ?? [:]), "\(says)")
            let sentences = summary.sentences(settings)
            #expect(sentences.count == (kind == nil ? 0 : 1) && sentences.allSatisfy { $0.contains(says) }, "\(sentences)")
        }
    }

    @Test func aHeavyweightWithoutTextIsToldOfAsItsOwn() async throws {
        let (settings, _, _) = Scenes.settings(heavy: [stream(ScriptedStream.role, ScriptedStream.finish())])
        let (summary, _) = try await run(settings, prompts: 2)
        #expect(summary.sentences(settings).first?.hasPrefix("2 answers of the heavyweight heavy:large are empty") == true)
    }

    // MARK: Counts and money

    static let usages: [(input: Int, output: Int, isBelieved: Bool)] = [
        (9, 2, true), (0, 0, false), (-9, 2, false), (9, -2, false), (0, 2, false), (9, 0, false),
    ]

    @Test(arguments: usages.indices) func aCountThatCannotBeTrueIsReplacedByOurOwn(index: Int) async throws {
        let (input, output, isBelieved) = Self.usages[index]
        let (settings, _, _) = Scenes.settings(draft: [Scenes.answer(usage: (input, output))])
        let (summary, recordings) = try await run(settings)
        let draft = try #require(recordings.first).draft
        #expect(draft.isCountEstimated != isBelieved)
        #expect(draft.facts.inputTokens == (isBelieved ? 9 : 8) && draft.facts.outputTokens == 2)
        #expect(summary.spentUSD == (isBelieved ? 13e-6 : 12e-6) && draft.costUSD == summary.spentUSD)
    }

    @Test func aProviderThatCountsNothingStillReachesTheCap() async throws {
        var (settings, drafter, _) = Scenes.settings(draft: [Scenes.answer(usage: (-1_000, 0))])
        settings.maxTokens = 10
        settings.maxUSD = 150e-6
        settings.concurrency = 1
        let (summary, _) = try await run(settings, prompts: 40)
        #expect(summary.end == .cap && summary.spentUSD > 0 && summary.spentUSD <= 150e-6)
        #expect(drafter.calls.count < 40)
    }

    @Test func anUnknownPriceIsNoPriceOfZero() async throws {
        var (settings, _, _) = Scenes.settings(heavy: [Scenes.answer()])
        #expect(settings.priceKnowledge == .all && settings.unpricedModels.isEmpty)
        settings.prices = PriceBook([Scenes.drafter.qualified: .init(input: 1, output: 2)])
        #expect(settings.priceKnowledge == .some && settings.unpricedModels == [Scenes.heavyweight])
        let file = TestFile()
        let run = RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path)
        _ = try await run.run()
        #expect(run.progress.counts.prices == .some)
        settings.prices = PriceBook()
        #expect(settings.priceKnowledge == .none && settings.unpricedModels.count == 2)
        #expect(ProgressLine.cost(0, .none) == "price unknown" && ProgressLine.cost(0, .all) == "$0.0000")
    }
}
