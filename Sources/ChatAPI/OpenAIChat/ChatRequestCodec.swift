internal import FastJSON

extension ChatRequest {
    /// Reads an OpenAI chat request. One validating scan of the body; only small members are read further.
    ///
    /// A repeated member counts with its last value, as in most parsers. Optional members may be `null`, which means absent.
    ///
    /// - Throws: ``ChatRequestError``: not JSON (with its position), no object, `model` or `messages` missing or of the wrong type, or
    ///   another member that the gateway itself has to understand of the wrong type.
    public static func decode(_ body: [UInt8]) throws(ChatRequestError) -> ChatRequest {
        let index: JSONObjectIndex
        do {
            index = try JSONObjectIndex(body)
        } catch {
            throw refusal(of: body, error)
        }
        var fields = Fields()
        let json = body.span
        for member in index.members {
            try fields.read(member.name, value: member.value, in: json)
        }
        return try ChatRequest(index: index, fields: fields)
    }

    /// Why these bytes are no JSON object.
    static func refusal(of body: [UInt8], _ error: JSONSyntaxError) -> ChatRequestError {
        let json = body.span
        let start = RawJSON.skipWhitespace(0, in: json)
        if start == body.count { return ChatRequestError("The request body is empty: expected a JSON object.", code: "invalid_json") }
        // A document that is JSON, but of another kind: say so instead of pointing at its first byte.
        if json[start] != 0x7B, (try? JSONValue.parse(body)) != nil {
            let kind = RawJSON.kindName(start..<body.count, in: json)
            return ChatRequestError("The request body must be a JSON object, but it is \(kind).", code: "invalid_type")
        }
        return .malformed(error.message, offset: error.offset, line: error.line, column: error.column)
    }

    private init(index: JSONObjectIndex, fields: Fields) throws(ChatRequestError) {
        guard let model = fields.model else { throw .missing("model", "a string, for example 'auto'") }
        guard fields.hasMessages else { throw .missing("messages", "a non-empty array of messages") }
        self.init(
            model: model, isStreaming: fields.isStreaming, includesUsage: fields.includesUsage,
            wantsLogprobs: fields.wantsLogprobs, topLogprobs: fields.topLogprobs, choiceCount: fields.choiceCount,
            maxTokens: fields.maxCompletionTokens ?? fields.maxTokens, temperature: fields.temperature, controls: fields.controls,
            index: index)
    }

    /// The members read so far.
    private struct Fields {
        var model: String?
        var isStreaming = false
        var includesUsage = false
        var wantsLogprobs = false
        var topLogprobs: Int?
        var choiceCount = 1
        var maxTokens: Int?
        var maxCompletionTokens: Int?
        var temperature: Double?
        var controls = RoutingControls()
        var hasMessages = false

        mutating func read(_ name: String, value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) {
            switch name {
            case "model": model = try modelName(value, in: json)
            case "messages":
                try checkMessages(value, in: json)
                hasMessages = true
            case "stream": isStreaming = try bool(value, "stream", in: json)
            case "stream_options": includesUsage = try usageOption(value, in: json)
            case "logprobs": wantsLogprobs = try bool(value, "logprobs", in: json)
            case "top_logprobs": topLogprobs = try integer(value, "top_logprobs", atLeast: 0, in: json)
            case "n": choiceCount = try integer(value, "n", atLeast: 1, in: json) ?? 1
            case "max_tokens": maxTokens = try integer(value, "max_tokens", atLeast: 0, in: json)
            case "max_completion_tokens": maxCompletionTokens = try integer(value, "max_completion_tokens", atLeast: 0, in: json)
            case "temperature": temperature = try number(value, "temperature", in: json)
            case "stop": try checkStop(value, in: json)
            case "qualm": controls = try RoutingControls.decode(RawJSON.bytes(value, in: json))
            default: break
            }
        }
    }
}

/// Readers of single members. `null` means absent everywhere but for `model` and `messages`.
func modelName(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) -> String {
    guard RawJSON.isString(value, in: json) else {
        throw .wrongType("model", expected: "a string", got: RawJSON.kindName(value, in: json))
    }
    guard value.count > 2 else { throw .wrongValue("model", expected: "the name of a model", got: "an empty string") }
    guard value.count - 2 <= ChatRequest.maxModelNameBytes else {
        throw .wrongValue("model", expected: "at most \(ChatRequest.maxModelNameBytes) bytes", got: "\(value.count - 2)")
    }
    return RawJSON.string(value, in: json)
}

private func checkMessages(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) {
    guard RawJSON.isArray(value, in: json) else {
        throw .wrongType("messages", expected: "an array of messages", got: RawJSON.kindName(value, in: json))
    }
    guard json[RawJSON.skipWhitespace(value.lowerBound + 1, in: json)] != 0x5D else {
        throw .wrongValue("messages", expected: "at least one message", got: "an empty array")
    }
}

private func bool(_ value: Range<Int>, _ param: String, in json: Span<UInt8>) throws(ChatRequestError) -> Bool {
    switch json[value.lowerBound] {
    case 0x74: return true
    case 0x66, 0x6E: return false
    default: throw .wrongType(param, expected: "a boolean", got: RawJSON.kindName(value, in: json))
    }
}

private func integer(
    _ value: Range<Int>, _ param: String, atLeast minimum: Int, in json: Span<UInt8>
) throws(ChatRequestError) -> Int? {
    guard let exact = try number(value, param, in: json) else { return nil }
    // `2.0` and `2e1` are integers of JSON Schema, and SDKs of languages without integers send them.
    guard let whole = Int(exactly: exact) else {
        throw .wrongType(param, expected: "an integer", got: "a decimal number")
    }
    guard whole >= minimum else { throw .wrongValue(param, expected: "\(minimum) or more", got: "\(whole)") }
    return whole
}

private func number(_ value: Range<Int>, _ param: String, in json: Span<UInt8>) throws(ChatRequestError) -> Double? {
    switch json[value.lowerBound] {
    case 0x6E: return nil
    case 0x30...0x39, 0x2D:
        guard let number = Double(String(decoding: RawJSON.bytes(value, in: json), as: UTF8.self)), number.isFinite else {
            throw .wrongValue(param, expected: "a number that fits 64 bits", got: "a larger one")
        }
        return number
    default: throw .wrongType(param, expected: "a number", got: RawJSON.kindName(value, in: json))
    }
}

private func usageOption(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) -> Bool {
    if RawJSON.isNull(value, in: json) { return false }
    guard RawJSON.isObject(value, in: json) else {
        throw .wrongType("stream_options", expected: "an object", got: RawJSON.kindName(value, in: json))
    }
    guard let option = try? RawJSON.member("include_usage", of: value, in: json) else { return false }
    return try bool(option, "stream_options.include_usage", in: json)
}

private func checkStop(_ value: Range<Int>, in json: Span<UInt8>) throws(ChatRequestError) {
    switch json[value.lowerBound] {
    case 0x22, 0x5B, 0x6E: return
    default: throw .wrongType("stop", expected: "a string or an array of strings", got: RawJSON.kindName(value, in: json))
    }
}
