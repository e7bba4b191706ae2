import FastJSON

/// The members of a chat completion request that the simulator answers to.
struct ChatRequest: Sendable {
    struct Tool: Sendable {
        var name: String
        var parameters: JSONValue
    }

    enum ResponseFormat: Sendable {
        case text
        case jsonObject
        case jsonSchema(JSONValue)
    }

    /// What is wrong with a request, in OpenAI's terms: answered with 400.
    struct Invalid: Error {
        var message: String
        var parameter: String?
    }

    var model: String
    var isStream: Bool
    var includesUsage: Bool
    /// `nil`: logprobs were not asked for; otherwise the alternatives per token, 0...20.
    var topLogprobs: Int?
    var choices: Int
    var maxTokens: Int?
    var tools: [Tool]
    var format: ResponseFormat
    var lastUserText: String
    var promptHash: UInt64
    var promptTokens: Int

    init(_ body: JSONValue) throws(Invalid) {
        guard body.object != nil else { throw Invalid(message: "The request body is not a JSON object.") }
        guard let model = body["model"]?.string, !model.isEmpty else {
            throw Invalid(message: "you must provide a model parameter", parameter: "model")
        }
        guard let messages = body["messages"]?.array, !messages.isEmpty else {
            throw Invalid(message: "Missing required parameter: 'messages'.", parameter: "messages")
        }
        self.model = model
        isStream = body["stream"]?.bool ?? false
        includesUsage = body["stream_options"]?["include_usage"]?.bool ?? false
        topLogprobs = try Self.topLogprobs(body)
        choices = body["n"]?.int ?? 1
        guard (1...8).contains(choices) else { throw Invalid(message: "'n' must be between 1 and 8 here.", parameter: "n") }
        maxTokens = body["max_completion_tokens"]?.int ?? body["max_tokens"]?.int
        if let maxTokens, maxTokens < 1 { throw Invalid(message: "'max_tokens' must be at least 1.", parameter: "max_tokens") }
        tools = (body["tools"]?.array ?? []).compactMap { tool in
            guard let function = tool["function"], let name = function["name"]?.string else { return nil }
            return Tool(name: name, parameters: function["parameters"] ?? ["type": "object", "properties": [:]])
        }
        switch body["response_format"]?["type"]?.string {
        case "json_object": format = .jsonObject
        case "json_schema": format = .jsonSchema(body["response_format"]?["json_schema"]?["schema"] ?? [:])
        default: format = .text
        }
        lastUserText = messages.last { $0["role"]?.string == "user" }.map { Self.text($0["content"]) } ?? ""
        var hash = StableHash()
        promptTokens = 3
        for message in messages {
            let text = Self.text(message["content"])
            hash.combine(message["role"]?.string ?? "")
            hash.combine(text)
            promptTokens += 3 + Tokeniser.count(of: text)
        }
        promptHash = hash.value
    }

    private static func topLogprobs(_ body: JSONValue) throws(Invalid) -> Int? {
        let asked = body["logprobs"]?.bool ?? false
        guard let top = body["top_logprobs"], !top.isNull else { return asked ? 0 : nil }
        guard let count = top.int, (0...EntropyTable.listLength).contains(count) else {
            throw Invalid(message: "Invalid value for 'top_logprobs': must be between 0 and 20.", parameter: "top_logprobs")
        }
        guard asked else {
            throw Invalid(message: "'logprobs' must be true when 'top_logprobs' is given.", parameter: "top_logprobs")
        }
        return count
    }

    /// The text of a message's content, which is a string or an array of parts.
    private static func text(_ content: JSONValue?) -> String {
        if let text = content?.string { return text }
        return (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
}
