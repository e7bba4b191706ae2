import ArgumentParser
import CalibrationData
import Cascade
import FoundationEssentials
import GatewayConfiguration
import Judging
import Recorder

/// `qualm record`: asks drafter and heavyweight every prompt of a set, or converts recordings of other programs.
struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record what the drafter and the heavyweight answer, with the drafter's logprobs.",
        discussion: """
            Each record is on the disk before the next prompt is begun in its place: a run that was stopped, killed or capped goes on \
            where it ended, with the same command. 'docs/recordings.md' describes the file.

            With --from, nothing is asked: existing recordings are converted.

            Exit status 0 when every prompt is recorded, 1 when a signal or the spend cap ended the run early, 64 when the options are \
            wrong, 65 when a file is wrong or of another kind, 66 when one cannot be read, 69 when prompts failed for good, 73 when the file \
            cannot be written, 78 when the configuration is wrong.
            """)

    @OptionGroup var source: ConfigurationSource

    @Option(parsing: .upToNextOption, help: "The prompt set: files, or folders of *.jsonl.")
    var prompts: [String] = []

    @Option(help: "The recordings: JSON lines, compressed when the name ends in .gz. Continued when it is there.")
    var out: String

    @Option(help: "The route whose drafter and heavyweight are asked.")
    var route = "auto"

    @Option(help: "Another drafter, provider:model.")
    var drafter: String?

    @Option(help: "Another heavyweight, provider:model.")
    var heavyweight: String?

    @Flag(help: "Ask the drafter only.")
    var noHeavyweight = false

    @Option(parsing: .unconditional, help: "Prompts at once, each with one call in flight: 1 to 256.")
    var concurrency = 8

    @Option(
        parsing: .unconditional, help: "Temperature of both requests: 0 to 2. A calibration holds for this one only. Default: the route's.")
    var temperature: Double?

    @Option(parsing: .unconditional, help: "Alternatives per token: 1 to 20, or what the provider sends at most. Default: the route's.")
    var topLogprobs: Int?

    @Option(parsing: .unconditional, help: "Longest answer in tokens; 0 leaves it to the provider.")
    var maxTokens = 1_024

    @Option(parsing: .unconditional, help: "Begin no prompt that could make this run cost more US dollars.")
    var maxUsd: Double?

    @Flag(help: "Go on with --max-usd although a price is not configured: such calls count as free.")
    var allowUnknownPrices = false

    @Option(parsing: .unconditional, help: "At most so many prompts, in turn from each category.")
    var limit: Int?

    @Option(parsing: .upToNextOption, help: "Only prompts of these categories.")
    var category: [String] = []

    @Option(help: "Name of what was done to the prompts; part of what a calibration holds for. Default: the route's.")
    var promptMode: String?

    @Option(parsing: .unconditional, help: "Calls for one answer, failed ones included: 1 to 20.")
    var attempts = 6

    @Option(parsing: .upToNextOption, help: "Convert these files instead: OpenAI chat completions with logprobs, or CSV; plain or gzip.")
    var from: [String] = []

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case auto, openai, csv
    }

    @Option(help: "With --from: auto, openai or csv.")
    var format = Format.auto

    @Option(name: .customLong("as"), help: "With --from: the provider and model whose answers these are, provider:model.")
    var model: String?

    @Flag(help: "With --from: leave files of another format out, with a warning each, instead of refusing them all.")
    var skipForeign = false

    @Flag(help: "No progress on standard error.")
    var quiet = false

    func validate() throws {
        guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency must be 1 to 256, not \(concurrency)") }
        if let temperature, !(0...2).contains(temperature) { throw ValidationError("--temperature must be 0 to 2, not \(temperature)") }
        if let topLogprobs, !(1...20).contains(topLogprobs) { throw ValidationError("--top-logprobs must be 1 to 20, not \(topLogprobs)") }
        guard maxTokens >= 0 else { throw ValidationError("--max-tokens must be 0 or more, not \(maxTokens)") }
        guard (1...20).contains(attempts) else { throw ValidationError("--attempts must be 1 to 20, not \(attempts)") }
        if let maxUsd, !(maxUsd > 0 && maxUsd.isFinite) { throw ValidationError("--max-usd must be more than 0, not \(maxUsd)") }
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, not \(limit)") }
        for (option, name) in [("--drafter", drafter), ("--heavyweight", heavyweight), ("--as", model)] {
            if let name, ConfiguredModel(name) == nil { throw ValidationError("\(option) must be provider:model, not '\(name)'") }
        }
        if from.isEmpty, prompts.isEmpty { throw ValidationError("--prompts names the prompt set, or --from the files to convert") }
        if from.isEmpty, skipForeign { throw ValidationError("--skip-foreign goes with --from") }
        if !from.isEmpty, drafter != nil || heavyweight != nil { throw ValidationError("--from asks no model: say --as provider:model") }
    }

    func run() async throws {
        do {
            try makeFolder()
            if from.isEmpty { try await record() } else { try convert() }
        } catch let error as CalibrationDataError {
            throw failure("\(error)", error.exitStatus)
        } catch let error as RecorderError {
            throw failure("\(error)", error.exitStatus)
        }
    }

    // MARK: Recording

    private func record() async throws {
        let selected = try selectedPrompts()
        let setup = try RecordingSetup(
            // Of the models that are really asked this command says itself what is not known.
            try source.load(hiding: { $0.message.hasPrefix("'prices' does not have") }), route: route,
            drafter: drafter.flatMap { ConfiguredModel($0) }, heavyweight: heavyweight.flatMap { ConfiguredModel($0) },
            asksHeavyweight: !noHeavyweight)
        defer { setup.shutdown() }
        var settings = setup.settings
        if let temperature { settings.temperature = temperature }
        if let topLogprobs { settings.topLogprobs = topLogprobs }
        settings.maxTokens = maxTokens == 0 ? nil : maxTokens
        if let promptMode { settings.promptMode = promptMode }
        settings.concurrency = concurrency
        settings.retry.attempts = attempts
        settings.maxUSD = maxUsd
        settings.allowsUnknownPrices = allowUnknownPrices
        for model in settings.unpricedModels where maxUsd == nil || allowUnknownPrices {
            StandardError.write(
                "qualm: warning: the price of \(model.qualified) is not known: add it to 'prices' (0 says that it is free)\n")
        }
        let run = RecordingRun(settings: settings, prompts: selected.prompts, path: out)
        let stop = StopRequest()
        let isQuiet = quiet
        let summary = try await withStopOnSignal(stop) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if !isQuiet { group.addTask { await RecordingDisplay(progress: run.progress).run() } }
                defer { group.cancelAll() }
                return try await run.run(isStopRequested: { stop.isRequested })
            }
        }
        try tell(summary, settings)
    }

    private func selectedPrompts() throws -> PromptSet {
        let all = try PromptSet.load(paths: prompts, problem: ReferenceCheck.problem(with:))
        let known = all.categories
        if let stranger = category.first(where: { !known.contains($0) }) {
            throw ValidationError("--category: there is no '\(stranger)'; the prompt set has \(known.joined(separator: ", "))")
        }
        return all.selection(categories: category, limit: limit)
    }

    private func tell(_ summary: RecordingRun.Summary, _ settings: RecordingSettings) throws {
        if summary.cutBytes > 0 { StandardError.write("qualm: \(out): \(summary.cutBytes) bytes of a torn record were cut off\n") }
        for (id, failure) in summary.failures.prefix(10) { StandardError.write("qualm: prompt '\(id)' failed: \(failure)\n") }
        if summary.failures.count > 10 { StandardError.write("qualm: and \(summary.failures.count - 10) more\n") }
        for sentence in summary.sentences(settings) { StandardError.write("qualm: warning: \(sentence)\n") }
        print(
            "\(out): \(summary.recorded) recorded, \(summary.found) were there before, \(summary.failures.count) failed, "
                + "\(summary.remaining) not begun; \(ProgressLine.cost(summary.spentUSD, settings.priceKnowledge))")
        switch summary.end {
        case .complete: if !summary.failures.isEmpty { throw failure("the same command tries the failed prompts again", 69) }
        case .stopped: throw failure("stopped; the same command goes on", 1)
        case .cap: throw failure("the cap of $\(maxUsd ?? 0) is reached; the same command goes on with another", 1)
        case .upstream(let leg): throw failure("given up: \(leg)", 69)
        }
    }

    // MARK: Converting

    private func convert() throws {
        var defaults = RecordingImport.Defaults()
        if let model = model.flatMap({ ConfiguredModel($0) }) { (defaults.provider, defaults.model) = (model.provider, model.model) }
        // What OpenAI's API samples at unless it is told otherwise; the files do not say.
        defaults.temperature = temperature ?? 1
        if !prompts.isEmpty { defaults.prompts = try PromptSet.load(paths: prompts, problem: ReferenceCheck.problem(with:)) }
        let result = try imported(defaults)
        for warning in result.warnings { StandardError.write("qualm: warning: \(warning)\n") }
        var known: Set<String> = []
        var journal = try JournalFile(path: out) { line throws(CalibrationDataError) in known.insert(try RecordingCoding.decode(line).id) }
        var written = 0
        for recording in result.recordings where !known.contains(recording.id) {
            try journal.append(RecordingCoding.encode(recording))
            written += 1
        }
        let total = known.count + written
        try journal.close(compacts: true)
        print("\(out): \(written) converted, \(result.recordings.count - written) were there before; \(total) in all")
    }

    /// Names the way out of a list with a stranger in it.
    private func imported(_ defaults: RecordingImport.Defaults) throws -> RecordingImport.Result {
        do throws(CalibrationDataError) {
            let format = RecordingImport.Format(rawValue: format.rawValue) ?? .auto
            return try RecordingImport(format: format, defaults: defaults, skipsForeign: skipForeign).read(paths: from)
        } catch {
            guard error.kind == .foreign, !skipForeign, from.count > 1 else { throw error }
            var error = error
            error.message += "; leave the file out of --from, or say --skip-foreign to go on with the others"
            throw error
        }
    }

    private func makeFolder() throws {
        let folder = out.lastIndex(of: "/").map { String(out[..<$0]) } ?? ""
        guard !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw failure("\(folder): the folder for --out cannot be made: a file is in its way, or it is not allowed here", 73)
        }
    }

    private func failure(_ message: String, _ status: Int32) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(status)
    }
}
