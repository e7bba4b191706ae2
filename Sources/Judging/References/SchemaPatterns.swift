internal import FastJSON

/// The `pattern` keyword of a reference's schema, which ``ChatAPI/JSONSchemaValidator`` leaves out because it must not run a client's
/// expression. References are the operator's own.
///
/// Looked at where `properties`, `items` and `prefixItems` lead; read as POSIX extended expressions, not as ECMA-262's.
enum SchemaPatterns {
    /// The first string that does not match the pattern its schema has; `nil` when all do.
    static func mismatch(of value: JSONValue, _ schema: JSONValue, path: String = "") -> String? {
        if let pattern = schema["pattern"]?.string, let text = value.string {
            guard let expression = try? RegularExpression(pattern, ignoresCase: false), (try? expression.occurs(in: text)) == true else {
                return "\(path.isEmpty ? "the string" : path) does not match \(pattern)"
            }
        }
        for member in schema["properties"]?.object ?? [] {
            guard let inner = value[member.name] else { continue }
            if let found = mismatch(of: inner, member.value, path: "\(path)/\(member.name)") { return found }
        }
        guard let elements = value.array else { return nil }
        let prefix = schema["prefixItems"]?.array ?? []
        for (index, element) in elements.enumerated() {
            guard let inner = index < prefix.count ? prefix[index] : schema["items"] else { continue }
            if let found = mismatch(of: element, inner, path: "\(path)/\(index)") { return found }
        }
        return nil
    }

    /// The first pattern that cannot be compiled.
    static func problem(in schema: JSONValue) -> String? {
        if let pattern = schema["pattern"]?.string {
            do throws(RegularExpression.Problem) {
                _ = try RegularExpression(pattern, ignoresCase: false)
            } catch {
                return "\"\(pattern)\" is not a POSIX extended regular expression: \(error.message)"
            }
        }
        let inner = (schema["properties"]?.object ?? []).map(\.value) + (schema["prefixItems"]?.array ?? []) + [schema["items"] ?? .null]
        for schema in inner where schema.object != nil {
            if let problem = problem(in: schema) { return problem }
        }
        return nil
    }
}
