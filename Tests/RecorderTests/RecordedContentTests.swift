import Calibration
import CalibrationData
import Cascade
import ChatAPI
import Digests
import EntropyRouting
import FastJSON
import GatewayTesting
import Recorder
import Testing

@Suite struct RecordedContentTests {
    @Test func aRecordHoldsWhatBothModelsSaid() async throws {
        let (settings, drafter, heavyweight) = Scenes.settings(heavy: [Scenes.answer(["The", " answer"], usage: (11, 7))])
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        #expect(summary.end == .complete)
        let recording = try #require(try RecordingFile.read(path: file.path).first)
        #expect(recording.id == "p0")
        #expect(recording.taskClass == .simpleFactual)
        #expect(recording.promptTokens == "What is the capital of country 0?".utf8.count / 4)
        #expect(recording.topLogprobs == 20)
        #expect(recording.recordedAt.hasPrefix("20") && recording.recordedAt.hasSuffix("Z") && recording.recordedAt.count == 20)
        let draft = recording.draft
        #expect(draft.text == "Paris")
        #expect(draft.finish == .stop)
        #expect(draft.provider == "draft" && draft.model == "small" && draft.answeredBy == "m")
        #expect(draft.facts.inputTokens == 9 && draft.facts.outputTokens == 2)
        #expect(draft.costUSD == 13 / 1e6)
        #expect(draft.tokens.map(\.bytes) == [Array("Par".utf8), Array("is".utf8)])
        #expect(draft.tokens.map(\.logprob) == [-0.6931471805599453, -0.6931471805599453])
        #expect(draft.tokens.map(\.top) == Array(repeating: [-0.6931471805599453, -0.6931471805599453], count: 2))
        #expect(draft.tokens.map(\.isListed) == [true, true])
        let first = try #require(draft.facts.firstTokenMs)
        #expect(first >= 0 && first <= draft.tokens[0].ms && draft.tokens[1].ms <= (draft.facts.totalMs ?? -1))
        let heavy = try #require(recording.heavyweight)
        #expect(heavy.text == "The answer" && heavy.tokens.isEmpty && heavy.facts.outputTokens == 7)
        let both = 13 / 1e6 + 250 / 1e6
        #expect(summary.spentUSD == both)
        // What was asked for.
        let asked = try #require(drafter.calls.first?.call)
        #expect(asked.topLogprobs == 20 && asked.isStreaming && asked.includesUsage)
        #expect(heavyweight?.calls.first?.call.topLogprobs == nil)
        guard case .chat(let request) = asked.operation else { return }
        let body = try JSONValue.parse(request.upstreamBody(model: "small", stream: true, topLogprobs: 20, includeUsage: true))
        #expect(body["temperature"] == 0 && body["max_tokens"] == 1024 && body["logprobs"] == true && body["top_logprobs"] == 20)
        #expect(body["messages"] == [["role": "user", "content": "What is the capital of country 0?"]])
    }

    @Test func deltasWithoutEvidenceAreTokensWithoutLogarithms() async throws {
        let (settings, _, _) = Scenes.settings(
            draft: [[.open, .bytes(ScriptedStream.answer(["a", "b", "c"], alternatives: 0)), .end]])
        let file = TestFile()
        let summary = try await RecordingRun(settings: settings, prompts: Scenes.prompts(1), path: file.path).run()
        #expect(summary.remarks == [AnswerRemark(leg: .drafter, .withoutLogprobs): 1])
        let recording = try #require(try RecordingFile.read(path: file.path).first)
        #expect(recording.draft.tokens.count == 3)
        #expect(recording.draft.tokens.allSatisfy { $0.logprob.isNaN && $0.top.isEmpty })
        // Counted here, since the upstream did not.
        #expect(recording.draft.facts.outputTokens == 3 && recording.draft.facts.inputTokens == 8)
        #expect(recording.draft.isCountEstimated)
        #expect(recording.heavyweight == nil)
    }

    @Test func theHashIsOfTheMessagesAndTheClassIsThatOfProduction() throws {
        let plain = try PreparedPrompt(
            CalibrationPrompt(id: "a", category: "x", prompt: "Write a Python function that sorts a list"), temperature: 0, maxTokens: nil)
        #expect(plain.taskClass == .code)
        let other = CalibrationPrompt(
            id: "b", category: "y", prompt: "Write a Python function that sorts a list", system: "You are brief.")
        let system = try PreparedPrompt(other, temperature: 0.5, maxTokens: 3)
        let again = try PreparedPrompt(other, temperature: 0, maxTokens: nil)
        #expect(plain.hash != system.hash)
        #expect(again.hash == system.hash)
        // sha256sum of [{"content":"Write a Python function that sorts a list","role":"user"}]
        #expect(
            plain.hash == SHA256.name(of: Array(#"[{"content":"Write a Python function that sorts a list","role":"user"}]"#.utf8)))
        #expect(SHA256.name(of: Array("abc".utf8)) == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
