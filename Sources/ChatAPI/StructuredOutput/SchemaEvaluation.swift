internal import FastJSON

/// One check of one value: the walk over schema and value together, with its bounds.
struct SchemaEvaluation {
    typealias Violation = JSONSchemaValidator.Violation

    let root: JSONValue
    let maxDepth: Int
    private(set) var stepsLeft: Int
    /// Set once a bound was hit: no alternative may then turn the failure into success.
    private(set) var isExhausted = false
    private var path: [String] = []
    private var depth = 0

    init(root: JSONValue, maxDepth: Int, maxSteps: Int) {
        self.root = root
        self.maxDepth = maxDepth
        stepsLeft = maxSteps
    }

    mutating func check(_ value: JSONValue, _ schema: JSONValue) throws(Violation) {
        try spendStep()
        depth += 1
        defer { depth -= 1 }
        guard depth <= maxDepth else {
            isExhausted = true
            throw violation("not checked: the schema is nested or recursive beyond \(maxDepth) levels")
        }
        switch schema {
        case .bool(false): throw violation("no value is allowed here")
        case .object(let keywords):
            if value.isNull, schema["nullable"]?.bool == true { return }
            try checkReference(value, keywords)
            try checkType(value, schema)
            try checkCombinations(value, schema)
            switch value {
            case .object(let members): try checkObject(members, schema)
            case .array(let elements): try checkArray(elements, schema)
            case .string(let text): try checkText(text, schema)
            case .int, .double: try checkNumber(value, schema)
            case .null, .bool: break
            }
        default: break
        }
    }

    /// Checks below the current path.
    mutating func check(_ value: JSONValue, _ schema: JSONValue, at step: String) throws(Violation) {
        path.append(step)
        defer { path.removeLast() }
        try check(value, schema)
    }

    /// Whether the value satisfies the schema; a bound that is hit on the way fails the whole check.
    mutating func accepts(_ value: JSONValue, _ schema: JSONValue) throws(Violation) -> Bool {
        do {
            try check(value, schema)
            return true
        } catch {
            if isExhausted { throw error }
            return false
        }
    }

    mutating func spendStep() throws(Violation) {
        stepsLeft -= 1
        guard stepsLeft >= 0 else {
            isExhausted = true
            throw violation("not checked: schema and value together are too large")
        }
    }

    func violation(_ message: String, at step: String? = nil) -> Violation {
        let steps = step.map { path + [$0] } ?? path
        return Violation(path: steps.map { "/" + Self.escaped($0) }.joined(), message: message)
    }

    /// RFC 6901: `~` is `~0` and `/` is `~1`. Bounded, since it comes from a model.
    private static func escaped(_ step: String) -> String {
        var text = ""
        for scalar in step.unicodeScalars.prefix(64) {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    // MARK: Keywords for every type

    private mutating func checkReference(_ value: JSONValue, _ keywords: [JSONMember]) throws(Violation) {
        for keyword in keywords where keyword.name == "$ref" {
            guard let pointer = keyword.value.string, let target = resolve(pointer) else { return }
            try check(value, target)
        }
    }

    /// `#`, `#/$defs/name` and any other JSON pointer into the root schema.
    private func resolve(_ reference: String) -> JSONValue? {
        guard reference.first == "#" else { return nil }
        var target = root
        for step in reference.dropFirst().split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = Self.unescaped(step)
            switch target {
            case .object:
                guard let member = target[name] else { return nil }
                target = member
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return nil }
                target = elements[index]
            default: return nil
            }
        }
        return reference == "#" || reference.hasPrefix("#/") ? target : nil
    }

    private static func unescaped(_ step: Substring) -> String {
        var text = ""
        var isEscape = false
        for character in step {
            if isEscape {
                text += character == "0" ? "~" : character == "1" ? "/" : "~\(character)"
                isEscape = false
            } else if character == "~" {
                isEscape = true
            } else {
                text.append(character)
            }
        }
        return text
    }

    private func checkType(_ value: JSONValue, _ schema: JSONValue) throws(Violation) {
        if let type = schema["type"] {
            let names = type.array?.compactMap(\.string) ?? type.string.map { [$0] } ?? []
            if !names.isEmpty, !names.contains(where: { value.hasSchemaType($0) }) {
                throw violation("expected \(names.joined(separator: " or ")), but got \(value.kindName)")
            }
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(where: { $0.isEquivalent(to: value) }) {
            let shown = allowed.prefix(8).map(Self.shown).joined(separator: ", ") + (allowed.count > 8 ? ", ..." : "")
            throw violation("expected one of \(shown), but got \(Self.shown(value))")
        }
        if let constant = schema["const"], !constant.isEquivalent(to: value) {
            throw violation("expected \(Self.shown(constant)), but got \(Self.shown(value))")
        }
    }

    static func shown(_ value: JSONValue) -> String {
        switch value {
        case .object, .array: return value.kindName
        default:
            let text = String(decoding: value.serialized(), as: UTF8.self)
            return text.count > 40 ? text.prefix(40) + "..." : text
        }
    }

    private mutating func checkCombinations(_ value: JSONValue, _ schema: JSONValue) throws(Violation) {
        for part in schema["allOf"]?.array ?? [] { try check(value, part) }
        if let parts = schema["anyOf"]?.array, !parts.isEmpty { try checkAny(value, parts) }
        if let parts = schema["oneOf"]?.array, !parts.isEmpty {
            var matches = 0
            for part in parts where try accepts(value, part) { matches += 1 }
            if matches == 0 { try checkAny(value, parts) }
            if matches > 1 { throw violation("matches \(matches) schemas of oneOf, but must match exactly one") }
        }
        if let part = schema["not"], try accepts(value, part) { throw violation("matches the schema of not") }
        if let condition = schema["if"] {
            if let branch = try accepts(value, condition) ? schema["then"] : schema["else"] { try check(value, branch) }
        }
    }

    /// With one candidate of the value's type its own violation says more than "none matches".
    private mutating func checkAny(_ value: JSONValue, _ parts: [JSONValue]) throws(Violation) {
        var deepest: Violation?
        for part in parts {
            do {
                try check(value, part)
                return
            } catch {
                if isExhausted { throw error }
                if error.path.utf8.count > deepest?.path.utf8.count ?? -1 { deepest = error }
            }
        }
        let here = violation("")
        if let deepest, deepest.path.utf8.count > here.path.utf8.count { throw deepest }
        throw violation("matches none of the \(parts.count) allowed schemas" + (parts.count == 1 ? ": \(deepest?.message ?? "")" : ""))
    }
}
