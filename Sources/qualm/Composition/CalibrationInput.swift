import Calibration
import CalibrationData
import EntropyRouting

/// The recordings and verdicts of one calibration, read one recording at a time.
struct CalibrationInput {
    /// What a recording was made with. One calibration has one.
    struct Kind: Hashable, CustomStringConvertible {
        var provider: String
        var drafter: String
        var temperature: Double
        var topLogprobs: Int
        var promptMode: String

        var description: String {
            "\(provider):\(drafter), temperature \(temperature), top_logprobs \(topLogprobs), prompt mode \(promptMode)"
        }
    }

    private(set) var drafts: [LabelledDraft] = []
    /// Recordings by kind.
    private(set) var kinds: [Kind: Int] = [:]
    /// What the drafter called itself.
    private(set) var models: Set<String> = []
    private(set) var fingerprints: Set<String> = []
    /// Drafts by where their label came from.
    private(set) var labels: [AssemblyReport.Label: Int] = [:]
    /// An id that was recorded twice.
    private(set) var duplicate: String?
    /// Verdicts on answers that were not recorded, and some of their ids.
    private(set) var unknownVerdicts = 0
    private(set) var unknownIDs: [String] = []
    /// Drafts on which two sources disagree.
    private(set) var contradictions = 0
    /// Answers of which one voice said both; its last line counts. And some of their ids.
    private(set) var reversals = 0
    private(set) var reversedIDs: [String] = []
    /// Two ids of one prompt.
    private(set) var copies: (first: String, second: String)?
    /// Probes of each judge whose verdicts label drafts: seen and all. One trial for each id, whose last line counts.
    private(set) var probes: [String: (detected: Int, seeded: Int)] = [:]
    /// The first id of each prompt's text.
    private var prompts: [Kind: [String: String]] = [:]

    /// - Parameters:
    ///   - drafter: `provider:model`; recordings of others are skipped. `nil` takes all.
    ///   - gates: those that production will ask.
    init(recordings: [String], verdicts: [String], drafter: String?, gates: QualityGates) throws(CalibrationDataError) {
        var byID: [String: [Verdict]] = [:]
        var trials: [String: [String: Bool]] = [:]
        for verdict in try VerdictFile.read(paths: verdicts) {
            let judge = verdict.judge ?? ""
            switch verdict.source {
            case .probe:
                // By prompt: the same probe again is no further trial.
                trials[judge, default: [:]][verdict.id] = verdict.isBad
            case .judge:
                // A judge without a probe is known, too: its labels are refused.
                if verdict.answer == .draft, trials[judge] == nil { trials[judge] = [:] }
                byID[verdict.id, default: []].append(verdict)
            case .human, .reference:
                byID[verdict.id, default: []].append(verdict)
            }
        }
        probes = trials.mapValues { trials in (trials.values.count { $0 }, trials.count) }
        var seen: Set<String> = []
        for path in recordings {
            try RecordingFile.forEach(path: path) { recording throws(CalibrationDataError) in
                let mine = byID.removeValue(forKey: recording.id) ?? []
                if let drafter, drafter != "\(recording.draft.provider):\(recording.draft.model)" { return }
                if !seen.insert(recording.id).inserted { duplicate = duplicate ?? recording.id }
                add(recording, mine, gates)
            }
        }
        unknownVerdicts += byID.values.reduce(0) { $0 + $1.count }
        unknownIDs = Array((unknownIDs + byID.keys).sorted().prefix(10))
    }

    private mutating func add(_ recording: Recording, _ verdicts: [Verdict], _ gates: QualityGates) {
        let (assembled, report) = LabelledDrafts.assemble(recordings: [recording], verdicts: verdicts, gates: gates)
        drafts += assembled
        let kind = Kind(
            provider: recording.draft.provider, drafter: recording.draft.model, temperature: recording.temperature,
            topLogprobs: recording.topLogprobs, promptMode: recording.promptMode)
        kinds[kind, default: 0] += 1
        if !recording.promptHash.isEmpty {
            if let first = prompts[kind]?[recording.promptHash] {
                if first != recording.id { copies = copies ?? (first, recording.id) }
            } else {
                prompts[kind, default: [:]][recording.promptHash] = recording.id
            }
        }
        if let model = recording.draft.answeredBy { models.insert(model) }
        if let fingerprint = recording.draft.fingerprint { fingerprints.insert(fingerprint) }
        labels.merge(report.labels, uniquingKeysWith: +)
        contradictions += report.contradictions
        reversals += report.reversals
        if reversedIDs.count < 10 { reversedIDs += report.reversedIDs.prefix(1) }
        unknownVerdicts += report.unknownVerdicts
        unknownIDs += report.unknownIDs
    }
}
