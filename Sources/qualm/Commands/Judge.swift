import ArgumentParser
import CalibrationData
import Cascade
import FoundationEssentials
import GatewayConfiguration
import Judging

/// `qualm judge`: from recorded answers to verdicts.
struct Judge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide which recorded answers are bad: by references, by a judge, by people.",
        discussion: """
            Checkable references come first and cost nothing. What they cannot decide is left to the judge, if one is named: both answers side by \
            side, in both orders, without names. The judge itself is measured on right answers with a seeded error. Verdicts are appended as they \
            come; what is in the file is not asked again.

            Exit status 0, also when answers are left without verdict; 1 when a signal or the spend cap ended the run early, 65 when a file is \
            wrong, 66 when one cannot be read, 69 when the judge does not answer, or never with a verdict, 73 when the verdicts cannot be written, 78 when the configuration is \
            wrong.
            """)

    @OptionGroup var source: ConfigurationSource

    @Option(parsing: .upToNextOption, help: "The prompt set: files, or folders of *.jsonl.")
    var prompts = ["calibration/prompts"]

    @Option(parsing: .upToNextOption, help: "Recordings of 'qualm record': JSON lines, plain or gzip.")
    var recordings: [String]

    @Option(help: "Where the verdicts are appended.")
    var out = "verdicts.jsonl"

    @Option(help: "The judge, provider:model, of another family than the drafter. Without it only references and people decide.")
    var judge: String?

    @Flag(
        help: "Run the code of answers with their unit tests: limited, without network where the system allows it, but not in a container.")
    var runCode = false

    @Option(
        name: .customLong("import"), parsing: .upToNextOption, help: "People's verdicts: CSV or JSON lines with id, answer, verdict, note.")
    var imports: [String] = []

    @Option(help: "Seeded errors to show the judge, earlier runs' included.")
    var probes = 60

    @Option(help: "Right drafts to show the judge, earlier runs' included.")
    var controls = 30

    @Option(help: "Questions, or runs of code, at a time: 1 to 64.")
    var concurrency = 4

    @Option(help: "Start no more questions when this run would have cost so many US dollars.")
    var maxUsd: Double?

    @Flag(help: "Go on with --max-usd although the judge's price is not configured.")
    var allowUnknownPrices = false

    @Option(help: "A score below this is bad: 1 to 5.")
    var badBelow = 3.0

    @Option(help: "Chooses probes, controls and their errors.")
    var seed: UInt64 = 1

    @Flag(help: "No progress on standard error.")
    var quiet = false

    func validate() throws {
        guard (1...64).contains(concurrency) else { throw ValidationError("--concurrency must be 1 to 64, not \(concurrency)") }
        guard (1...5).contains(badBelow) else { throw ValidationError("--bad-below must be 1 to 5, not \(badBelow)") }
        guard (0...10_000).contains(probes) else { throw ValidationError("--probes must be 0 to 10000, not \(probes)") }
        guard (0...10_000).contains(controls) else { throw ValidationError("--controls must be 0 to 10000, not \(controls)") }
        if let maxUsd, !(maxUsd > 0 && maxUsd.isFinite) { throw ValidationError("--max-usd must be more than 0, not \(maxUsd)") }
        if let judge, ConfiguredModel(judge) == nil { throw ValidationError("--judge must be provider:model, not '\(judge)'") }
    }

    func run() async throws {
        let setup = try judge.flatMap { ConfiguredModel($0) }.map { model in
            var options = LLMJudge.Options()
            options.badBelow = badBelow
            options.seed = seed
            return try JudgeSetup(
                model, configuration: try source.load(), options: options, needsPrice: maxUsd != nil && !allowUnknownPrices)
        }
        defer { setup?.shutdown() }
        let summary: JudgingSummary
        do {
            summary = try await judge(with: setup?.judge)
        } catch let error as CalibrationDataError {
            throw failure("\(error)", error.exitStatus)
        }
        print(summary.rendered(), terminator: "")
        if case .upstream? = summary.stop { throw ExitCode(69) }
        if summary.isJudgeUseless { throw ExitCode(69) }
        if !summary.unanswered.isEmpty { throw ExitCode(69) }
        if summary.stop != nil { throw ExitCode(1) }
    }

    private func judge(with judge: LLMJudge?) async throws -> JudgingSummary {
        let prompts = try PromptSet.load(paths: prompts, problem: ReferenceCheck.problem(with:))
        var recordings: [Recording] = []
        for path in self.recordings {
            try RecordingFile.forEach(path: path) { recording in
                // The evidence is not needed here, and it is nearly all of a recording.
                var recording = recording
                recording.draft.tokens = []
                recordings.append(recording)
            }
        }
        if let judge { warn(judge, recordings) }
        let imported = try humanVerdicts(recordings)
        var verdicts: [Verdict] = []
        var journal = try JournalFile(path: out) { line throws(CalibrationDataError) in verdicts.append(try VerdictFile.decode(line)) }
        if journal.found.cutBytes > 0 {
            StandardError.write("qualm: \(out): \(journal.found.cutBytes) bytes of a torn line were cut off\n")
        }
        let fresh = imported.filter { !verdicts.contains($0) }
        try Self.append(fresh, to: &journal)
        verdicts += fresh

        var options = JudgingRun.Options()
        options.concurrency = concurrency
        options.maxUSD = maxUsd
        options.probes = probes
        options.controls = controls
        options.seed = seed
        let run = JudgingRun(
            prompts: prompts, recordings: recordings, verdicts: verdicts, judge: judge, runner: try await runner(), options: options)
        let stop = StopRequest()
        var progress = JudgingProgressLine()
        return try await withStopOnSignal(stop) {
            try await run.run(stop: stop, progress: { if !quiet { progress.show($0) } }, append: { try Self.append($0, to: &journal) })
        }
    }

    private static func append(_ verdicts: [Verdict], to journal: inout JournalFile) throws(CalibrationDataError) {
        guard !verdicts.isEmpty else { return }
        var lines: [UInt8] = []
        for verdict in verdicts { VerdictFile.appendLine(verdict, to: &lines) }
        try journal.append(lines)
    }

    // MARK: What is wrong

    private func warn(_ judge: LLMJudge, _ recordings: [Recording]) {
        let drafters = Set(recordings.map { ModelName(provider: $0.draft.provider, model: $0.draft.model) })
        for drafter in drafters.sorted(by: { $0.qualified < $1.qualified }) {
            guard let kinship = ModelFamily.kinship(judge: judge.model, drafter: drafter) else { continue }
            StandardError.write("qualm: warning: \(kinship)\n")
        }
        if judge.price == nil {
            StandardError.write("qualm: warning: \(judge.model.qualified) has no configured price: costs are not counted\n")
        }
    }

    private func humanVerdicts(_ recordings: [Recording]) throws -> [Verdict] {
        let known = Set(recordings.map(\.id))
        var verdicts: [Verdict] = []
        for path in imports {
            guard let file = FileManager.default.contents(atPath: path) else { throw failure("\(path): cannot be read", 66) }
            do {
                verdicts += try HumanVerdicts.parse(Array(file))
            } catch { throw failure("\(path): \(error)", 65) }
        }
        let strangers = Set(verdicts.map(\.id)).subtracting(known).sorted()
        if !strangers.isEmpty {
            StandardError.write(
                "qualm: warning: --import has verdicts on \(strangers.count) ids that were not recorded: \(strangers.prefix(5).joined(separator: ", "))\n"
            )
        }
        return verdicts
    }

    private func runner() async throws -> CodeRunner? {
        guard runCode else { return nil }
        guard let runner = await CodeRunner() else { throw failure("--run-code needs python3, and there is none on PATH", 69) }
        if !runner.isIsolated {
            StandardError.write("qualm: warning: the system makes no namespaces: the code of answers can use the network\n")
        }
        return runner
    }

    private func failure(_ message: String, _ status: Int32) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(status)
    }
}
