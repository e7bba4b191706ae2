import Cascade
import ChatAPI
import FastJSON
import GatewayTesting
import Testing

@testable import SemanticCache

/// Thousands of random requests: whatever says the same is the same, and whatever differs differs.
@Suite struct PartitionPropertyTests {
    private static let rules = PartitionRules()

    @Test(arguments: 0..<40 as Range<UInt64>)
    func aRequestWrittenDifferentlyHasTheSameFingerprint(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let request = RandomRequest(&generator)
            let expected = try #require(try request.fingerprint(Self.rules, &generator, varied: false))
            #expect(try request.fingerprint(Self.rules, &generator, varied: false) == expected)
            for _ in 0..<3 { #expect(try request.fingerprint(Self.rules, &generator, varied: true) == expected, "\(request.members)") }
        }
    }

    @Test(arguments: RequestChange.allCases)
    func aChangedFieldNeverHasTheSamePartition(_ change: RequestChange) throws {
        var generator = SeededGenerator(seed: 4_711)
        var applied = 0
        for _ in 0..<120 {
            let request = RandomRequest(&generator)
            var changed = request
            guard change.apply(to: &changed, &generator) else { continue }
            applied += 1
            let before = try #require(try request.fingerprint(Self.rules, &generator, varied: true))
            let after = try #require(try changed.fingerprint(Self.rules, &generator, varied: true))
            #expect(before.id != after.id, "\(change): \(request.members) and \(changed.members)")
            #expect((before.partition == after.partition) == (change == .lastUserText), "\(change)")
        }
        #expect(applied >= 10)
    }

    @Test func differentRequestsNeverMeet() throws {
        var generator = SeededGenerator(seed: 99)
        var seen: [String: String] = [:]
        for _ in 0..<1_500 {
            let request = RandomRequest(&generator)
            let print = try #require(try request.fingerprint(Self.rules, &generator, varied: true))
            let meaning = request.meaning
            #expect(seen[print.id, default: meaning] == meaning)
            seen[print.id] = meaning
        }
        #expect(Set(seen.values).count == seen.count)
        #expect(seen.count > 1_000)
    }
}

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
                let call: JSONValue = ["id": .string("c\(turn)"), "type": "function", "function": ["name": "get_x", "arguments": "{\"a\": 1}"]]
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
        return (0..<Int.random(in: 1...5, using: &generator)).map { _ in words[Int.random(in: words.indices, using: &generator)] }.joined() + "x"
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
            ("service_tier", "flex"), ("safety_identifier", "s"), ("prompt_cache_key", "k"), ("n", 1), ("logprobs", false), ("top_logprobs", 2),
            ("logit_bias", .null), ("tool_choice", .null), ("qualm", ["strategy": "risk"]),
        ]
        for (name, value) in harmless where self[name] == nil && Int.random(in: 0..<4, using: &generator) == 0 {
            set(name, value)
        }
        set("model", ["auto", "fast"].randomElement(using: &generator).map { .string($0) })
    }
}

