internal import FastJSON

/// The members of one JSON object with their place, for messages that name what is wrong.
struct JSONFields {
    private let members: [JSONMember]
    private let path: String

    /// - Parameter path: of the object in its line; empty for the line itself.
    init(_ value: JSONValue, path: String = "") throws(CalibrationDataError) {
        guard case .object(let members) = value else {
            throw CalibrationDataError(.malformed, member: path.isEmpty ? nil : path, "must be a JSON object, not \(value.kind)")
        }
        self.members = members
        self.path = path
    }

    /// The line of a file.
    init(line: [UInt8]) throws(CalibrationDataError) {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(line)
        } catch {
            throw CalibrationDataError(.malformed, column: error.column, "is not JSON: \(error.message)")
        }
        try self.init(value)
    }

    /// The member's value; `nil` when it is absent or null. Of two members of one name the last counts.
    subscript(name: String) -> JSONValue? {
        guard let value = members.last(where: { $0.name == name })?.value, !value.isNull else { return nil }
        return value
    }

    /// The member is there, and null.
    func isNull(_ name: String) -> Bool { members.last { $0.name == name }?.value.isNull ?? false }

    func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func error(_ name: String, _ message: String) -> CalibrationDataError {
        CalibrationDataError(.malformed, member: path(name), message)
    }

    /// - Throws: for a member of another name: one that is mistyped would otherwise be left out without a word.
    func refuseOthers(than known: [String]) throws(CalibrationDataError) {
        guard let stranger = members.first(where: { !known.contains($0.name) })?.name else { return }
        let near = known.filter { Self.distance(stranger.lowercased(), $0) <= 2 }.min {
            Self.distance(stranger.lowercased(), $0) < Self.distance(stranger.lowercased(), $1)
        }
        throw error(
            String(stranger.prefix(64)),
            "is not known here; known are \(known.map { "'\($0)'" }.joined(separator: ", "))"
                + (near.map { ": is '\($0)' meant?" } ?? ""))
    }

    /// Letters to change, insert or leave out (Levenshtein). Only of names that are about equally long.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard abs(left.count - right.count) <= 2 else { return .max }
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                (diagonal, row[j + 1]) = (row[j + 1], min(row[j] + 1, row[j + 1] + 1, diagonal + (byte == other ? 0 : 1)))
            }
        }
        return row[right.count]
    }

    // MARK: Members that may be absent

    func optionalString(_ name: String) throws(CalibrationDataError) -> String? {
        guard let value = self[name] else { return nil }
        guard let string = value.string else { throw error(name, "must be a string, not \(value.kind)") }
        return string
    }

    func optionalDouble(_ name: String) throws(CalibrationDataError) -> Double? {
        guard let value = self[name] else { return nil }
        guard let number = value.double else { throw error(name, "must be a number, not \(value.kind)") }
        return number
    }

    func optionalInt(_ name: String) throws(CalibrationDataError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.int else { throw error(name, "must be a whole number, not \(value.kind)") }
        return number
    }

    func optionalBool(_ name: String) throws(CalibrationDataError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard let bool = value.bool else { throw error(name, "must be true or false, not \(value.kind)") }
        return bool
    }

    func optionalArray(_ name: String) throws(CalibrationDataError) -> [JSONValue]? {
        guard let value = self[name] else { return nil }
        guard let array = value.array else { throw error(name, "must be an array, not \(value.kind)") }
        return array
    }

    func optionalObject(_ name: String) throws(CalibrationDataError) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value, path: path(name))
    }

    // MARK: Members that must be there

    func string(_ name: String) throws(CalibrationDataError) -> String { try required(name, "a string", try optionalString(name)) }
    func double(_ name: String) throws(CalibrationDataError) -> Double { try required(name, "a number", try optionalDouble(name)) }
    func int(_ name: String) throws(CalibrationDataError) -> Int { try required(name, "a whole number", try optionalInt(name)) }
    func bool(_ name: String) throws(CalibrationDataError) -> Bool { try required(name, "true or false", try optionalBool(name)) }
    func array(_ name: String) throws(CalibrationDataError) -> [JSONValue] { try required(name, "an array", try optionalArray(name)) }
    func object(_ name: String) throws(CalibrationDataError) -> JSONFields { try required(name, "an object", try optionalObject(name)) }

    /// A string with one of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type
    ) throws(CalibrationDataError) -> Word where Word.RawValue == String {
        let string = try string(name)
        guard let word = Word(rawValue: string) else {
            throw error(name, "must be one of \(Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")), not '\(string)'")
        }
        return word
    }

    /// An array of strings.
    func strings(_ name: String) throws(CalibrationDataError) -> [String] {
        var strings: [String] = []
        for (index, item) in try array(name).enumerated() {
            guard let string = item.string else { throw error("\(name)[\(index)]", "must be a string, not \(item.kind)") }
            strings.append(string)
        }
        return strings
    }

    private func required<Value>(_ name: String, _ expected: String, _ value: Value?) throws(CalibrationDataError) -> Value {
        guard let value else { throw error(name, "is missing: it must be \(expected)") }
        return value
    }
}

extension JSONValue {
    /// What kind of value this is, with its article, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
