public import Calibration
public import EntropyRouting

/// Recordings and verdicts put together: what calibration works on.
public enum LabelledDrafts {
    /// One labelled draft for each recording, in their order.
    ///
    /// Of several verdicts on one answer the strongest counts: a person's, then a reference's, then the gold label that came with an
    /// imported recording, then a judge's; of equals the last, and who contradicted himself is counted. Verdicts on probes measure the judge and label nothing. The quality gates
    /// judge
    /// the recorded text as production judges a draft.
    ///
    /// - Parameters:
    ///   - recordings: of two with one id the first counts, the second is counted in the report.
    ///   - verdicts: in the order of their files.
    ///   - gates: those that production will ask.
    public static func assemble(
        recordings: [Recording], verdicts: [Verdict], gates: QualityGates = QualityGates()
    ) -> (drafts: [LabelledDraft], report: AssemblyReport) {
        var assembler = LabelledDraftAssembler(verdicts: verdicts, gates: gates)
        for recording in recordings { assembler.add(recording) }
        return assembler.finished()
    }

    /// The same from files; holds one recording at a time, so that a large file costs no more than its traces.
    ///
    /// - Throws: ``CalibrationDataError`` with file, line and member.
    public static func load(
        recordings: [String], verdicts: [String], gates: QualityGates = QualityGates()
    ) throws(CalibrationDataError) -> (drafts: [LabelledDraft], report: AssemblyReport) {
        var assembler = LabelledDraftAssembler(verdicts: try VerdictFile.read(paths: verdicts), gates: gates)
        for path in recordings {
            try RecordingFile.forEachLine(path: path) { line throws(CalibrationDataError) in assembler.add(line) }
        }
        return assembler.finished()
    }
}

/// What came together, and what did not.
public struct AssemblyReport: Sendable, Hashable {
    /// Where a draft's label came from.
    public enum Label: String, Sendable, Hashable, CaseIterable {
        case human, reference, gold, judge
    }

    /// Drafts, each id once.
    public var drafts = 0
    /// With a label.
    public var labelled = 0
    public var bad = 0
    /// Drafts by where their label came from.
    public var labels: [Label: Int] = [:]
    /// Drafts that a quality gate refuses, by gate.
    public var gated: [GateName: Int] = [:]
    /// Recordings whose id was there before.
    public var duplicateRecordings = 0
    /// Verdicts on answers that were not recorded.
    public var unknownVerdicts = 0
    /// Some of their ids, at most ten.
    public var unknownIDs: [String] = []
    /// Verdicts on seeded errors.
    public var probes = 0
    /// Drafts on which two sources disagree; the stronger counts.
    public var contradictions = 0
    /// Drafts by `provider:model, temperature, top_logprobs, prompt mode`: more than one kind cannot be calibrated together.
    public var kinds: [String: Int] = [:]
    /// Answers of which one voice (a person, a reference, or one judge) said both that they are bad and that they are not; its last line
    /// counts.
    public var reversals = 0
    /// Some of their ids, at most ten.
    public var reversedIDs: [String] = []
    /// Recordings of a prompt that is there under another id already, of the same kind: one prompt would count twice.
    public var copies = 0
    /// The two ids of the first such pair; empty without one.
    public var copiedIDs: [String] = []

    public init() {}

    /// How ``kinds`` names what was asked for.
    ///
    /// - Parameter drafter: `provider:model`.
    public static func kind(drafter: String, temperature: Double, topLogprobs: Int, promptMode: String) -> String {
        "\(drafter), temperature \(temperature), top_logprobs \(topLogprobs), prompt mode \(promptMode)"
    }

    /// Drafts without a label.
    public var unlabelled: Int { drafts - labelled }
}
