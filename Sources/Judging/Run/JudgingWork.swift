internal import CalibrationData
internal import Cascade

/// Performs jobs, so many at a time, and counts what they cost and how they failed.
struct JudgingWork {
    /// So many failed questions in a row mean that the judge is gone.
    static let patience = 5

    private let judge: LLMJudge?
    private let runner: CodeRunner?
    private let concurrency: Int
    private var budget: JudgingBudget
    private var failuresInARow = 0
    private(set) var done = 0
    private(set) var total = 0
    private(set) var tokens = TokenCount()
    /// Questions answered by something that is no verdict.
    private(set) var unreadable: [String] = []
    /// Questions that were not answered.
    private(set) var unanswered: [String] = []
    /// Answers whose code could not be run.
    private(set) var unchecked: [String] = []
    private(set) var stop: JudgingRun.Stop?
    /// Questions that were answered have no known price.
    private(set) var hasUnknownPrice = false
    /// Questions that got a usable verdict.
    private(set) var usable = 0

    var spentUSD: Double { budget.spentUSD }
    var runsCode: Bool { runner != nil }

    init(judge: LLMJudge?, runner: CodeRunner?, options: JudgingRun.Options) {
        self.judge = judge
        self.runner = runner
        concurrency = max(1, options.concurrency)
        budget = JudgingBudget(price: judge?.price, cap: options.maxUSD)
    }

    private enum Finding: Sendable {
        case code(JudgingJob, CheckOutcome)
        case verdict(JudgeQuestion, reserved: Double, Result<JudgeVerdict, JudgeFailure>)
    }

    /// One group: a child for each job under way, at most ``concurrency``. Nobody cancels a child but the caller's own cancellation; when a stop is
    /// asked for, no child is added and the group runs dry.
    mutating func perform(
        _ jobs: [JudgingJob], _ request: StopRequest, _ progress: (JudgingRun.Progress) -> Void, _ append: ([Verdict]) throws -> Void
    ) async throws {
        total += jobs.count
        let (judge, runner) = (judge, runner)
        try await withThrowingTaskGroup(of: Finding.self) { group in
            var next = 0
            var running = 0
            while true {
                while running < concurrency, next < jobs.count, goesOn(request) {
                    let job = jobs[next]
                    switch job {
                    case .tests(_, _, let text, let reference):
                        group.addTask { .code(job, await Self.outcome(of: text, reference, runner)) }
                    case .question(let question):
                        guard let judge else { break }
                        guard let reserved = budget.reserve(question) else {
                            stop = .cap
                            continue
                        }
                        group.addTask { .verdict(question, reserved: reserved, await Self.ask(question, judge)) }
                    }
                    next += 1
                    running += 1
                }
                guard running > 0, let finding = try await group.next() else { return }
                running -= 1
                try Task.checkCancellation()
                done += 1
                let verdicts = take(finding)
                if !verdicts.isEmpty { try append(verdicts) }
                progress(JudgingRun.Progress(done: done, total: total, spentUSD: spentUSD))
            }
        }
    }

    private mutating func goesOn(_ request: StopRequest) -> Bool {
        if request.isRequested, stop == nil { stop = .requested }
        return stop == nil
    }

    private static func outcome(of text: String, _ reference: Reference, _ runner: CodeRunner?) async -> CheckOutcome {
        guard case .tests(let language, let entry, let tests) = reference, let runner else { return .cannotTell("no code is run") }
        return await runner.outcome(of: text, language: language, entry: entry, tests: tests)
    }

    private static func ask(_ question: JudgeQuestion, _ judge: LLMJudge) async -> Result<JudgeVerdict, JudgeFailure> {
        do throws(JudgeFailure) {
            return .success(
                try await judge.verdict(
                    prompt: question.prompt, draft: question.draft, heavyweight: question.heavyweight, category: question.taskClass))
        } catch {
            return .failure(error)
        }
    }

    // MARK: What came

    private mutating func take(_ finding: Finding) -> [Verdict] {
        switch finding {
        case .code(let job, let outcome):
            guard case .tests(let id, let answer, _, _) = job else { return [] }
            switch outcome {
            case .pass: return [Verdict(id: id, answer: answer, isBad: false, source: .reference)]
            case .fail(let reason): return [Verdict(id: id, answer: answer, isBad: true, source: .reference, note: reason)]
            case .cannotTell(let reason):
                unchecked.append("\(id) (\(answer.rawValue)): \(reason)")
                return []
            }
        case .verdict(let question, let reserved, .success(let verdict)):
            budget.settle(reserved, cost: verdict.costUSD)
            if verdict.costUSD == nil { hasUnknownPrice = true }
            count(verdict.tokens)
            failuresInARow = 0
            usable += 1
            return lines(question, verdict)
        case .verdict(let question, let reserved, .failure(let failure)):
            budget.settle(reserved, cost: failure.costUSD)
            count(failure.tokens)
            note(failure, question)
            return []
        }
    }

    private mutating func count(_ more: TokenCount) {
        tokens.input += more.input
        tokens.cachedInput += more.cachedInput
        tokens.output += more.output
    }

    private mutating func note(_ failure: JudgeFailure, _ question: JudgeQuestion) {
        switch failure.cause {
        case .unreadable: unreadable.append("\(question.id): \(failure)")
        case .cancelled: break
        case .upstream(let error):
            unanswered.append("\(question.id): \(failure)")
            failuresInARow += 1
            if error.kind == .unauthorized || failuresInARow >= Self.patience, stop == nil { stop = .upstream(failure.description) }
        }
    }

    private func lines(_ question: JudgeQuestion, _ verdict: JudgeVerdict) -> [Verdict] {
        guard let judge else { return [] }
        var line = Verdict(
            id: question.id, answer: .draft, isBad: verdict.isBad, source: .judge, score: verdict.score, judge: judge.model.qualified,
            note: (judge.disagrees(verdict) ? JudgingSummary.disagreementNote : "") + verdict.reason, costUSD: verdict.costUSD)
        switch question.purpose {
        case .control: return [line]
        case .probe(let change):
            line.source = .probe
            line.note = "\(change). \(line.note ?? "")"
            return [line]
        case .answers(let draft, let heavyweight):
            let score = verdict.heavyweightScore ?? verdict.score
            let other = Verdict(
                id: question.id, answer: .heavyweight, isBad: score < judge.options.badBelow, source: .judge, score: score,
                judge: judge.model.qualified,
                note: verdict.heavyweightScore == nil ? "the same text as the draft" : verdict.heavyweightReason,
                costUSD: draft ? nil : verdict.costUSD)
            return (draft ? [line] : []) + (heavyweight ? [other] : [])
        }
    }
}
