public import CalibrationData
internal import Cascade
internal import EntropyRouting

/// Gives every recorded answer a verdict: checkable references first, which cost nothing; then, if there is a judge, seeded errors and right answers
/// to measure it by, and whatever is left.
///
/// Resumable: what has a verdict is not asked again, and every verdict is handed over as soon as it is there. The same inputs give the same
/// questions in the same order, whatever the concurrency.
public struct JudgingRun: Sendable {
    public struct Options: Sendable {
        /// Questions, or runs of code, at a time: 1 or more. Default 4.
        public var concurrency = 4
        /// US dollars of this run after which no question is started; `nil` = no cap.
        public var maxUSD: Double?
        /// Seeded errors in the file in the end, this run's and earlier ones'. Default 60.
        public var probes = 60
        /// Right drafts shown to the judge, likewise. Default 30.
        public var controls = 30
        /// Chooses probes, controls and their errors.
        public var seed: UInt64 = 1

        public init() {}
    }

    /// How far a run is.
    public struct Progress: Sendable, Hashable {
        /// Verdicts that took work: references that are only compared are not counted.
        public var done: Int
        public var total: Int
        /// US dollars of this run.
        public var spentUSD: Double
    }

    /// Why a run ended before everything was judged.
    public enum Stop: Sendable, Hashable {
        case requested
        case cap
        /// The judge cannot be reached, or does not take the gateway's key.
        case upstream(String)
    }

    private let plan: JudgingPlan
    private let judge: LLMJudge?
    private let runner: CodeRunner?
    private let options: Options
    private var book: VerdictBook

    /// - Parameters:
    ///   - verdicts: all lines of the file so far, imported ones included.
    ///   - judge: `nil` leaves what references cannot decide unjudged.
    ///   - runner: `nil` leaves unit tests to the judge.
    public init(
        prompts: PromptSet, recordings: [Recording], verdicts: [Verdict], judge: LLMJudge?, runner: CodeRunner?,
        options: Options = Options()
    ) {
        plan = JudgingPlan(prompts: prompts, recordings: recordings, options: options)
        self.judge = judge
        self.runner = runner
        self.options = options
        book = VerdictBook(verdicts)
    }

    /// Runs to the end, the cap, or the request to stop.
    ///
    /// Cancelling the task closes what is under way and loses it; `stop` waits for it.
    ///
    /// - Parameters:
    ///   - progress: called after each question and each run of code.
    ///   - append: called with new verdicts in the order in which they come; what it throws ends the run.
    public func run(
        stop: StopRequest = StopRequest(), progress: (Progress) -> Void = { _ in }, append: ([Verdict]) throws -> Void
    ) async throws -> JudgingSummary {
        var copy = self
        return try await copy.run(stop, progress, append)
    }

    private mutating func run(
        _ stop: StopRequest, _ progress: (Progress) -> Void, _ append: ([Verdict]) throws -> Void
    ) async throws -> JudgingSummary {
        var work = JudgingWork(judge: judge, runner: runner, options: options)
        let (verdicts, tests) = plan.references(book, runsCode: runner != nil)
        try append(verdicts)
        for verdict in verdicts { book.add(verdict) }
        try await work.perform(tests, stop, progress) { verdicts in
            try append(verdicts)
            for verdict in verdicts { book.add(verdict) }
        }
        if judge != nil, work.stop == nil {
            let questions = plan.questions(book)
            try await work.perform(questions.map { .question($0) }, stop, progress) { verdicts in
                try append(verdicts)
                for verdict in verdicts { book.add(verdict) }
            }
        }
        return JudgingSummary(plan: plan, book: book, work: work)
    }
}
