import ArgumentParser
import Calibration
import CalibrationData
import CalibrationReport
import EntropyRouting
import FoundationEssentials
import GatewayConfiguration

/// `qualm report`: from recordings, verdicts and the artefact to a page that can be read.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a calibration as a self-contained HTML page, and as PNG and SVG.",
        discussion: """
            The page holds no script and loads nothing. Curves and numbers are of the test split; the certificate is the artefact's. \
            Without --model the drafts are calibrated first with --alpha, --delta and --loss, which shows why nothing could be \
            certified, too.

            Exit status 0 when all is written, 65 when a file is wrong, 66 when it cannot be read, 69 when there is no browser for \
            the PNG or it fails, 73 when something cannot be written, 78 when the configuration is wrong.
            """)

    @Option(parsing: .upToNextOption, help: "Recordings: JSON lines, plain or gzip.")
    var recordings: [String]

    @Option(parsing: .upToNextOption, help: "Verdicts: JSON lines. Not needed where recordings carry gold labels.")
    var verdicts: [String] = []

    @Option(help: "The artefact of 'qualm calibrate'.")
    var model: String?

    @Option(help: "Where the page is written.")
    var out = "report.html"

    @Option(help: "Also write a picture of the whole page to this file; needs Chromium.")
    var png: String?

    @Option(help: "Also write every figure as an SVG file into this folder, which is made when it is not there.")
    var svgDir: String?

    @Option(help: "Title of the page.")
    var title = "Calibration report"

    @Option(help: "The browser for the PNG. Default: Chromium or Chrome on PATH.")
    var browser: String?

    @Option(help: "Width of the PNG in pixels: 200 to 4000.")
    var width = 1_200

    @Flag(help: "Take the picture in dark colours.")
    var dark = false

    @Option(help: "Draw the pre-fire frontier from this output of 'qualm replay --frontier --json'.")
    var frontier: String?

    @Option(name: .shortAndLong, help: "Take the quality gates from this configuration. Default: all gates.")
    var config: String?

    @Option(help: "Without --model or a certificate: the loss rate that is asked for, more than 0, less than 1.")
    var alpha = 0.05

    @Option(help: "Likewise: probability that the promise is wrong, more than 0, less than 1.")
    var delta = 0.05

    @Option(help: "Likewise: joint, recoverable or selective.")
    var loss = Calibrate.Loss.joint

    @Option(help: "Seed of the resampling.")
    var seed: UInt64 = 1

    @Option(help: "Example drafts of each kind: 0 to 20.")
    var examples = 2

    func validate() throws {
        for (name, value) in [("--alpha", alpha), ("--delta", delta)] {
            guard value > 0, value < 1 else { throw ValidationError("\(name) must be more than 0 and less than 1, not \(value)") }
        }
        guard (200...4_000).contains(width) else { throw ValidationError("--width must be 200 to 4000, not \(width)") }
        guard (0...20).contains(examples) else { throw ValidationError("--examples must be 0 to 20, not \(examples)") }
    }

    func run() throws {
        // What may be missing is looked for before the work, not after it.
        let capture = try png.map { _ in
            do { return try PageCapture(browser: browser, width: width, isDark: dark) } catch { throw failure("\(error)", 69) }
        }
        let configured = try config.map { path in
            var source = ConfigurationSource()
            source.config = path
            return try source.load()
        }
        let gates = configured.map { QualityGates(enabled: RouteAssembly.enabledGates($0.gates)) } ?? QualityGates()
        let sources = ReportSources(recordings: recordings, verdicts: verdicts, model: model, frontier: frontier)
        let input: ReportSources.Input
        do { input = try sources.load(gates: gates) } catch { throw failure(error.message, error.status) }
        for warning in input.warnings { StandardError.write("qualm: warning: \(warning)\n") }
        let fitted = try fittedModel(input)
        let options = ReportOptions(
            title: title, heavyweights: input.heavyweights, loss: loss.certified, alpha: alpha, delta: delta, seed: seed,
            examples: examples,
            frontier: input.frontier,
            provenance: input.provenance + [
                ProvenanceLine("qualm", Version.current),
                // Where the executable lies is nobody's business.
                ProvenanceLine("command", (["qualm"] + CommandLine.arguments.dropFirst()).joined(separator: " ")),
            ], remarks: input.remarks)
        let report: ReportModel
        do { report = try ReportBuilder.build(input.drafts, model: fitted, options: options) } catch { throw failure("\(error)", 65) }

        try write(Array(ReportPage.render(report).utf8), to: out)
        print("Written: \(out)")
        if let svgDir { try writeFigures(report, to: svgDir) }
        guard let png, let capture else { return }
        let picture: [UInt8]
        do { picture = try capture.png(ofPage: URL(filePath: out).absoluteURL.path) } catch { throw failure("\(error)", 69) }
        try write(picture, to: png)
        print("Written: \(png)")
    }

    /// The artefact's model, or one fitted here.
    private func fittedModel(_ input: ReportSources.Input) throws -> RiskModel {
        if let model = input.model { return model }
        guard let kind = input.kinds.first, input.kinds.count == 1 else {
            throw failure(
                "the recordings mix \(input.kinds.map(\.description).joined(separator: "; ")); name the files of one drafter only", 65)
        }
        if input.copiedIDs.count == 2 {
            throw failure(
                "the same prompt is there twice: \(input.copiedIDs[0]) and \(input.copiedIDs[1]); calibration counts each prompt once: "
                    + "remove one of the recordings", 65)
        }
        let options = CalibrationOptions(
            drafter: kind.drafter, provider: kind.provider, topLogprobs: kind.topLogprobs, temperature: kind.temperature,
            promptMode: kind.promptMode, alpha: alpha, delta: delta, loss: loss.certified, date: input.lastRecorded ?? "unknown")
        do {
            let outcome = try CalibrationRun.run(input.drafts, options)
            return try outcome.model ?? ReportBuilder.uncertifiedModel(of: outcome, dataHash: DataDigest.digest(input.drafts))
        } catch let error as CalibrationError { throw failure("\(error)", 65) }
    }

    private func writeFigures(_ report: ReportModel, to folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw failure("\(folder): cannot be made: \(OutputFile.reason(error))", 73) }
        for figure in ReportPage.figures(report) {
            let path = "\(folder)/\(figure.name).svg"
            try write(Array(figure.svg.utf8), to: path)
            print("Written: \(path)")
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do { try OutputFile.write(bytes, to: path) } catch { throw failure("\(error)", 73) }
    }

    private func failure(_ message: String, _ status: Int32) -> ExitCode {
        StandardError.write("qualm: \(message)\n")
        return ExitCode(status)
    }
}
