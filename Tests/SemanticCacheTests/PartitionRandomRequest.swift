import FastJSON
import GatewayTesting

@testable import SemanticCache

/// A request and what it is asked with.
struct RandomRequest {
    var members: [JSONMember] = []
    var tenant = ["Bearer key"]
    var policy = "gpt-4o-mini>gpt-4o"

    init(_ generator: inout SeededGenerator) {
        func flip() -> Bool { Bool.random(using: &generator) }
        func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: elements.indices, using: &generator)] }
        var messages: [JSONValue] = []
        if flip() { messages.append(["role": "system", "content": .string(Self.text(&generator))]) }
        for turn in 0..<Int.random(in: 0...2, using: &generator) {
            messages.append(["role": "user", "content": .string(Self.text(&generator))])
            if flip() {
                messages.append(["role": "assistant", "content": .string(Self.text(&generator))])
            } else {
                let call: JSONValue = [
                    "id": .string("c\(turn)"), "type": "function", "function": ["name": "get_x", "arguments": "{\"a\": 1}"],
                ]
                messages.append(["role": "assistant", "content": .null, "tool_calls": [call]])
                messages.append(["role": "tool", "tool_call_id": .string("c\(turn)"), "content": .string(Self.text(&generator))])
            }
        }
        messages.append(["role": "user", "content": .string(Self.text(&generator))])
        members = [JSONMember("model", "auto"), JSONMember("messages", .array(messages))]
        if flip() { set("temperature", [0, 0.1, 0.3][Int.random(in: 0...2, using: &generator)]) }
        if flip() { set("max_tokens", .int(Int64.random(in: 0...4_000, using: &generator))) }
        if flip() { set("seed", .int(Int64.random(in: .min ... .max, using: &generator))) }
        if flip() { set("stop", .array((0..<Int.random(in: 1...3, using: &generator)).map { .string("s\($0)") })) }
        if flip() {
            let tools = ["get_x", "list_y", "find_z"].prefix(Int.random(in: 1...3, using: &generator))
            set("tools", .array(tools.map { Self.tool($0) }))
        }
        if flip() { set("response_format", pick([["type": "json_object"], ["type": "text"]])) }
        if flip() { set("x_unknown", pick([["a": 1, "b": [1.5, .null]], "x", 1, true, [["z": .null]]])) }
    }

    static func tool(_ name: String) -> JSONValue {
        let parameters: JSONValue = ["type": "object", "properties": ["q": ["type": "string", "default": .null]]]
        return ["type": "function", "function": ["name": .string(name), "parameters": parameters]]
    }

    static func text(_ generator: inout SeededGenerator) -> String {
        let words = ["Paris", "a/b", "é", "e\u{301}", "😀", "\"q\"", "\\", "\n", "{", "]", "null", "\u{1}", " ", "7"]
        return (0..<Int.random(in: 1...5, using: &generator)).map { _ in words[Int.random(in: words.indices, using: &generator)] }.joined()
            + "x"
    }

    mutating func set(_ name: String, _ value: JSONValue?) {
        members.removeAll { $0.name == name }
        if let value { members.append(JSONMember(name, value)) }
    }

    subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    var messages: [JSONValue] {
        get { self["messages"]?.array ?? [] }
        set { set("messages", .array(newValue)) }
    }

    /// The request as far as it matters, for comparison.
    var meaning: String {
        var plain = self
        if let temperature = self["temperature"]?.double { plain.set("temperature", temperature == 0 ? "zero" : "low") }
        if let tokens = self["max_tokens"]?.int { plain.set("max_tokens", .int(Int64(Int.bitWidth - tokens.leadingZeroBitCount))) }
        plain.members.sort { $0.name < $1.name }
        return String(decoding: JSONValue.object(plain.members).serialized(), as: UTF8.self)
    }

    /// - Parameter varied: with the freedom that clients take: texts as parts, stop alone, nulls, members that change no answer.
    func fingerprint(_ rules: PartitionRules, _ generator: inout SeededGenerator, varied: Bool) throws -> CacheFingerprint? {
        var request = self
        if varied { request.vary(&generator) }
        let body = varied ? Respelling.bytes(of: .object(request.members), &generator) : JSONValue.object(request.members).serialized()
        var print = rules.read(try PartitionRequests.query(body, tenant: tenant, policy: policy)).fingerprint
        // The client's own limit is not what an entry is found by.
        print = print.map { CacheFingerprint(partition: $0.partition, id: $0.id, prompt: $0.prompt, maxTokens: nil) }
        return print
    }

    private mutating func vary(_ generator: inout SeededGenerator) {
        func flip() -> Bool { Bool.random(using: &generator) }
        var turns = messages
        for index in turns.indices where flip() {
            guard var message = turns[index].object, let content = turns[index]["content"] else { continue }
            message.removeAll { $0.name == "content" }
            switch content {
            case .string(let text): message.append(JSONMember("content", [["type": "text", "text": .string(text)]]))
            default: break  // null is absent
            }
            if flip(), turns[index]["name"] == nil { message.append(JSONMember("name", .null)) }
            turns[index] = .object(message)
        }
        messages = turns
        if let stop = self["stop"]?.array, stop.count == 1, flip() { set("stop", stop[0]) }
        if let tokens = self["max_tokens"]?.int {
            let bucket = tokens == 0 ? 0...0 : { $0...($0 * 2 - 1) }(1 << (Int.bitWidth - tokens.leadingZeroBitCount - 1))
            set("max_tokens", nil)
            set(flip() ? "max_tokens" : "max_completion_tokens", .int(Int64(Int.random(in: bucket, using: &generator))))
        }
        if let temperature = self["temperature"]?.double, temperature > 0 {
            set("temperature", .double(Double(Int.random(in: 1...30, using: &generator)) / 100))
        }
        let harmless: [(String, JSONValue)] = [
            ("stream", true), ("stream_options", ["include_usage": true]), ("user", "u"), ("metadata", ["a": "b"]), ("store", false),
            ("service_tier", "flex"), ("safety_identifier", "s"), ("prompt_cache_key", "k"), ("n", 1), ("logprobs", false),
            ("top_logprobs", 2),
            ("logit_bias", .null), ("tool_choice", .null), ("qualm", ["strategy": "risk"]),
        ]
        for (name, value) in harmless where self[name] == nil && Int.random(in: 0..<4, using: &generator) == 0 {
            set(name, value)
        }
        set("model", ["auto", "fast"].randomElement(using: &generator).map { .string($0) })
    }
}
