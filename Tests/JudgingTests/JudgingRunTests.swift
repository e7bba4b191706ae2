import Calibration
import CalibrationData
import Cascade
import EntropyRouting
import GatewayTesting
import Synchronization
import Testing

@testable import Judging

@Suite struct JudgingRunTests {
    static let model = ModelName(provider: "judges", model: "examiner")

    static func answer(_ text: String, isRefusal: Bool = false) -> RecordedAnswer {
        RecordedAnswer(
            provider: "p", model: "m", text: text, finish: .stop,
            facts: AnswerFacts(inputTokens: 1, outputTokens: 1, firstTokenMs: 1, totalMs: 2), isRefusal: isRefusal)
    }

    static func recording(_ id: String, _ draft: String, _ heavyweight: String?, isBad: Bool? = nil) -> Recording {
        Recording(
            id: id, promptHash: "", category: "simple_factual", taskClass: .simpleFactual, recordedAt: "", temperature: 0, topLogprobs: 20,
            draft: answer(draft), heavyweight: heavyweight.map { answer($0) }, isBad: isBad)
    }

    /// 40 questions with numbers, a quarter of the drafts wrong; 20 without reference.
    static let prompts = PromptSet(
        prompts: (0..<40).map {
            CalibrationPrompt(
                id: "n\($0)", category: "reasoning", prompt: "What is \($0) + 100?",
                reference: .number(value: Double($0 + 100), tolerance: 0))
        } + (0..<20).map { CalibrationPrompt(id: "o\($0)", category: "creative", prompt: "Sing \($0)!") })
    static let recordings =
        (0..<40).map { recording("n\($0)", "It is \($0 % 4 == 0 ? 7 : $0 + 100).", "\($0 + 100)") }
        + (0..<20).map { recording("o\($0)", "la \($0)", "lala \($0)") }

    /// Knows sums; sees every second song as bad.
    static func examiner(_ number: Int, _ question: AnsweringProvider.Question) -> AnsweringProvider.Answer {
        let blocks = question.blocks
        let scores = blocks.dropFirst().map { answer -> Int in
            if blocks[0].hasPrefix("Sing") { return answer.hasPrefix("lala") ? 5 : Int(answer.dropFirst(3))! % 2 == 0 ? 4 : 1 }
            let sum = Int(blocks[0].split(separator: " ")[2])! + 100
            return ReferenceCheck.outcome(of: answer, against: .number(value: Double(sum), tolerance: 0)) == .pass ? 5 : 1
        }
        return .text(AnsweringProvider.scores(scores[0], scores.count > 1 ? scores[1] : nil))
    }

    private final class Lines: Sendable {
        private let lines: Mutex<[Verdict]>
        init(_ lines: [Verdict] = []) { self.lines = Mutex(lines) }
        func add(_ verdicts: [Verdict]) { lines.withLock { $0 += verdicts } }
        var all: [Verdict] { lines.withLock { $0 } }
    }

    private func judge(_ provider: AnsweringProvider, isPriced: Bool = true) -> LLMJudge {
        let prices = PriceBook(isPriced ? [Self.model.qualified: PriceBook.Price(input: 1, output: 1)] : [:])
        return LLMJudge(provider: provider, model: Self.model, prices: prices, retry: RetryPolicy(attempts: 2) { _ in })
    }

    private func run(
        _ lines: Lines, _ judge: LLMJudge?, recordings: [Recording] = recordings, stop: StopRequest = StopRequest(),
        options: (inout JudgingRun.Options) -> Void = { _ in }
    ) async throws -> JudgingSummary {
        var chosen = JudgingRun.Options()
        chosen.probes = 10
        chosen.controls = 6
        options(&chosen)
        let run = JudgingRun(prompts: Self.prompts, recordings: recordings, verdicts: lines.all, judge: judge, runner: nil, options: chosen)
        return try await run.run(stop: stop) { lines.add($0) }
    }

