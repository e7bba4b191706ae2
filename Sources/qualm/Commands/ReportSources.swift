import Calibration
import CalibrationData
import CalibrationReport
import Digests
import EntropyRouting
import FastJSON
import FoundationEssentials
import GatewayConfiguration

/// The files of a report, and what they say about themselves.
struct ReportSources {
    struct Failure: Error {
        var message: String
        var status: Int32
    }

    struct Input {
        var drafts: [LabelledDraft] = []
        /// `nil` when none was named.
        var model: RiskModel?
        var kinds: [CalibrationInput.Kind] = []
        /// `provider:model` of the heavyweights that answered, sorted.
        var heavyweights: [String] = []
        /// ISO 8601 date.
        var lastRecorded: String?
        var frontier: [FrontierPoint] = []
        var provenance: [ProvenanceLine] = []
        var remarks: [String] = []
        /// Remarks for standard error, too.
        var warnings: [String] = []
        /// Two ids of one prompt; empty without.
        var copiedIDs: [String] = []
    }

    let recordings: [String]
    let verdicts: [String]
    let model: String?
    let frontier: String?

    func load(gates: QualityGates) throws(Failure) -> Input {
        var input = Input()
        var hashes: [ProvenanceLine] = []
        for (name, path) in recordings.map({ ("recordings", $0) }) + verdicts.map({ ("verdicts", $0) })
            + [model].compactMap(\.self).map({ ("model", $0) })
        {
            hashes.append(ProvenanceLine(name, "\(path.split(separator: "/").last ?? ""), \(SHA256.name(of: try bytes(of: path)))"))
        }
        if let model { input.model = try read(model: model) }
        if let frontier { input.frontier = try read(frontier: frontier) }
        do throws(CalibrationDataError) {
            let (drafts, report) = try LabelledDrafts.load(recordings: recordings, verdicts: verdicts, gates: gates)
            input.drafts = drafts
            input.remarks = Self.remarks(report)
            input.copiedIDs = report.copiedIDs
            input.provenance.append(
                ProvenanceLine(
                    "labels",
                    AssemblyReport.Label.allCases.compactMap { label in report.labels[label].map { "\($0) by \(label.rawValue)" } }.joined(
                        separator: ", ")))
            try note(&input)
        } catch { throw Failure(message: "\(error)", status: error.exitStatus) }
        guard !input.drafts.isEmpty else {
            throw Failure(message: "\(recordings.joined(separator: ", ")): no recordings", status: 65)
        }
        if let key = input.model?.key, let kind = input.kinds.first(where: { $0.provider != key.provider || $0.drafter != key.drafter }) {
            throw Failure(
                message:
                    "the recordings are of \(kind), the model is for \(key.provider):\(key.drafter); name the files that belong together",
                status: 65)
        }
        if let key = input.model?.key {
            let made = CalibrationInput.Kind(
                provider: key.provider, drafter: key.drafter, temperature: key.temperature, topLogprobs: key.topLogprobs,
                promptMode: key.promptMode)
            for kind in input.kinds where kind != made {
                input.warnings.append("recordings of \(kind) are drawn with a model that is for \(made): its promise is not about them")
            }
            input.remarks += input.warnings.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        }
        input.provenance += hashes
        return input
    }

    /// What only the recordings know: who answered, and when.
    private func note(_ input: inout Input) throws(CalibrationDataError) {
        var kinds: Set<CalibrationInput.Kind> = []
        var heavyweights: Set<String> = []
        var (first, last) = ("", "")
        for path in recordings {
            try RecordingFile.forEach(path: path) { recording throws(CalibrationDataError) in
                kinds.insert(
                    CalibrationInput.Kind(
                        provider: recording.draft.provider, drafter: recording.draft.model, temperature: recording.temperature,
                        topLogprobs: recording.topLogprobs, promptMode: recording.promptMode))
                if let heavyweight = recording.heavyweight { heavyweights.insert("\(heavyweight.provider):\(heavyweight.model)") }
                // ISO 8601 in UTC sorts as text.
                if !recording.recordedAt.isEmpty, first.isEmpty || recording.recordedAt < first { first = recording.recordedAt }
                if recording.recordedAt > last { last = recording.recordedAt }
            }
        }
        input.kinds = kinds.sorted { $0.description < $1.description }
        input.heavyweights = heavyweights.sorted()
        if !last.isEmpty {
            input.lastRecorded = String(last.prefix(10))
            input.provenance.append(ProvenanceLine("recorded", first == last ? first : "\(first) to \(last)"))
        }
    }

    private static func remarks(_ report: AssemblyReport) -> [String] {
        var remarks: [String] = []
        if report.unlabelled > 0 {
            remarks.append(
                "\(report.unlabelled) of \(report.drafts) drafts have no verdict and are left out of every figure but the walk, where those of "
                    + "the certification split count as lost unless the calibration left them out.")
        }
        if report.duplicateRecordings > 0 {
            remarks.append("\(report.duplicateRecordings) recordings were there before, by their id, and are left out.")
        }
        if report.unknownVerdicts > 0 { remarks.append("\(report.unknownVerdicts) verdicts are on answers that were not recorded.") }
        if report.contradictions > 0 { remarks.append("Sources disagree on \(report.contradictions) drafts; the stronger source counts.") }
        if report.reversals > 0 {
            remarks.append("The same voice says both good and bad of \(report.reversals) answers; its last line counts.")
        }
        if report.copies > 0 {
            remarks.append(
                "\(report.copies) recordings are of a prompt that is there under another id, such as "
                    + "\(report.copiedIDs.joined(separator: " and ")).")
        }
        return remarks
    }

    private func bytes(of path: String) throws(Failure) -> [UInt8] {
        guard let file = FileManager.default.contents(atPath: path) else {
            throw Failure(message: "\(path): cannot be read", status: 66)
        }
        return Array(file)
    }

    private func read(model path: String) throws(Failure) -> RiskModel {
        do { return try RiskModelArtefact.load(jsonBytes: try bytes(of: path)) } catch let error as RiskModelArtefactError {
            throw Failure(message: "\(path): \(error)", status: 65)
        } catch let error as Failure { throw error } catch { throw Failure(message: "\(path): \(error)", status: 65) }
    }

    /// The first configuration's frontier.
    private func read(frontier path: String) throws(Failure) -> [FrontierPoint] {
        let file = try bytes(of: path)
        guard let document = try? JSONValue.parse(file), let configuration = document["configurations"]?.array?.first,
            let points = configuration["frontier"]?.array
        else {
            throw Failure(message: "\(path): holds no frontier; expected what 'qualm replay --frontier --json' writes", status: 65)
        }
        var result: [FrontierPoint] = []
        for (index, point) in points.enumerated() {
            guard let lambda = point["usd_per_second"]?.double, let saved = point["saved_seconds_per_request"]?.double,
                let wasted = point["wasted_usd_per_request"]?.double
            else {
                throw Failure(
                    message:
                        "\(path): 'configurations[0].frontier[\(index)]' lacks usd_per_second, saved_seconds_per_request or "
                        + "wasted_usd_per_request",
                    status: 65)
            }
            result.append(FrontierPoint(lambda: lambda, wastedUSDPerThousand: 1_000 * wasted, savedMs: 1_000 * saved))
        }
        return result
    }
}
