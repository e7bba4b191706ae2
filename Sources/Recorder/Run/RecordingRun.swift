public import CalibrationData
internal import Cascade

/// One run of `qualm record`: prompts that are not in the file yet are asked, and each record is on the disk before the next is begun in
/// its place. A run that is killed loses the answers that were in flight, and nothing else.
public final class RecordingRun: Sendable {
    /// What a run did.
    public struct Summary: Sendable {
        /// Why it ended.
        public enum End: Sendable, Hashable {
            /// Every prompt was asked.
            case complete
            /// Somebody asked it to stop.
            case stopped
            /// Nothing more could be begun under the cap.
            case cap
            /// The upstream refuses everything: its credentials, or too many failures in a row.
            case upstream(LegFailure)
        }

        public var end = End.complete
        /// Records written by this run.
        public var recorded = 0
        /// Records that were there before.
        public var found = 0
        /// Bytes of a torn record that were cut off the file.
        public var cutBytes = 0
        /// Prompts given up, in the order of their failures; the next run tries them again.
        public var failures: [(id: String, failure: LegFailure)] = []
        /// Prompts that were not begun.
        public var remaining = 0
        /// US dollars, failed attempts included as far as their cost is known.
        public var spentUSD = 0.0
        /// How many answers of this run there is something to say about, by what it is.
        public var remarks: [AnswerRemark: Int] = [:]
    }

    public let progress: RecordingProgress
    private let settings: RecordingSettings
    private let prompts: [CalibrationPrompt]
    private let path: String

    /// So many failures in a row, and none of them the prompt's own fault, end a run: it would go on failing, slowly.
    public static let failuresInARow = 20

    /// - Parameters:
    ///   - prompts: with unique ids.
    ///   - path: of the recordings; made when missing, continued when there.
    public init(settings: RecordingSettings, prompts: [CalibrationPrompt], path: String) {
        self.settings = settings
        self.prompts = prompts
        self.path = path
        progress = RecordingProgress(total: prompts.count, prices: settings.priceKnowledge)
    }

    /// Runs to the end. Cancelling the task gives up what is in flight.
    ///
    /// - Parameters:
    ///   - compacts: a compressed file becomes one gzip member when every prompt is in it.
    ///   - isStopRequested: asked before each prompt; once true, no more are begun, and those in flight are finished and written.
    /// - Throws: ``RecorderError``; what was recorded before stays.
    public func run(
        compacts: Bool = true, isStopRequested: @Sendable () -> Bool = { false }
    ) async throws(RecorderError) -> Summary {
        try settings.check()
        var prepared: [PreparedPrompt] = []
        for prompt in prompts {
            prepared.append(try PreparedPrompt(prompt, temperature: settings.temperature, maxTokens: settings.maxTokens))
        }
        var found = FoundRecordings(settings: settings, prompts: prepared, path: path)
        var journal: JournalFile
        do throws(CalibrationDataError) {
            journal = try JournalFile(path: path) { line throws(CalibrationDataError) in try found.take(line) }
        } catch {
            if let mismatch = found.mismatch { throw mismatch }
            throw .file(error)
        }
        var summary = Summary()
        summary.found = found.ids.count
        summary.cutBytes = journal.found.cutBytes
        let todo = prepared.filter { !found.ids.contains($0.prompt.id) }
        progress.begin(alreadyDone: prompts.count - todo.count)
        let error = await record(todo, &journal, &summary, isStopRequested)
        progress.end()
        if let error { throw .file(error) }
        do throws(CalibrationDataError) {
            try journal.close(compacts: compacts && summary.end == .complete && summary.failures.isEmpty)
        } catch {
            throw .file(error)
        }
        return summary
    }

    /// - Returns: why the file could not be written.
    private func record(
        _ todo: [PreparedPrompt], _ journal: inout JournalFile, _ summary: inout Summary, _ isStopRequested: @Sendable () -> Bool
    ) async -> CalibrationDataError? {
        let recorder = PromptRecorder(settings: settings, progress: progress)
        var budget = SpendBudget(limitUSD: settings.maxUSD)
        var pending = todo[...]
        var inFlight = 0
        var inARow = 0
        var problem: CalibrationDataError?
        await withTaskGroup(of: (PromptRecorder.Outcome, estimate: Double).self) { group in
            while true {
                while summary.end == .complete, inFlight < settings.concurrency, let next = pending.first {
                    if isStopRequested() || Task.isCancelled {
                        summary.end = .stopped
                        break
                    }
                    let estimate = settings.estimate(promptTokens: next.promptTokens)
                    guard budget.reserve(estimate) else {
                        // What is in flight may turn out cheaper than was reserved for it.
                        if inFlight == 0 { summary.end = .cap }
                        break
                    }
                    pending = pending.dropFirst()
                    inFlight += 1
                    progress.began()
                    group.addTask { (await recorder.record(next), estimate) }
                }
                guard inFlight > 0, let (outcome, estimate) = await group.next() else { break }
                inFlight -= 1
                budget.settle(estimate, spent: outcome.spentUSD)
                do throws(CalibrationDataError) {
                    try write(outcome, to: &journal, &summary, &inARow)
                } catch {
                    problem = error
                    group.cancelAll()
                    break
                }
                progress.ended(outcome, spentUSD: budget.spentUSD)
            }
        }
        summary.spentUSD = budget.spentUSD
        summary.remaining = pending.count
        return problem
    }

    private func write(
        _ outcome: PromptRecorder.Outcome, to journal: inout JournalFile, _ summary: inout Summary, _ inARow: inout Int
    ) throws(CalibrationDataError) {
        switch outcome {
        case .recorded(let recording, _):
            try journal.append(RecordingCoding.encode(recording))
            summary.recorded += 1
            for remark in AnswerRemark.all(of: recording) { summary.remarks[remark, default: 0] += 1 }
            inARow = 0
        case .failed(let id, let failure, _):
            summary.failures.append((id, failure))
            if failure.error.kind != .invalidRequest { inARow += 1 }
            if failure.error.kind == .unauthorized || inARow >= Self.failuresInARow, summary.end == .complete {
                summary.end = .upstream(failure)
            }
        case .cancelled:
            if summary.end == .complete { summary.end = .stopped }
        }
    }
}

extension PromptRecorder.Outcome {
    var spentUSD: Double {
        switch self {
        case .recorded(_, let spent), .failed(_, _, let spent), .cancelled(let spent): spent
        }
    }
}
