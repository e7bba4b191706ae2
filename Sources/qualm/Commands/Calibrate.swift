import ArgumentParser
import Calibration
import CalibrationData
import EntropyRouting
import FoundationEssentials
import GatewayConfiguration

/// `qualm calibrate`: from recorded drafts and verdicts to the artefact that strategy `risk` loads.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit the risk model and certify its threshold on recorded, labelled drafts.",
        discussion: """
            Two fifths of the drafts fit the model, two fifths certify the threshold, one fifth checks the result; the prompt's text decides \
            which. Labels come from checkable references, people, or a judge; a judge's are held against its probes. Drafts that nobody judged \
            count as lost.

            Exit status 0 when a threshold is certified and written, 1 when the labels cannot support the promise, 65 when a file is \
            wrong, 66 when it cannot be read, 73 when the artefact cannot be written, 78 when the configuration is wrong.
            """)

    enum Loss: String, ExpressibleByArgument, CaseIterable {
        case joint, recoverable, selective

        var certified: RiskCertificate.Loss {
            switch self {
            case .joint: .joint
            case .recoverable: .recoverable
            case .selective: .selective
            }
        }
    }

    @Option(parsing: .upToNextOption, help: "Recordings of 'qualm record': JSON lines, plain or gzip.")
    var recordings: [String]

    @Option(parsing: .upToNextOption, help: "Verdicts of 'qualm judge' or of people. Not needed where recordings carry gold labels.")
    var verdicts: [String] = []

    @Option(help: "Where the artefact is written.")
    var out = "risk.json"

    @Option(help: "The loss rate that is promised: more than 0, less than 1.")
    var alpha = 0.02

    @Option(help: "Probability that the promise is wrong: more than 0, less than 1.")
    var delta = 0.05

    @Option(
        help:
            "joint: shipped and bad, of all requests; recoverable: where the heavyweight was good; selective: bad, of the shipped."
    )
    var loss = Loss.joint

    @Flag(help: "A threshold for each task class, all certified at once.")
    var perClass = false

    @Option(help: "W of the window features: 1 to 1024 tokens.")
    var windowTokens = 10

    @Option(help: "Calibrate this drafter only, provider:model, where the recordings hold several.")
    var drafter: String?

    @Option(
        name: .shortAndLong, help: "Take the quality gates and the drafter's vocabulary size from this configuration. Default: all gates.")
    var config: String?

    @Option(help: "Tokens in the drafter's vocabulary. Default: the configured provider's, else 200019.")
    var vocabularySize: Int?

    @Option(
        help:
            "Share of bad drafts that the judge sees, where it was not probed: above 0, at most 1. The certificate is worth as much as it.")
    var judgeSensitivity: Double?

    @Flag(help: "Leave out drafts without a verdict. The promise is then about judged ones only.")
    var judgedOnly = false

    @Option(help: "The artefact's date, ISO 8601. Default: today, UTC.")
    var date: String?

    @Option(help: "Also write everything that was found to this file, as JSON.")
    var reportJSON: String?

    func validate() throws {
        for (name, value) in [("--alpha", alpha), ("--delta", delta)] {
            guard value > 0, value < 1 else { throw ValidationError("\(name) must be more than 0 and less than 1, not \(value)") }
        }
        guard (1...1_024).contains(windowTokens) else { throw ValidationError("--window-tokens must be 1 to 1024, not \(windowTokens)") }
        if let size = vocabularySize, size < 2 { throw ValidationError("--vocabulary-size must be 2 or more, not \(size)") }
        if let share = judgeSensitivity, !(share > 0 && share <= 1) {
            throw ValidationError("--judge-sensitivity must be more than 0 and at most 1, not \(share)")
        }
        if let date, !CalibrationDate.isISO(date) {
            throw ValidationError("--date must be a day like 2026-01-31, with or without a time behind it, not '\(date)'")
        }
    }

    func run() throws {
        let configured = try config.map { path in
            var source = ConfigurationSource()
            source.config = path
            return try source.load()
        }
        let gates = configured.map { QualityGates(enabled: RouteAssembly.enabledGates($0.gates)) } ?? QualityGates()
        let input: CalibrationInput
        do {
            input = try CalibrationInput(recordings: recordings, verdicts: verdicts, drafter: drafter, gates: gates)
        } catch { throw failure("\(error)", error.exitStatus) }
        let kind = try kind(of: input)
        let judge = try judge(of: input)
        let provider = configured?.providers.first { $0.name == kind.provider }
        var options = CalibrationOptions(
            drafter: kind.drafter, provider: kind.provider, topLogprobs: kind.topLogprobs, temperature: kind.temperature,
            promptMode: kind.promptMode, alpha: alpha, delta: delta, loss: loss.certified, isPerClass: perClass, judge: judge,
            windowTokens: windowTokens, vocabularySize: vocabularySize ?? provider?.vocabularySize ?? 200_019, date: date ?? today(),
            origin: RiskModel.Origin(models: input.models.sorted(), fingerprints: input.fingerprints.sorted()))
        options.isJudgedOnly = judgedOnly
        let outcome: CalibrationOutcome
        do { outcome = try CalibrationRun.run(input.drafts, options) } catch { throw failure("\(error)", 65) }
        describe(input, kind)
        if let warning = outcome.unjudgedWarning { StandardError.write("qualm: warning: \(warning)\n") }
        print(outcome.rendered())
        if let reportJSON { try write(outcome.json(), to: reportJSON) }
        guard let model = outcome.model else { throw ExitCode(1) }
        try write(RiskModelArtefact.encode(model), to: out)
        print("Written: \(out). To use it: 'routing.strategy: risk' and 'routing.risk_model: \(out)'.")
    }

    private func kind(of input: CalibrationInput) throws -> CalibrationInput.Kind {
        if let id = input.duplicate { throw failure("the id \"\(id)\" was recorded twice; each prompt counts once: remove one", 65) }
        guard let kind = input.kinds.keys.first else {
            throw failure("no recordings\(drafter.map { " of \($0)" } ?? "") in \(recordings.joined(separator: ", "))", 65)
        }
        if input.kinds.count > 1 {
            let found = input.kinds.map { "\($0.key) (\($0.value))" }.sorted().joined(separator: "; ")
            throw failure(
                "the recordings mix what cannot be calibrated together: \(found); choose one with --drafter, or name its files only", 65)
        }
        if let (first, second) = input.copies {
            throw failure(
                "the same prompt is there twice: \(first) and \(second); calibrate counts each prompt once: remove one of the recordings",
                65)
        }
        return kind
    }

    /// A judge's labels need its sensitivity: from probes, or by the operator's word.
    private func judge(of input: CalibrationInput) throws -> JudgeSensitivity {
        if let judgeSensitivity { return .assumed(judgeSensitivity) }
        guard input.labels[.judge, default: 0] > 0 else { return .complete }
        if let (judge, _) = input.probes.first(where: { $0.value.seeded == 0 }) {
            throw failure(
                "the verdicts of the judge \(judge.isEmpty ? "without a name" : judge) come without probes, so that nobody knows how "
                    + "many bad drafts it sees; add its probe verdicts ('qualm judge'), or vouch for it with --judge-sensitivity", 65)
        }
        return .weakest(of: Array(input.probes.values), delta: delta)
    }

    private func describe(_ input: CalibrationInput, _ kind: CalibrationInput.Kind) {
        let sources = AssemblyReport.Label.allCases.compactMap { label in input.labels[label].map { "\($0) by \(label.rawValue)" } }
        print("\(input.drafts.count) drafts of \(kind)")
        print("labels: \(sources.isEmpty ? "none" : sources.joined(separator: ", "))")
        if input.contradictions > 0 { print("  sources disagree on \(input.contradictions) drafts; the stronger source counts") }
        if input.reversals > 0 {
            let text =
                "the same voice says both good and bad of \(input.reversals) answers; its last line counts: "
                + input.reversedIDs.joined(separator: ", ")
            print("  \(text)")
            StandardError.write("qualm: warning: \(text)\n")
        }
        for (what, names) in [("names", input.models), ("fingerprints", input.fingerprints)] where names.count > 1 {
            print(
                "  the drafter answered under \(names.count) \(what): \(names.sorted().joined(separator: ", ")); one calibration of two "
                    + "models is about neither of them alone")
        }
        if input.unknownVerdicts > 0 {
            print("  \(input.unknownVerdicts) verdicts are on answers that were not recorded: \(input.unknownIDs.joined(separator: ", "))")
        }
        print()
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do { try OutputFile.write(bytes, to: path) } catch { throw failure("\(error)", 73) }
    }

    private func today() -> String { Date.now.formatted(.iso8601.year().month().day()) }

    private func failure(_ message: String, _ status: Int32) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(status)
    }
}
