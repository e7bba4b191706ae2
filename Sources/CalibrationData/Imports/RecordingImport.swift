internal import Calibration
internal import EntropyRouting

/// Recordings that other programs made, as recordings of ours.
public struct RecordingImport: Sendable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// JSON (an object or array whose first byte says so) is ``openai``, all else is ``csv``.
        case auto
        /// OpenAI chat completions with logprobs: one object, an array, or JSON lines; also the output file of the Batch API.
        case openai
        /// One line for each single-token answer.
        case csv
    }

    /// For what the source does not say.
    public struct Defaults: Sendable {
        /// Default `imported`.
        public var provider = "imported"
        /// `nil` = the model that the source names, else `imported`.
        public var model: String?
        /// Default `imported`.
        public var category = "imported"
        public var temperature = 0.0
        /// Prompts by id: a recording with the id of one takes its category, hash, class and size.
        public var prompts: PromptSet?

        public init() {}
    }

    /// What was read.
    public struct Result: Sendable {
        public var recordings: [Recording] = []
        /// What a reader should know, a sentence each: evidence that cannot be probabilities, ids that had to be changed.
        public var warnings: [String] = []
        /// Files of another format that were left out.
        public var skipped = 0
    }

    public var format: Format
    public var defaults: Defaults
    /// Leaves files of another format out, with a warning each, and refuses only when none is left. Default false.
    public var skipsForeign: Bool

    public init(format: Format = .auto, defaults: Defaults = Defaults(), skipsForeign: Bool = false) {
        self.format = format
        self.defaults = defaults
        self.skipsForeign = skipsForeign
    }

    /// Reads files, plain or gzip, in their order.
    ///
    /// - Throws: ``CalibrationDataError`` with file, line and member; a file of another format is refused with what it is.
    public func read(paths: [String]) throws(CalibrationDataError) -> Result {
        var result = Result()
        var ids: Set<String> = []
        for path in paths {
            let bytes = try FileContent.read(path: path)
            var recordings: [Recording] = []
            do throws(CalibrationDataError) {
                switch format == .auto ? Self.guess(bytes) : format {
                case .csv: recordings = try CSVAnswers(defaults: defaults).read(bytes)
                case .auto, .openai: recordings = try ChatCompletions(defaults: defaults).read(bytes, fileName: Self.stem(path))
                }
            } catch {
                let error = error.located(path, line: nil)
                guard skipsForeign, error.kind == .foreign else { throw error }
                result.warnings.append("\(error); the file is left out")
                result.skipped += 1
                continue
            }
            for recording in recordings { add(recording, path, &ids, &result) }
        }
        if result.recordings.isEmpty, result.skipped > 0 {
            throw CalibrationDataError(.foreign, "none of the \(paths.count) files is of a format that can be imported")
        }
        return result
    }

    private func add(_ recording: Recording, _ path: String, _ ids: inout Set<String>, _ result: inout Result) {
        var recording = recording
        if !ids.insert(recording.id).inserted {
            var number = 2
            while !ids.insert("\(recording.id)#\(number)").inserted { number += 1 }
            result.warnings.append("\(path): the id '\(recording.id)' was there before; this one is now '\(recording.id)#\(number)'")
            recording.id = "\(recording.id)#\(number)"
        }
        let positive = recording.draft.impossibleTokens
        if positive > 0 {
            result.warnings.append(
                "\(path): '\(recording.id)' has \(positive) tokens with a logprob above 0: they are no log-probabilities, "
                    + "and its entropies mean nothing")
        }
        result.recordings.append(recording)
    }

    private static func guess(_ bytes: [UInt8]) -> Format {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .openai : .csv
    }

    /// `topk_5` of `some/folder/topk_5.json.gz`.
    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "." })
    }
}

extension RecordingImport.Defaults {
    /// A recording around an imported draft.
    func recording(
        id: String, category: String?, prompt text: String? = nil, recordedAt: String?, topLogprobs: Int, draft: RecordedAnswer,
        isBad: Bool?
    ) -> Recording {
        let prompt = prompts?[id] ?? text.map { CalibrationPrompt(id: id, category: category ?? self.category, prompt: $0) }
        let category = prompts?[id]?.category ?? category ?? self.category
        return Recording(
            id: id, promptHash: prompt?.hash ?? "", category: category,
            taskClass: prompt.map { TaskClass.classify($0.prompt) } ?? TaskClass(rawValue: category) ?? .simpleFactual,
            recordedAt: recordedAt ?? "", temperature: temperature, topLogprobs: topLogprobs,
            promptTokens: prompt.map { ($0.prompt.utf8.count + ($0.system?.utf8.count ?? 0)) / 4 }, draft: draft, isBad: isBad)
    }
}
