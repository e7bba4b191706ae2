import ArgumentParser
import Calibration
import EntropyRouting
import GatewayConfiguration

/// `qualm drift`: does the promise of a calibration still hold, by the audits so far?
struct Drift: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say from audits whether a certified threshold still keeps its promise.",
        discussion: """
            Each line of the audits is a JSON object with "id", "risk", "shipped" and "bad", in the order in which they were counted; \
            the gateway writes such lines to 'audit.log'. A second line of the same id overrules the first. Other members, and lines of \
            feedback alone, are left out. Rotated logs are named first: --audits audit.jsonl.1 audit.jsonl.

            The evidence is that of audits alone. The gateway splits its stake between audits and complaints, so that its own number can \
            be lower by log10 2 = 0.3; --state reads it from the gateway's state file.

            Exit status 0 when no level has alarmed, 1 when one has, 64 for wrong options, 65 when a line or the model is wrong, 66 when a \
            file cannot be read.
            """)

    @Option(help: "The risk model whose certificate is watched. Without one, --alpha, --delta and --grid are needed.")
    var model: String?

    @Option(parsing: .upToNextOption, help: "Audits: JSON lines.")
    var audits: [String] = []

    @Option(help: "A gateway's state file, instead of audits; needs --model.")
    var state: String?

    @Option(help: "The promised rate, instead of the certificate's: more than 0, less than 1.")
    var alpha: Double?

    @Option(help: "Probability of a false alarm, instead of the certificate's: more than 0, less than 1.")
    var delta: Double?

    @Option(help: "Levels, ascending, with commas, instead of the certificate's; the last one is in force at the start.")
    var grid: String?

    @Option(help: "What the promise counts: joint, recoverable or selective; default the certificate's, or joint.")
    var loss: Loss?

    enum Loss: String, ExpressibleByArgument, CaseIterable {
        case joint, recoverable, selective
    }

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let alpha, !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha must be more than 0 and less than 1, not \(alpha)") }
        if let delta, !(delta > 0 && delta < 1) { throw ValidationError("--delta must be more than 0 and less than 1, not \(delta)") }
        if let grid { _ = try Self.levels(grid) }
        guard audits.isEmpty != (state == nil) else { throw ValidationError("name either --audits or --state") }
        if state != nil, model == nil { throw ValidationError("--state needs --model, which says whose state it is") }
        if model == nil, alpha == nil || delta == nil || grid == nil {
            throw ValidationError("without --model, all of --alpha, --delta and --grid are needed")
        }
    }

    func run() throws {
        let watched = try watchedModel()
        let report: DriftReport
        if let state {
            let grid = try emptyGrid(watched, feedbackWeight: 0.5)
            report = DriftReport(try DriftInput.grid(grid, of: watched, stateFile: state))
        } else {
            var analysis = DriftAnalysis(try emptyGrid(watched, feedbackWeight: 0))
            var left = 0
            for file in audits {
                try DriftInput.eachAudit(of: file) { id, outcome in
                    if let outcome { analysis.add(outcome, id: id) } else { left += 1 }
                }
            }
            report = DriftReport(analysis, linesLeftOut: left)
        }
        print(json ? report.json() : report.text())
        if report.isAlarmed { throw ExitCode(1) }
    }

    /// The certificate's parameters, with what the options override. `feedbackWeight` is the gateway's for its state, 0 for audits.
    private func emptyGrid(_ model: RiskModel?, feedbackWeight: Double) throws -> EProcessGrid {
        let certificate = model?.certificate
        let start = model?.thresholds?.greatest ?? 1
        let levels = try grid.map(Self.levels) ?? (certificate?.grid ?? []).filter { $0 < start } + [start]
        return EProcessGrid(
            levels: levels, alpha: alpha ?? certificate?.alpha ?? 1, judgeSensitivity: certificate?.judgeSensitivity ?? 1,
            delta: delta ?? certificate?.delta ?? 1,
            loss: loss.flatMap { RiskCertificate.Loss(rawValue: $0.rawValue) } ?? certificate?.loss ?? .joint,
            feedbackWeight: feedbackWeight)
    }

    private func watchedModel() throws -> RiskModel? {
        guard let model else { return nil }
        let bytes = try DriftInput.read(model)
        let loaded: RiskModel
        do throws(RiskModelArtefactError) {
            loaded = try RiskModelArtefact.load(jsonBytes: bytes)
        } catch {
            throw DriftInput.wrong("\(model): \(error)")
        }
        guard loaded.certificate != nil, loaded.thresholds != nil else {
            throw DriftInput.wrong("\(model): has no certified threshold, so that nothing is promised; 'qualm calibrate' writes one")
        }
        return loaded
    }

    private static func levels(_ text: String) throws -> [Double] {
        let levels = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Double($0.trimmingPrefix(while: \.isWhitespace)) ?? .nan
        }
        guard levels.allSatisfy({ $0 > 0 && $0 <= 1 }), zip(levels, levels.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ValidationError("--grid must be ascending levels above 0, at most 1, for example 0.02,0.05,0.1, not '\(text)'")
        }
        return levels
    }
}
