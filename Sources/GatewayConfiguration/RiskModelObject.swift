import FastJSON

/// An object of the artefact that is read member by member and then must hold nothing else.
struct RiskModelObject {
    private let path: String
    private var unread: [JSONMember]
    private var known: [String] = []

    /// - Parameter path: where the object stands, for errors; empty for the document.
    init(_ value: JSONValue, at path: String) throws(RiskModelArtefactError) {
        guard let members = value.object else {
            throw .invalid(member: path.isEmpty ? "the document" : path, problem: "is \(value.kind); expected an object")
        }
        self.path = path
        unread = members
    }

    func holds(_ name: String) -> Bool { unread.contains { $0.name == name } }

    mutating func string(_ name: String) throws(RiskModelArtefactError) -> String {
        let text = try required(name, expected: { "a text" }) { $0.string }
        guard !text.isEmpty else { throw .invalid(member: path(to: name), problem: "is empty; expected a text") }
        return text
    }

    mutating func int(_ name: String) throws(RiskModelArtefactError) -> Int {
        try required(name, expected: { "a whole number" }) { $0.int }
    }

    mutating func double(_ name: String) throws(RiskModelArtefactError) -> Double {
        try required(name, expected: { "a number" }) { $0.double }
    }

    mutating func array(_ name: String) throws(RiskModelArtefactError) -> [JSONValue] {
        try required(name, expected: { "an array" }) { $0.array }
    }

    mutating func object(_ name: String) throws(RiskModelArtefactError) -> RiskModelObject {
        try RiskModelObject(required(name, expected: { "an object" }) { $0 }, at: path(to: name))
    }

    mutating func oneOf<Choice: RawRepresentable<String>>(_ name: String, _ choices: [Choice]) throws(RiskModelArtefactError) -> Choice {
        let text = try string(name)
        if let choice = choices.first(where: { $0.rawValue == text }) { return choice }
        let expected = choices.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw .invalid(member: path(to: name), problem: "is \"\(text)\"; expected one of \(expected)")
    }

    /// The member's value; `nil` when it is absent. `null` is not absent.
    mutating func optional<Value>(
        _ name: String, _ convert: (JSONValue) -> Value?, expected: () -> String
    ) throws(RiskModelArtefactError) -> Value? {
        known.append(name)
        guard let index = unread.firstIndex(where: { $0.name == name }) else { return nil }
        let value = unread.remove(at: index).value
        guard !holds(name) else { throw .invalid(member: path(to: name), problem: "is there twice; expected it once") }
        guard let converted = convert(value) else {
            throw .invalid(member: path(to: name), problem: "is \(value.kind); expected \(expected())")
        }
        return converted
    }

    /// Nothing may be left.
    func finish() throws(RiskModelArtefactError) {
        guard let member = unread.first else { return }
        let hint =
            EditDistance.nearest(to: member.name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "expected \(known.joined(separator: ", "))"
        throw .invalid(member: path(to: member.name), problem: "is not a member of the format; \(hint)")
    }

    private mutating func required<Value>(
        _ name: String, expected: () -> String, _ convert: (JSONValue) -> Value?
    ) throws(RiskModelArtefactError) -> Value {
        guard let value = try optional(name, convert, expected: expected) else {
            throw .invalid(member: path(to: name), problem: "is missing; expected \(expected())")
        }
        return value
    }

    private func path(to name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

extension JSONValue {
    /// What a reader of an error message calls it.
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .int, .double: "the number \(double ?? 0)"
        case .string(let text): "the text \"\(text.prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