    @Test("without a judge the references decide what they can, and the rest is counted")
    func references() async throws {
        let lines = Lines()
        let summary = try await run(lines, nil)
        #expect(lines.all.count == 80)
        #expect(lines.all.allSatisfy { $0.source == .reference })
        #expect(lines.all.filter(\.isBad).map(\.id) == (0..<40).filter { $0 % 4 == 0 }.map { "n\($0)" })
        #expect(summary.unjudged == 40)
        #expect(summary.rows.map(\.category) == ["creative", "reasoning"])
        #expect(summary.rows[1].draft.badRate == 0.25)
        #expect(summary.rendered().contains("40 answers have no verdict"))
    }

    @Test("the judge decides the rest; probes and controls measure it")
    func judged() async throws {
        let provider = AnsweringProvider { Self.examiner($1, $0) }
        let lines = Lines()
        let summary = try await run(lines, judge(provider))
        #expect(summary.unjudged == 0)
        #expect(summary.audit == JudgeAudit(detected: 10, seeded: 10, accepted: 6, controls: 6))
        #expect(!summary.isJudgeUseless)
        #expect(provider.questions.count == 2 * (10 + 6 + 20))
        #expect(
            Set(lines.all.filter { $0.source == .judge && $0.id.hasPrefix("o") && $0.isBad }.map(\.id))
                == Set((0..<20).filter { $0 % 2 == 1 }.map { "o\($0)" }))
        #expect(lines.all.filter { $0.source == .judge && $0.answer == .heavyweight }.count == 20)
        #expect(summary.rows[0].draft.badRate == 0.5)
        #expect(abs((summary.spentUSD ?? 0) - 72 * 0.0011) < 1e-9)
        #expect(abs(lines.all.compactMap(\.costUSD).reduce(0, +) - 72 * 0.0011) < 1e-9)
        // Labels come from where they should: a probe labels nothing, a control does not displace its reference.
        let assembled = LabelledDrafts.assemble(recordings: Self.recordings, verdicts: lines.all)
        #expect(assembled.report.labels == [.reference: 40, .judge: 20])
        #expect(assembled.report.bad == 20)
    }

    @Test("probes fail their reference and stand beside a right answer")
    func probes() async throws {
        let provider = AnsweringProvider { Self.examiner($1, $0) }
        _ = try await run(Lines(), judge(provider)) { $0.controls = 0 }
        for question in provider.questions where !question.blocks[0].hasPrefix("Sing") {
            let sum = Int(question.blocks[0].split(separator: " ")[2])! + 100
            let outcomes = question.blocks.dropFirst().map {
                ReferenceCheck.outcome(of: $0, against: .number(value: Double(sum), tolerance: 0)).isPass
            }
            #expect(Set(outcomes) == [true, false])
        }
    }

    @Test("a second run asks nothing again, and a stopped one goes on where it ended", arguments: [1, 4], [5, 21])
    func resumes(_ concurrency: Int, _ last: Int) async throws {
        let whole = Lines()
        _ = try await run(whole, judge(AnsweringProvider { Self.examiner($1, $0) })) { $0.concurrency = concurrency }

        let stop = StopRequest()
        let provider = AnsweringProvider { question, number in
            if number == last { stop.request() }
            return Self.examiner(number, question)
        }
        let lines = Lines()
        let first = try await run(lines, judge(provider), stop: stop) { $0.concurrency = concurrency }
        #expect(first.stop == .requested)
        #expect(lines.all.count < whole.all.count)
        _ = try await run(lines, judge(provider)) { $0.concurrency = concurrency }
        let asked = provider.questions.count
        #expect(asked == 72)
        func key(_ verdict: Verdict) -> String {
            "\(verdict.id) \(verdict.answer) \(verdict.source) \(verdict.isBad) \(verdict.note ?? "")"
        }
        #expect(lines.all.map(key).sorted() == whole.all.map(key).sorted())
        let third = try await run(lines, judge(provider)) { $0.concurrency = concurrency }
        #expect(provider.questions.count == asked)
        #expect(third.audit.seeded == 10 && third.spentUSD == 0)
    }

    @Test("the cap stops a run before it is passed")
    func cap() async throws {
        let provider = AnsweringProvider { Self.examiner($1, $0) }
        let lines = Lines()
        let summary = try await run(lines, judge(provider)) {
            $0.maxUSD = 0.02
            $0.concurrency = 3
        }
        #expect(summary.stop == .cap)
        #expect(try #require(summary.spentUSD) <= 0.02)
        #expect(try #require(summary.spentUSD) > 0.01)
        #expect(provider.questions.count < 72)
    }

    @Test("people override, and are not asked about; gold labels need no judge")
    func overriding() async throws {
        let provider = AnsweringProvider { Self.examiner($1, $0) }
        let lines = Lines([
            Verdict(id: "o1", answer: .draft, isBad: false, source: .human),
            Verdict(id: "o1", answer: .heavyweight, isBad: false, source: .human),
        ])
        var recordings = Self.recordings
        recordings[43].isBad = true
        recordings[43].heavyweight = nil
        let summary = try await run(lines, judge(provider), recordings: recordings) {
            $0.probes = 0
            $0.controls = 0
        }
        #expect(provider.questions.count == 2 * 18)
        #expect(summary.rows[0].draft.good[.human] == 1)
        #expect(summary.rows[0].draft.goldBad == 1)
    }

    @Test("a judge that cannot be reached is given up, one that babbles is counted")
    func failures() async throws {
        let gone = AnsweringProvider { _, _ in .fail(.refused) }
        let summary = try await run(Lines(), judge(gone)) { $0.concurrency = 1 }
        if case .upstream? = summary.stop {} else { Issue.record("\(String(describing: summary.stop))") }
        #expect(gone.questions.count == 2 * JudgingWork.patience)

        let locked = AnsweringProvider { _, _ in .fail(.unauthorized, status: 401) }
        _ = try await run(Lines(), judge(locked)) { $0.concurrency = 1 }
        #expect(locked.questions.count == 1)

        let babbling = AnsweringProvider { _, _ in .text("well...") }
        let babbled = try await run(Lines(), judge(babbling))
        #expect(babbled.unreadable.count == 36 && babbled.stop == nil)
        #expect(babbled.isJudgeUseless && babbled.rendered().contains("the judge gave no usable verdict at all"))
        #expect(babbled.unjudged == 40)
        #expect(try #require(babbled.spentUSD) > 0)
    }

    @Test("empty answers and refusals are bad without a question, a refusal that is right after all is not")
    func refusals() async throws {
        let cases: [(String, RecordedAnswer, Bool?)] = [
            ("o0", Self.answer(""), true), ("o0", Self.answer("I'm sorry, I can't do that."), true),
            ("o0", Self.answer("la", isRefusal: true), true),
            ("n1", Self.answer("I'm not sure, but it is 101."), false), ("n1", Self.answer("I'm not sure, but it is 102."), true),
            ("o0", Self.answer("la"), nil),
            ("n1", Self.answer("a hundred and one"), nil),
        ]
        for (id, answer, isBad) in cases {
            #expect(JudgingPlan.verdict(on: answer, Self.prompts[id]?.reference)?.isBad == isBad, "\(answer.text)")
        }
        let pattern = Reference.regex(pattern: "^[^z]*$", flags: "")
        #expect(JudgingPlan.verdict(on: Self.answer("I'm sorry, I can't do that."), pattern)?.isBad == true)
    }

    @Test("orders that disagree by two points are counted")
    func disagreements() async throws {
        let provider = AnsweringProvider { question, _ in .text(AnsweringProvider.scores(5, 1)) }
        let lines = Lines()
        let summary = try await run(lines, judge(provider)) {
            $0.probes = 0
            $0.controls = 0
        }
        #expect(summary.disagreements == 20 && summary.judgedDrafts == 20)
        #expect(summary.rendered().contains("20 of 20"))
    }

    @Test("an unknown price is reported as unknown, not as nothing")
    func unpriced() async throws {
        let summary = try await run(Lines(), judge(AnsweringProvider { Self.examiner($1, $0) }, isPriced: false))
        #expect(summary.spentUSD == nil)
        #expect(summary.rendered().contains("price unknown"))
    }

    @Test("a recording without its prompt is named, not judged")
    func strangers() async throws {
        let summary = try await run(Lines(), nil, recordings: [Self.recording("zz", "x", nil)])
        #expect(summary.withoutPrompt == ["zz"])
        #expect(summary.unjudged == 1)
    }
}