/// One change that makes another question of a request. `apply` is false when the request has nothing to change there.
enum RequestChange: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case tenant, tenantOrder, policy, systemPrompt, systemAdded, role, earlierText, earlierTurnAdded, earlierTurnDropped, turnsSwapped, toolCall
    case speakerName, temperatureClass, temperatureDropped, tokenBucket, seed, seedBeyondDoubles, stopText, stopOrder, stopAdded
    case toolAdded, toolOrder, toolSchema, toolSchemaNull, toolChoice, responseFormat, unknownValue, unknownNull, unknownAdded, lastPart, lastUserText

    var testDescription: String { rawValue }

    func apply(to request: inout RandomRequest, _ generator: inout SeededGenerator) -> Bool {
        switch self {
        case .tenant: request.tenant = ["Bearer kez"]
        case .tenantOrder:
            request.tenant = ["", "Bearer key"]
        case .policy: request.policy += "."
        case .lastUserText, .lastPart, .role, .speakerName: return changeLastMessage(of: &request)
        case .systemPrompt, .systemAdded, .earlierText, .earlierTurnAdded, .earlierTurnDropped, .turnsSwapped, .toolCall:
            return changeTurns(of: &request, &generator)
        case .temperatureClass:
            guard let temperature = request["temperature"]?.double else { return false }
            request.set("temperature", temperature == 0 ? 0.2 : 0)
        case .temperatureDropped:
            guard request["temperature"] != nil else { return false }
            request.set("temperature", nil)
        case .tokenBucket:
            guard let tokens = request["max_tokens"]?.int else { return false }
            request.set("max_tokens", .int(Int64(tokens * 2 + 1)))
        case .seed:
            guard let seed = request["seed"]?.int else { return false }
            request.set("seed", .int(Int64(seed ^ 1)))
        case .seedBeyondDoubles: request.set("seed", .int(request["seed"]?.int == 9_007_199_254_740_993 ? 1 : 9_007_199_254_740_993))
        default: return changeLists(of: &request)
        }
        return true
    }

    private func changeLists(of request: inout RandomRequest) -> Bool {
        let stop = request["stop"]?.array
        let tools = request["tools"]?.array
        switch self {
        case .stopText:
            guard let stop, let first = stop[0].string else { return false }
            request.set("stop", .array([.string(first + " ")] + stop.dropFirst()))
        case .stopOrder:
            guard let stop, stop.count > 1 else { return false }
            request.set("stop", .array(stop.reversed()))
        case .stopAdded: request.set("stop", .array((stop ?? []) + ["END"]))
        case .toolAdded: request.set("tools", .array((tools ?? []) + [RandomRequest.tool("show_w")]))
        case .toolOrder:
            guard let tools, tools.count > 1 else { return false }
            request.set("tools", .array(tools.reversed()))
        case .toolSchema, .toolSchemaNull:
            guard let tools, let text = tools.first.map({ String(decoding: $0.serialized(), as: UTF8.self) }) else { return false }
            // A null inside of a schema means something.
            let other = self == .toolSchema ? text.split(separator: "string").joined(separator: "number") : text.split(separator: #","default":null"#).joined()
            guard let tool = try? JSONValue.parse(other) else { return false }
            request.set("tools", .array([tool] + tools.dropFirst()))
        case .toolChoice: request.set("tool_choice", "required")
        case .responseFormat: request.set("response_format", ["type": "json_schema", "json_schema": ["name": "a", "schema": [:]]])
        case .unknownValue: request.set("x_unknown", ["a": 2])
        case .unknownNull:
            guard request["x_unknown"]?["a"] != nil else { return false }
            request.set("x_unknown", ["a": 1, "b": [1.5]])
        default: request.set("x_other", 1)
        }
        return true
    }

    private func changeLastMessage(of request: inout RandomRequest) -> Bool {
        var turns = request.messages
        guard let last = turns.last, let text = last["content"]?.string else { return false }
        switch self {
        case .lastUserText: turns[turns.count - 1] = ["role": "user", "content": .string(text + " ")]
        case .lastPart:
            turns[turns.count - 1] = ["role": "user", "content": [["type": "text", "text": .string(text)], ["type": "text", "text": "?"]]]
        case .role: turns[turns.count - 1] = ["role": "developer", "content": .string(text)]
        default: turns[turns.count - 1] = ["role": "user", "name": "ann", "content": .string(text)]
        }
        request.messages = turns
        return true
    }

    private func changeTurns(of request: inout RandomRequest, _ generator: inout SeededGenerator) -> Bool {
        var turns = request.messages
        switch self {
        case .systemPrompt:
            guard turns[0]["role"] == "system", let text = turns[0]["content"]?.string else { return false }
            turns[0] = ["role": "system", "content": .string(text + ".")]
        case .systemAdded: turns.insert(["role": "system", "content": "Be brief."], at: 0)
        case .earlierTurnAdded: turns.insert(["role": "user", "content": "Hello."], at: turns.count - 1)
        case .earlierTurnDropped:
            guard turns.count > 1 else { return false }
            turns.remove(at: Int.random(in: 0..<turns.count - 1, using: &generator))
        case .earlierText:
            guard let index = turns.indices.dropLast().last(where: { turns[$0]["content"]?.string != nil }), let role = turns[index]["role"],
                role != "tool"
            else { return false }
            turns[index] = ["role": role, "content": .string((turns[index]["content"]?.string ?? "") + "\u{200B}")]
        case .turnsSwapped:
            guard turns.count > 2, turns[0]["content"] != turns[1]["content"] || turns[0]["role"] != turns[1]["role"] else { return false }
            turns.swapAt(0, 1)
        default:
            guard let index = turns.firstIndex(where: { $0["tool_calls"] != nil }) else { return false }
            let text = String(decoding: turns[index].serialized(), as: UTF8.self)
            // Arguments are text: their white space is the model's own and counts.
            guard let other = try? JSONValue.parse(text.split(separator: #"\"a\": 1"#).joined(separator: #"\"a\":1"#)) else { return false }
            turns[index] = other
        }
        request.messages = turns
        return true
    }
}
