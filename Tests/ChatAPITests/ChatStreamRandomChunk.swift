import FastJSON

/// Chunks as providers send them, and as they should not: missing, null and ill-typed members, unknown ones, other choices.
struct RandomChunk {
    var generator: ChatStreamGenerator

    init(seed: UInt64) { generator = ChatStreamGenerator(seed: seed) }

    private let words = ["Hello", " world", "\n", "\"", "\\", "é", "日本", "😀", "{", "", " 42", "\u{0}", "data: x\n\n"]

    mutating func stream(chunks: Int) -> [String] { (0..<chunks).map { _ in text(chunk()) } }

    mutating func chunk() -> JSONValue {
        var members: [JSONMember] = [
            JSONMember("id", "chatcmpl-1"), JSONMember("object", "chat.completion.chunk"), JSONMember("x-new", unknown()),
        ]
        if generator.chance(95) { members.append(JSONMember("choices", choices())) }
        if generator.chance(30) { members.append(JSONMember("usage", usage())) }
        if generator.chance(4) {
            members.append(JSONMember("error", generator.pick([nil, "broken", ["message": "busy", "code": 529], false])))
        }
        return .object(members.shuffled(using: &generator))
    }

    private mutating func word() -> JSONValue { .string(generator.pick(words)) }

    private mutating func unknown() -> JSONValue {
        generator.pick([
            nil, 1, -2.5, "\u{1}", ["usage": ["prompt_tokens": 3]], [1, 2, [3, nil]], ["choices": [["delta": "no"]]], [:], [],
        ])
    }

    private mutating func choices() -> JSONValue {
        if generator.chance(5) { return generator.pick([[], nil, 3]) }
        if generator.chance(10) { return .array([choice(index: 1), choice(index: 0), choice(index: 2)]) }
        return .array([choice(index: generator.chance(90) ? 0 : nil)])
    }

    private mutating func choice(index: Int64?) -> JSONValue {
        var members = [JSONMember(generator.chance(90) ? "delta" : "message", delta()), JSONMember("y", unknown())]
        if let index { members.append(JSONMember("index", .int(index))) }
        if generator.chance(80) { members.append(JSONMember("logprobs", logprobs())) }
        if generator.chance(80) {
            members.append(
                JSONMember("finish_reason", generator.pick([nil, nil, nil, "stop", "length", "tool_calls", "content_filter", "eos", 3])))
        }
        return .object(members.shuffled(using: &generator))
    }

    private mutating func delta() -> JSONValue {
        if generator.chance(3) { return nil }
        var members: [JSONMember] = []
        if generator.chance(20) { members.append(JSONMember("role", generator.pick(["assistant", nil]))) }
        if generator.chance(80) { members.append(JSONMember("content", generator.chance(80) ? word() : parts())) }
        if generator.chance(10) { members.append(JSONMember("refusal", generator.chance(50) ? word() : nil)) }
        if generator.chance(10) { members.append(JSONMember("reasoning_content", generator.chance(80) ? word() : nil)) }
        if generator.chance(10) { members.append(JSONMember("reasoning", word())) }
        if generator.chance(15) { members.append(JSONMember("tool_calls", .array((0...generator.below(3)).map { _ in toolCall() }))) }
        return .object(members.shuffled(using: &generator))
    }

    private mutating func parts() -> JSONValue {
        generator.pick([nil, 7, [], [["type": "text", "text": "a"], ["type": "image"], "s", ["text": "b\n"], ["text": ""]]])
    }

    private mutating func toolCall() -> JSONValue {
        var members: [JSONMember] = []
        if generator.chance(90) { members.append(JSONMember("index", .int(Int64(generator.below(4))))) }
        if generator.chance(40) { members.append(JSONMember("id", "call_1")) }
        if generator.chance(90) { members.append(JSONMember("function", ["name": word(), "arguments": word()])) }
        return .object(members.shuffled(using: &generator))
    }

    private mutating func logprobs() -> JSONValue {
        if generator.chance(10) { return generator.pick([nil, 1, [], [:]]) }
        return [
            "content": .array((0..<generator.below(4)).map { _ in token() }),
            "refusal": generator.chance(90) ? nil : .array([token()]),
        ]
    }

    private mutating func token() -> JSONValue {
        let text = word()
        var top = (0..<generator.below(6)).map { _ in alternative(word()) }
        if generator.chance(80) { top.append(alternative(text)) }
        guard case .object(var members) = alternative(text) else { return nil }
        if generator.chance(90) { members.append(JSONMember("top_logprobs", .array(top.shuffled(using: &generator)))) }
        return .object(members.shuffled(using: &generator))
    }

    private mutating func alternative(_ text: JSONValue) -> JSONValue {
        let logprob: JSONValue = generator.pick([nil, -9999, 0, "x", .double(-Double.random(in: 0...20, using: &generator)), -0.25])
        return ["token": text, "logprob": logprob, "bytes": .array((text.string ?? "").utf8.map { .int(Int64($0)) })]
    }

    private mutating func usage() -> JSONValue {
        generator.pick([
            nil, [:], ["prompt_tokens": 3, "completion_tokens": 4.0, "total_tokens": 7],
            ["prompt_tokens": 12, "prompt_tokens_details": ["cached_tokens": 8], "completion_tokens_details": ["reasoning_tokens": 5]],
            ["prompt_tokens": nil, "completion_tokens": "many", "prompt_tokens_details": nil, "completion_tokens_details": 3],
        ])
    }

    /// The value as JSON in one of the spellings that mean the same: white space, escaped characters.
    private mutating func text(_ value: JSONValue) -> String {
        let style = generator.below(3)
        var out = ""
        var inString = false
        var isEscape = false
        for scalar in String(decoding: value.serialized(), as: UTF8.self).unicodeScalars {
            if inString, !isEscape, scalar != "\"", scalar != "\\", !scalar.properties.isASCIIHexDigit, style == 2, generator.chance(10) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
                continue
            }
            let closes = inString && !isEscape && scalar == "\""
            if !inString, style == 1, scalar == "," || scalar == ":" || scalar == "}" { out += " " }
            out.unicodeScalars.append(scalar)
            if !inString, style == 1, scalar == "," || scalar == ":" || scalar == "[" { out += "\t" }
            if closes { inString = false } else if scalar == "\"", !inString { inString = true }
            isEscape = inString && !isEscape && scalar == "\\"
        }
        return out
    }
}
