public import FastJSON

extension ChatRequest {
    /// What routing looks at beyond ``ChatRequest``: made on demand, for routed requests only.
    public struct RoutingView: Sendable {
        public var responseFormat: ResponseFormat
        public var tools: [ToolDefinition]
        public var toolChoice: ToolChoice
        /// At least 1.
        public var messageCount: Int
        /// Bytes of UTF-8 of all message texts and tool-call arguments, decoded: the basis of a token estimate.
        public var promptBytes: Int
        /// Bytes of the `tools` and `response_format` members as sent: they are part of the prompt, too.
        public var definitionBytes: Int
        /// The text of the last message with role `user`, its parts joined by newlines, cut after ``ChatRequest/maxUserTextBytes``; empty when
        /// there is none. For classification; never logged.
        public var lastUserText: String
        /// Some message holds an image, audio or file part.
        public var hasNonTextParts: Bool
        /// The client's `metadata` members, as sent; empty when absent.
        public var metadata: [JSONMember]
        /// The client's `user`: an opaque end-user name.
        public var user: String?
    }

    /// ``RoutingView/lastUserText`` is cut at about this many bytes, on a character.
    public static let maxUserTextBytes = 8_192

    /// Reads messages, tools and response format: time linear in the body, without building a tree of the messages.
    ///
    /// - Throws: ``ChatRequestError`` naming the member (`messages[2].content`) when one does not have its documented shape.
    public func routingView() throws(ChatRequestError) -> RoutingView {
        var scan = MessageScan()
        if let messages = index["messages"] { try scan.run(over: body, messages: messages.value) }
        return RoutingView(
            responseFormat: try responseFormat(),
            tools: try tools(),
            toolChoice: toolChoice(),
            messageCount: scan.count,
            promptBytes: scan.promptBytes,
            definitionBytes: (index["tools"]?.value.count ?? 0) + (index["response_format"]?.value.count ?? 0),
            lastUserText: String(decoding: scan.lastUserText, as: UTF8.self),
            hasNonTextParts: scan.hasNonTextParts,
            metadata: tree("metadata")?.object ?? [],
            user: tree("user")?.string)
    }

    /// A small member as a tree; `nil` when absent or null.
    private func tree(_ name: String) -> JSONValue? {
        guard let value = index.value(name), !value.isNull else { return .none }
        return value
    }

    private func responseFormat() throws(ChatRequestError) -> ResponseFormat {
        guard let value = tree("response_format") else { return .text }
        guard value.object != nil else {
            throw .wrongType("response_format", expected: "an object", got: value.kindName)
        }
        guard let type = value["type"]?.string else {
            throw .missing("response_format.type", "'text', 'json_object' or 'json_schema'")
        }
        switch type {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            guard let definition = value["json_schema"], definition.object != nil else {
                throw .missing("response_format.json_schema", "an object with 'name' and 'schema'")
            }
            return .jsonSchema(name: definition["name"]?.string ?? "", schema: definition["schema"] ?? .null)
        default: return .other(type)
        }
    }

    /// Functions and custom tools, also of the older `functions`. Hosted tools have no schema to check and are passed on untouched.
    private func tools() throws(ChatRequestError) -> [ToolDefinition] {
        var definitions: [ToolDefinition] = []
        for (position, item) in try list("tools").enumerated() {
            guard item["type"]?.string ?? "function" == "function" else {
                if let name = item["custom"]?["name"]?.string { definitions.append(ToolDefinition(name: name, isFreeform: true)) }
                continue
            }
            definitions.append(try Self.function(item["function"] ?? .null, "tools[\(position)].function"))
        }
        for (position, item) in try list("functions").enumerated() {
            definitions.append(try Self.function(item, "functions[\(position)]"))
        }
        return definitions
    }

    private func list(_ name: String) throws(ChatRequestError) -> [JSONValue] {
        guard let value = tree(name) else { return [] }
        guard let items = value.array else { throw .wrongType(name, expected: "an array", got: value.kindName) }
        for (position, item) in items.enumerated() where item.object == nil {
            throw .wrongType("\(name)[\(position)]", expected: "an object", got: item.kindName)
        }
        return items
    }

    private static func function(_ value: JSONValue, _ param: String) throws(ChatRequestError) -> ToolDefinition {
        guard let name = value["name"]?.string else { throw .missing("\(param).name", "the function's name") }
        let parameters = value["parameters"]
        return ToolDefinition(name: name, parameters: parameters?.object == nil ? nil : parameters)
    }

    private func toolChoice() -> ToolChoice {
        switch tree("tool_choice") ?? tree("function_call") {
        case nil: .unspecified
        case .string("none"): .none
        case .string("auto"): .auto
        case .string("required"): .required
        case .some(let value): (value["function"] ?? value)["name"]?.string.map { .function($0) } ?? .other
        }
    }
}

extension JSONValue {
    /// What kind of value this is, with its article, for messages.
    var kindName: String {
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
