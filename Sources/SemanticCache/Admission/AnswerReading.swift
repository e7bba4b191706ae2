internal import FastJSON

/// What a `chat.completion` says: the text and the tool calls of its only choice.
struct AnswerReading: Sendable, Hashable {
    struct Call: Sendable, Hashable {
        var name: String
        /// Arguments as a tree, so that spelling does not matter; as a string when they are not JSON.
        var arguments: JSONValue
    }

    var text: String
    var calls: [Call]

    /// More than white space.
    var hasText: Bool { text.contains { !$0.isWhitespace } }

    /// - Returns: `nil` for a body that is not a completion with exactly one choice.
    init?(_ body: [UInt8]) {
        guard let index = try? JSONObjectIndex(body), let choices = index.value("choices")?.array, choices.count == 1,
            let message = choices[0]["message"], message.object != nil
        else { return nil }
        text = Self.text(of: message["content"])
        calls = (message["tool_calls"]?.array ?? []).map(Self.call)
        if let older = message["function_call"], older.object != nil { calls.append(Self.call(["function": older])) }
    }

    /// A string, or parts some of which are text.
    private static func text(of content: JSONValue?) -> String {
        if let text = content?.string { return text }
        return (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    private static func call(_ call: JSONValue) -> Call {
        if let function = call["function"] {
            let arguments = function["arguments"] ?? .null
            return Call(
                name: function["name"]?.string ?? "",
                arguments: arguments.string.flatMap { try? JSONValue.parse($0) }.map(canonical) ?? canonical(arguments))
        }
        // A custom tool: free text.
        return Call(name: call["custom"]?["name"]?.string ?? "", arguments: call["custom"]?["input"] ?? .null)
    }

    /// Members by name, numbers by value. Nested as deep as the parser lets them be.
    private static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            // Of duplicates the last, as most readers do.
            let last = Dictionary(members.map { ($0.name, $0.value) }) { _, later in later }
            return .object(last.sorted { $0.key < $1.key }.map { JSONMember($0.key, canonical($0.value)) })
        case .array(let elements): return .array(elements.map(canonical))
        case .double(let number): return Int64(exactly: number).map { .int($0) } ?? value
        default: return value
        }
    }
}
