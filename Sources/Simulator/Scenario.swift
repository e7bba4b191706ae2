import FastJSON

/// Rules that give models and prompts their behaviour. The first rule that matches decides; without one the words of the model name do.
public struct Scenario: Sendable, Hashable {
    /// Which requests behave how.
    public struct Rule: Sendable, Hashable {
        /// The exact model name, or its beginning followed by `*`; `nil` matches every model.
        public var model: String?
        /// Substrings of the last user message's first 4,096 characters, compared without regard to case; one of them suffices. Empty
        /// matches every prompt.
        public var promptContains: [String]
        /// What matching requests get.
        public var behaviour: Behaviour
        /// Matches only so many requests, then never again; `nil`: always.
        public var times: Int?

        /// Without conditions the rule matches every request.
        public init(model: String? = nil, promptContains: [String] = [], behaviour: Behaviour, times: Int? = nil) {
            self.model = model
            self.promptContains = promptContains.map { $0.lowercased() }
            self.behaviour = behaviour
            self.times = times
        }

        func matches(model: String, prompt: String) -> Bool {
            if let wanted = self.model {
                guard wanted.hasSuffix("*") ? model.hasPrefix(wanted.dropLast()) : model == wanted else { return false }
            }
            return promptContains.isEmpty || promptContains.contains { prompt.contains($0) }
        }
    }

    /// Characters of the prompt that rules look at.
    static let promptLimit = 4_096

    /// Names listed by `GET /v1/models`.
    public var models: [String]
    /// At most 1,000.
    public var rules: [Rule]

    /// Without rules every model behaves as its name says.
    public init(models: [String] = ["sim-drafter", "sim-heavyweight"], rules: [Rule] = []) {
        self.models = models
        self.rules = rules
    }
}

/// What is wrong with a scenario file.
public struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place in the file, what was found, what would be right.
    public var description: String
}

extension Scenario {
    /// Reads a scenario file; its format is in `docs/simulator.md`. Unknown members are errors.
    public init(json bytes: [UInt8]) throws(ScenarioError) {
        let root: JSONValue
        do {
            root = try JSONValue.parse(bytes)
        } catch {
            throw ScenarioError(description: "The scenario is not JSON: \(error)")
        }
        let members = try Self.members(of: root, at: "scenario", known: ["models", "rules"])
        self.init()
        if let models = members["models"] { self.models = try Self.strings(models, at: "models") }
        guard let rules = members["rules"] else { return }
        guard let elements = rules.array, elements.count <= 1_000 else {
            throw ScenarioError(description: "rules: expected an array of at most 1,000 rules.")
        }
        for (index, element) in elements.enumerated() { self.rules.append(try Self.rule(element, at: "rules[\(index)]")) }
    }

    private static func rule(_ value: JSONValue, at path: String) throws(ScenarioError) -> Rule {
        let members = try members(
            of: value, at: path, known: ["model", "prompt_contains", "behaviour", "text", "entropy", "times"])
        let words = if let given = members["behaviour"] { try string(given, at: "\(path).behaviour") } else { "" }
        var behaviour = Behaviour(words: words)
        if let text = members["text"] { behaviour.content = .text(try string(text, at: "\(path).text")) }
        if let entropy = members["entropy"] { behaviour.entropy = try segments(entropy, at: "\(path).entropy") }
        var prompts: [String] = []
        if let wanted = members["prompt_contains"] {
            if let one = wanted.string { prompts = [one] } else { prompts = try strings(wanted, at: "\(path).prompt_contains") }
        }
        var times: Int?
        if let given = members["times"] {
            guard let count = given.int, count > 0 else {
                throw ScenarioError(description: "\(path).times: expected a whole number above 0.")
            }
            times = count
        }
        let model: String? = if let given = members["model"] { try string(given, at: "\(path).model") } else { nil }
        return Rule(model: model, promptContains: prompts, behaviour: behaviour, times: times)
    }

    private static func segments(_ value: JSONValue, at path: String) throws(ScenarioError) -> [EntropySegment] {
        guard let elements = value.array, !elements.isEmpty, elements.count <= 1_000 else {
            throw ScenarioError(description: "\(path): expected an array of 1...1,000 numbers (bits) or {\"tokens\", \"bits\"} objects.")
        }
        var segments: [EntropySegment] = []
        for (index, element) in elements.enumerated() {
            let bits = element.double ?? element["bits"]?.double
            let tokens = element.double == nil ? element["tokens"]?.int ?? 1 : 1
            guard let bits, (0...EntropyTable.maximumBits + 0.001).contains(bits), tokens > 0 else {
                throw ScenarioError(description: "\(path)[\(index)]: expected 0...4.32 bits for at least 1 token.")
            }
            segments.append(EntropySegment(tokens: tokens, bits: bits))
        }
        return segments
    }

    // MARK: - Checked access

    private static func members(of value: JSONValue, at path: String, known: Set<String>) throws(ScenarioError) -> [String: JSONValue] {
        guard let object = value.object else { throw ScenarioError(description: "\(path): expected an object.") }
        var members: [String: JSONValue] = [:]
        for member in object {
            guard known.contains(member.name) else {
                throw ScenarioError(
                    description: "\(path): unknown member '\(member.name)'; known are \(known.sorted().joined(separator: ", ")).")
            }
            members[member.name] = member.value
        }
        return members
    }

    private static func string(_ value: JSONValue, at path: String) throws(ScenarioError) -> String {
        guard let text = value.string else { throw ScenarioError(description: "\(path): expected a string.") }
        return text
    }

    private static func strings(_ value: JSONValue, at path: String) throws(ScenarioError) -> [String] {
        guard let elements = value.array else { throw ScenarioError(description: "\(path): expected an array of strings.") }
        var texts: [String] = []
        for (index, element) in elements.enumerated() { texts.append(try string(element, at: "\(path)[\(index)]")) }
        return texts
    }
}
