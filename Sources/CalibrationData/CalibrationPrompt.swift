public import FastJSON

/// One line of a prompt set (`calibration/prompts/*.jsonl`).
public struct CalibrationPrompt: Sendable, Hashable {
    /// Stable and unique, 1...128 characters.
    public var id: String
    /// `simple_factual`, `reasoning`, `code`, `creative`, or any other name: what tables are grouped by.
    public var category: String
    /// `easy`, `medium` or `hard`; `nil` when it is not said.
    public var difficulty: String?
    /// The user's message.
    public var prompt: String
    /// `nil` for the default: no system message.
    public var system: String?
    /// How an answer is checked; `nil` leaves it to a judge.
    public var reference: Reference?

    public init(
        id: String, category: String, difficulty: String? = nil, prompt: String, system: String? = nil, reference: Reference? = nil
    ) {
        self.id = id
        self.category = category
        self.difficulty = difficulty
        self.prompt = prompt
        self.system = system
        self.reference = reference
    }
}

/// A checkable answer. `calibration/prompts/README.md` describes the JSON.
public enum Reference: Sendable, Hashable {
    /// The last number of the answer is within `tolerance` of `value`.
    case number(value: Double, tolerance: Double)
    /// One of `any` occurs as whole words, none of `none`; case, punctuation, diacritics and white space folded.
    case text(any: [String], none: [String])
    /// Every string occurs, folded likewise.
    case all([String])
    /// POSIX extended regular expression, searched for; `flags`: `i` or empty.
    case regex(pattern: String, flags: String)
    /// The answer is JSON that is valid against this schema.
    case jsonSchema(JSONValue)
    /// The first code block of the answer, followed by `tests`, runs without an exception.
    case tests(language: String, entry: String, tests: String)
}
