public import FastJSON

extension Reference {
    /// Reads the JSON of a prompt set: `{"type":"number","value":42,"tolerance":0}`, `{"type":"text","any":[...],"none":[...]}`,
    /// `{"type":"all","of":[...]}`, `{"type":"regex","pattern":"...","flags":"i"}`, `{"type":"json_schema","schema":{...}}`,
    /// `{"type":"tests","language":"python","entry":"f","tests":"..."}`.
    ///
    /// - Parameter path: of the value in its line, for messages.
    /// - Throws: ``CalibrationDataError`` naming the member, without file and line.
    public init(json: JSONValue, path: String = "reference") throws(CalibrationDataError) {
        let fields = try JSONFields(json, path: path)
        let type = try fields.string("type")
        if let members = Self.members[type] { try fields.refuseOthers(than: ["type"] + members) }
        switch type {
        case "number":
            let tolerance = try fields.optionalDouble("tolerance") ?? 0
            guard tolerance >= 0 else { throw fields.error("tolerance", "must not be negative") }
            self = .number(value: try fields.double("value"), tolerance: tolerance)
        case "text":
            self = .text(any: try Self.words("any", fields), none: fields["none"] == nil ? [] : try fields.strings("none"))
        case "all": self = .all(try Self.words("of", fields))
        case "regex":
            let flags = try fields.optionalString("flags") ?? ""
            guard flags.isEmpty || flags == "i" else { throw fields.error("flags", "must be 'i' or empty, not '\(flags)'") }
            self = .regex(pattern: try fields.string("pattern"), flags: flags)
        case "json_schema":
            guard let schema = fields["schema"], schema.object != nil else { throw fields.error("schema", "must be a JSON object") }
            self = .jsonSchema(schema)
        case "tests":
            self = .tests(
                language: try fields.string("language"), entry: try fields.string("entry"), tests: try fields.string("tests"))
        default:
            throw fields.error(
                "type", "must be one of 'number', 'text', 'all', 'regex', 'json_schema', 'tests', not '\(type)'")
        }
    }

    /// Of each type, besides the type.
    private static let members: [String: [String]] = [
        "number": ["value", "tolerance"], "text": ["any", "none"], "all": ["of"], "regex": ["pattern", "flags"], "json_schema": ["schema"],
        "tests": ["language", "entry", "tests"],
    ]

    /// At least one string, none of them empty: an empty one occurs in every answer.
    private static func words(_ name: String, _ fields: JSONFields) throws(CalibrationDataError) -> [String] {
        let words = try fields.strings(name)
        guard !words.isEmpty, !words.contains("") else { throw fields.error(name, "must hold strings, none of them empty") }
        return words
    }
}
