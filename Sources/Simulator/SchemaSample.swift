import FastJSON

/// Makes a value that obeys a JSON schema, where the schema is simple: types, enums, constants, required and optional properties,
/// items, bounds, local references, and the first branch of `anyOf`, `oneOf` and `allOf`.
struct SchemaSample {
    private let root: JSONValue

    init(schema: JSONValue) { root = schema }

    /// A valid value.
    func valid() -> JSONValue { value(of: root, depth: 0) }

    /// JSON that parses and violates the schema.
    func mismatched() -> JSONValue {
        guard case .object(let members)? = Optional(valid()), !members.isEmpty else {
            return root["type"]?.string == "array" ? ["wrong": true] : [true]
        }
        // Every member gets a wrong type: whichever of them the schema constrains, it is violated.
        return .object(
            members.map { member in
                switch member.value {
                case .array: JSONMember(member.name, "not an array")
                default: JSONMember(member.name, [1, "wrong"])
                }
            })
    }

    private func value(of schema: JSONValue, depth: Int) -> JSONValue {
        // Recursive schemas end here: deep enough for anything a test writes.
        guard depth < 16 else { return .null }
        if let reference = schema["$ref"]?.string { return value(of: resolve(reference), depth: depth + 1) }
        if let constant = schema["const"] { return constant }
        if let first = schema["enum"]?.array?.first { return first }
        for name in ["anyOf", "oneOf", "allOf"] {
            if let first = schema[name]?.array?.first { return value(of: first, depth: depth + 1) }
        }
        let type = schema["type"]?.string ?? schema["type"]?.array?.first?.string ?? (schema["properties"] == nil ? "string" : "object")
        switch type {
        case "object":
            return .object((schema["properties"]?.object ?? []).map { JSONMember($0.name, value(of: $0.value, depth: depth + 1)) })
        case "array":
            let item = schema["items"].map { value(of: $0, depth: depth + 1) } ?? "item"
            return .array(Array(repeating: item, count: min(max(schema["minItems"]?.int ?? 1, 0), 64)))
        case "integer": return .int(Int64(bounded(schema, step: 1).rounded(.up)))
        case "number": return .double(bounded(schema, step: 0.5))
        case "boolean": return true
        case "null": return nil
        default: return .string(text(for: schema))
        }
    }

    private func resolve(_ reference: String) -> JSONValue {
        guard reference.hasPrefix("#") else { return ["type": "string"] }
        var node = root
        for name in reference.dropFirst().split(separator: "/") {
            guard let next = node[String(name)] else { return ["type": "string"] }
            node = next
        }
        return node
    }

    private func bounded(_ schema: JSONValue, step: Double) -> Double {
        if let low = schema["minimum"]?.double { return low }
        if let low = schema["exclusiveMinimum"]?.double { return low + step }
        if let high = schema["maximum"]?.double { return min(high, 7) }
        if let high = schema["exclusiveMaximum"]?.double { return min(high - step, 7) }
        return 7
    }

    private func text(for schema: JSONValue) -> String {
        switch schema["format"]?.string {
        case "date": return "2024-05-17"
        case "date-time": return "2024-05-17T12:00:00Z"
        case "time": return "12:00:00Z"
        case "email": return "ada@example.com"
        case "uri": return "https://example.com/"
        case "uuid": return "123e4567-e89b-12d3-a456-426614174000"
        default: break
        }
        let longest = max(schema["maxLength"]?.int ?? 1_000, 0)
        let shortest = min(max(schema["minLength"]?.int ?? 0, 0), longest)
        let word = "Paris"
        let repeated = String(repeating: word + " ", count: shortest / word.count + 1)
        return shortest > word.count ? String(repeated.prefix(shortest)) : String(word.prefix(longest))
    }
}
