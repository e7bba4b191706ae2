/// One choice of an answer while its chunks come in. All texts are kept escaped, as they came.
struct ChoiceAssembly: Sendable {
    let index: Int
    private var role: [UInt8]?
    /// Joined strings and arrays and last-seen other members of the deltas, in order of appearance. `content` and `refusal` among them.
    private var members: [DeltaMember] = []
    private var toolCalls = ToolCallAssembly()
    private var functionCall: ToolCallAssembly.Fields?
    private var finishReason: [UInt8]?
    private var contentLogprobs: [UInt8]?
    private var refusalLogprobs: [UInt8]?
    /// Unknown members of `logprobs` and of the choice itself, as last seen.
    private var otherLogprobs: [DeltaMember] = []
    private var others: [DeltaMember] = []

    init(index: Int) { self.index = index }

    mutating func append(_ choice: Range<Int>, logprobs: Range<Int>?, keepsLogprobs: Bool, in json: Span<UInt8>) throws {
        var object = RawJSON.Members(objectAt: choice.lowerBound, known: logprobs)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "delta", in: json) {
                guard RawJSON.isObject(member.value, in: json) else { continue }
                try appendDelta(member.value, in: json)
            } else if RawJSON.matches(member.name, "logprobs", in: json) {
                if keepsLogprobs, RawJSON.isObject(member.value, in: json) { try appendLogprobs(member.value, in: json) }
            } else if RawJSON.matches(member.name, "finish_reason", in: json) {
                if RawJSON.isString(member.value, in: json) { finishReason = RawJSON.bytes(member.value, in: json) }
            } else if RawJSON.matches(member.name, "index", in: json) || RawJSON.matches(member.name, "message", in: json) {
                // Some providers repeat the text so far as a `message` beside each delta: the deltas say it all.
                continue
            } else if !RawJSON.isNull(member.value, in: json) {
                others.set(member, in: json)
            }
        }
    }

    private mutating func appendDelta(_ delta: Range<Int>, in json: Span<UInt8>) throws {
        var object = RawJSON.Members(objectAt: delta.lowerBound)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "role", in: json) {
                if role == nil, RawJSON.isString(member.value, in: json) { role = RawJSON.bytes(member.value, in: json) }
            } else if RawJSON.matches(member.name, "tool_calls", in: json) {
                if RawJSON.isArray(member.value, in: json) { try toolCalls.append(member.value, in: json) }
            } else if RawJSON.matches(member.name, "function_call", in: json) {
                guard RawJSON.isObject(member.value, in: json) else { continue }
                var fields = functionCall ?? ToolCallAssembly.Fields()
                try fields.append(member.value, in: json)
                functionCall = fields
            } else {
                try members.join(member, in: json)
            }
        }
    }

    private mutating func appendLogprobs(_ value: Range<Int>, in json: Span<UInt8>) throws {
        var object = RawJSON.Members(objectAt: value.lowerBound)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "content", in: json) {
                RawJSON.joinArray(member.value, to: &contentLogprobs, in: json)
            } else if RawJSON.matches(member.name, "refusal", in: json) {
                RawJSON.joinArray(member.value, to: &refusalLogprobs, in: json)
            } else if !RawJSON.isNull(member.value, in: json) {
                try otherLogprobs.join(member, in: json)
            }
        }
    }
}

extension ChoiceAssembly {
    func write(to out: inout [UInt8], maxAlternatives: Int?) {
        out.append(contentsOf: "{\"index\":\(index),\"message\":{\"role\":".utf8)
        out.append(contentsOf: role ?? Array("\"assistant\"".utf8))
        writeContent(to: &out)
        for member in members where !member.isNamed("content") { member.write(to: &out) }
        if !members.contains(where: { $0.isNamed("refusal") }) { out.append(contentsOf: ",\"refusal\":null".utf8) }
        toolCalls.write(to: &out)
        if let functionCall {
            out.append(contentsOf: ",\"function_call\":".utf8)
            functionCall.write(to: &out)
        }
        out.append(contentsOf: "},\"logprobs\":".utf8)
        if let maxAlternatives {
            var whole: [UInt8] = []
            writeLogprobs(to: &whole)
            LogprobsTrimmer.append(whole.span, limit: maxAlternatives, to: &out)
        } else {
            writeLogprobs(to: &out)
        }
        out.append(contentsOf: ",\"finish_reason\":".utf8)
        out.append(contentsOf: finishReason ?? Array("null".utf8))
        for member in others { member.write(to: &out) }
        out.append(UInt8(ascii: "}"))
    }

    private func writeContent(to out: inout [UInt8]) {
        // A role chunk says `"content":""` also when tool calls or a refusal follow; unstreamed that is null.
        let isBesides = !toolCalls.isEmpty || functionCall != nil || members.contains { $0.isNamed("refusal") && !$0.isBlank }
        if let content = members.first(where: { $0.isNamed("content") }), !(content.isBlank && isBesides) {
            content.write(to: &out)
        } else {
            out.append(contentsOf: ",\"content\":null".utf8)
        }
    }

    private func writeLogprobs(to out: inout [UInt8]) {
        guard contentLogprobs != nil || refusalLogprobs != nil || !otherLogprobs.isEmpty else {
            out.append(contentsOf: "null".utf8)
            return
        }
        out.append(contentsOf: "{\"content\":".utf8)
        RawJSON.writeArray(contentLogprobs, to: &out)
        out.append(contentsOf: ",\"refusal\":".utf8)
        RawJSON.writeArray(refusalLogprobs, to: &out)
        for member in otherLogprobs { member.write(to: &out) }
        out.append(UInt8(ascii: "}"))
    }
}
