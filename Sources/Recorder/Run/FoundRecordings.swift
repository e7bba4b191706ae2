import CalibrationData
import Cascade

/// What a file that is to be continued holds, checked against what is about to be added to it.
struct FoundRecordings {
    private(set) var ids: Set<String> = []
    /// Why the file cannot be continued.
    private(set) var mismatch: RecorderError?
    private let settings: RecordingSettings
    private let hashes: [String: String]
    private let path: String

    init(settings: RecordingSettings, prompts: [PreparedPrompt], path: String) {
        self.settings = settings
        self.path = path
        hashes = Dictionary(prompts.map { ($0.prompt.id, $0.hash) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func take(_ line: [UInt8]) throws(CalibrationDataError) {
        let recording = try RecordingCoding.decode(line)
        if let problem = problem(recording) {
            mismatch = .mismatch(path: path, "\(problem); record to another file, or start this one anew")
            throw CalibrationDataError(.malformed, problem)
        }
    }

    private static func limit(_ maxTokens: Int) -> String { maxTokens == 0 ? "left to the provider" : "\(maxTokens)" }

    private mutating func problem(_ recording: Recording) -> String? {
        guard ids.insert(recording.id).inserted else { return "holds the id '\(recording.id)' twice" }
        if let hash = hashes[recording.id], hash != recording.promptHash {
            return "was recorded with another text of the prompt '\(recording.id)'"
        }
        func differ(_ name: String, _ found: String, _ wanted: String) -> String? {
            found == wanted ? nil : "was recorded with \(name) \(found), not \(wanted)"
        }
        return differ("the drafter", "\(recording.draft.provider):\(recording.draft.model)", settings.drafter.model.qualified)
            ?? differ(
                "the heavyweight", recording.heavyweight.map { "\($0.provider):\($0.model)" } ?? "none",
                settings.heavyweight?.model.qualified ?? "none")
            ?? differ("temperature", "\(recording.temperature)", "\(settings.temperature)")
            ?? differ("top_logprobs", "\(recording.topLogprobs)", "\(settings.effectiveTopLogprobs)")
            ?? differ("prompt mode", recording.promptMode, settings.promptMode)
            // Recordings of older versions do not say.
            ?? recording.maxTokens.flatMap { differ("max_tokens", Self.limit($0), Self.limit(settings.maxTokens ?? 0)) }
    }
}
