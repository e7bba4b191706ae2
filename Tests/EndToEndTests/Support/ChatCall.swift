import FastJSON

/// A chat completion request.
struct ChatCall {
    var model = "auto"
    var isStreaming = false
    var wantsUsage = false
    var prompt = "Why is the sky blue?"
    /// Members of the body beside `model`, `messages`, `stream` and `stream_options`.
    var extra: [(String, JSONValue)] = []
    var headers: [(String, String)] = []

    init(
        _ model: String = "auto", streaming: Bool = false, usage: Bool = false, prompt: String? = nil, extra: [(String, JSONValue)] = [],
        headers: [(String, String)] = []
    ) {
        self.model = model
        isStreaming = streaming
        wantsUsage = usage
        if let prompt { self.prompt = prompt }
        self.extra = extra
        self.headers = headers
    }

    /// The same call in the release mode, as a header.
    func released(_ mode: String) -> ChatCall {
        var call = self
        call.headers.append(("x-qualm-release", mode))
        return call
    }

    var body: [UInt8] {
        var members = [
            JSONMember("model", .string(model)), JSONMember("messages", [["role": "user", "content": .string(prompt)]]),
        ]
        if isStreaming { members.append(JSONMember("stream", true)) }
        if wantsUsage && isStreaming { members.append(JSONMember("stream_options", ["include_usage": true])) }
        return JSONValue.object(members + extra.map { JSONMember($0.0, $0.1) }).serialized()
    }
}

/// Two tools whose schemas the simulator's answers obey, or not.
enum Tools {
    static let two: JSONValue = [
        [
            "type": "function",
            "function": [
                "name": "weather",
                "parameters": [
                    "type": "object", "properties": ["city": ["type": "string"], "days": ["type": "integer"]],
                    "required": ["city", "days"],
                    "additionalProperties": false,
                ],
            ],
        ],
        [
            "type": "function",
            "function": [
                "name": "clock",
                "parameters": ["type": "object", "properties": ["zone": ["type": "string"]], "required": ["zone"]],
            ],
        ],
    ]
}

/// A schema for `response_format`.
enum Formats {
    static let city: JSONValue = [
        "type": "json_schema",
        "json_schema": [
            "name": "city", "strict": true,
            "schema": [
                "type": "object", "properties": ["name": ["type": "string"], "people": ["type": "integer"]],
                "required": ["name", "people"], "additionalProperties": false,
            ],
        ],
    ]
}
