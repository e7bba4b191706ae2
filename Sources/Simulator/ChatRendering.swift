/// Renders a ``Script`` as OpenAI's chat completion, streamed or whole.
struct ChatRendering {
    let request: ChatRequest
    let behaviour: Behaviour
    let script: Script
    let renderer: TokenRenderer
    /// `chatcmpl-...`
    let id: String
    /// Seconds since 1970.
    let created: Int

    private var showsLogprobs: Bool { request.topLogprobs != nil && behaviour.evidence != .missing }
    private var top: Int { min(request.topLogprobs ?? 0, behaviour.alternativesCap ?? EntropyTable.listLength) }
    private var sendsUsage: Bool { request.includesUsage && !behaviour.omitsUsage }

    /// The streamed form: role, pieces, finish, usage if asked for.
    func stream() -> StreamPlan {
        var prefix = JSONText()
        prefix.raw("{\"id\":")
        prefix.string(id)
        prefix.raw(",\"object\":\"chat.completion.chunk\",\"created\":")
        prefix.integer(created)
        prefix.raw(",\"model\":")
        prefix.string(request.model)
        prefix.raw(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\",\"choices\":[")
        var events: [StreamEvent] = []
        events.reserveCapacity((script.pieces.count + 2) * request.choices + 1)
        addForEachChoice(&events, json: roleFragment)
        for piece in script.pieces {
            addForEachChoice(&events, json: fragment(piece), tokens: piece.tokenCount, isPaced: true)
        }
        var finish = JSONText()
        finish.raw("{},\"logprobs\":null,\"finish_reason\":")
        finish.string(script.finishReason)
        finish.raw("}")
        addForEachChoice(&events, json: finish.bytes)
        if sendsUsage {
            var usage = JSONText()
            usage.raw(prefix.bytes)
            usage.raw("],\"usage\":")
            usage.raw(self.usage)
            usage.raw("}")
            events.append(StreamEvent(json: usage.bytes, isWhole: true))
        }
        var plan = StreamPlan(prefix: prefix.bytes, suffix: Array((sendsUsage ? "],\"usage\":null}" : "]}").utf8), events: events)
        plan.sendsDone = !behaviour.omitsDone
        plan.usesCRLF = behaviour.usesCRLF
        plan.sendsComments = behaviour.sendsComments
        if let fault = behaviour.fault { plan.apply(fault) }
        return plan
    }

    /// The whole form, with the same content.
    func whole() -> [UInt8] {
        var json = JSONText(reserving: 2_048)
        json.raw("{\"id\":")
        json.string(id)
        json.raw(",\"object\":\"chat.completion\",\"created\":")
        json.integer(created)
        json.raw(",\"model\":")
        json.string(request.model)
        json.raw(",\"choices\":[")
        let message = wholeMessage
        for choice in 0..<request.choices {
            if choice > 0 { json.raw(",") }
            json.raw("{\"index\":")
            json.integer(choice)
            json.raw(",\"message\":")
            json.raw(message)
            json.raw(",\"finish_reason\":")
            json.string(script.finishReason)
            json.raw("}")
        }
        json.raw("]")
        if !behaviour.omitsUsage {
            json.raw(",\"usage\":")
            json.raw(usage)
        }
        json.raw(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\"}")
        return json.bytes
    }

    /// Tokens that one choice costs.
    var completionTokens: Int { script.contentTokens + script.reasoningTokens }

    // MARK: - Pieces

    private func addForEachChoice(_ events: inout [StreamEvent], json: [UInt8], tokens: Int = 0, isPaced: Bool = false) {
        for choice in 0..<request.choices {
            events.append(StreamEvent(json: json, choice: choice, tokens: tokens, isPaced: isPaced && choice == 0))
        }
    }

    private var roleFragment: [UInt8] {
        var json = JSONText()
        if case .tool = behaviour.content {
            json.raw("{\"role\":\"assistant\",\"content\":null,\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}")
        } else {
            json.raw("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":")
            if showsLogprobs { json.raw("{\"content\":[],\"refusal\":null}") } else { json.raw("null") }
            json.raw(",\"finish_reason\":null}")
        }
        return json.bytes
    }

    private func fragment(_ piece: Script.Piece) -> [UInt8] {
        if case .content(let tokens) = piece, tokens.count == 1 {
            return renderer.delta(tokens[0], top: showsLogprobs ? top : nil, isInvalid: behaviour.evidence == .invalid)
        }
        var json = JSONText(reserving: showsLogprobs ? 256 + 80 * top : 128)
        switch piece {
        case .reasoning(let text):
            json.raw("{\"reasoning_content\":")
            json.string(text)
            json.raw("},\"logprobs\":null")
        case .content(let tokens):
            json.raw("{\"content\":")
            json.raw(quoted(tokens))
            json.raw("},\"logprobs\":")
            appendLogprobs(&json, content: tokens, refusal: nil)
        case .refusal(let tokens):
            json.raw("{\"refusal\":")
            json.raw(quoted(tokens))
            json.raw("},\"logprobs\":")
            appendLogprobs(&json, content: nil, refusal: tokens)
        case .toolStart(let index, let id, let name):
            json.raw("{\"tool_calls\":[{\"index\":")
            json.integer(index)
            json.raw(",\"id\":")
            json.string(id)
            json.raw(",\"type\":\"function\",\"function\":{\"name\":")
            json.string(name)
            json.raw(",\"arguments\":\"\"}}]},\"logprobs\":null")
        case .toolArguments(let index, let text):
            json.raw("{\"tool_calls\":[{\"index\":")
            json.integer(index)
            json.raw(",\"function\":{\"arguments\":")
            json.string(text)
            json.raw("}}]},\"logprobs\":null")
        }
        json.raw(",\"finish_reason\":null}")
        return json.bytes
    }

    private func quoted(_ tokens: [Script.Token]) -> [UInt8] {
        var json = JSONText()
        json.string(tokens.map(\.text).joined(), escapingNonASCII: tokens.contains(where: \.isEscaped))
        return json.bytes
    }

    private func appendLogprobs(_ json: inout JSONText, content: [Script.Token]?, refusal: [Script.Token]?) {
        guard showsLogprobs else {
            json.raw("null")
            return
        }
        json.raw("{\"content\":")
        appendItems(&json, content)
        json.raw(",\"refusal\":")
        appendItems(&json, refusal)
        json.raw("}")
    }

    private func appendItems(_ json: inout JSONText, _ tokens: [Script.Token]?) {
        guard let tokens else {
            json.raw("null")
            return
        }
        json.raw("[")
        for (index, token) in tokens.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw(renderer.item(token, top: top, isInvalid: behaviour.evidence == .invalid))
        }
        json.raw("]")
    }

    private var usage: [UInt8] {
        let output = completionTokens * request.choices
        var json = JSONText()
        json.raw("{\"prompt_tokens\":")
        json.integer(request.promptTokens)
        json.raw(",\"completion_tokens\":")
        json.integer(output)
        json.raw(",\"total_tokens\":")
        json.integer(request.promptTokens + output)
        json.raw(",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":")
        json.integer(script.reasoningTokens * request.choices)
        json.raw(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}")
        return json.bytes
    }
}

extension ChatRendering {
    /// `{"role":...},"logprobs":...` of one choice, collected from the pieces.
    private var wholeMessage: [UInt8] {
        var content: [Script.Token] = []
        var refusal: [Script.Token] = []
        var reasoning = ""
        var calls: [(id: String, name: String, arguments: String)] = []
        for piece in script.pieces {
            switch piece {
            case .reasoning(let text): reasoning += text
            case .content(let tokens): content += tokens
            case .refusal(let tokens): refusal += tokens
            case .toolStart(_, let id, let name): calls.append((id, name, ""))
            case .toolArguments(let index, let text): calls[index].arguments += text
            }
        }
        var json = JSONText(reserving: 1_024)
        json.raw("{\"role\":\"assistant\",\"content\":")
        let hasContent = calls.isEmpty && refusal.isEmpty
        if hasContent { json.raw(quoted(content)) } else { json.raw("null") }
        if !reasoning.isEmpty {
            json.raw(",\"reasoning_content\":")
            json.string(reasoning)
        }
        for (index, call) in calls.enumerated() {
            json.raw(index == 0 ? ",\"tool_calls\":[{\"id\":" : ",{\"id\":")
            json.string(call.id)
            json.raw(",\"type\":\"function\",\"function\":{\"name\":")
            json.string(call.name)
            json.raw(",\"arguments\":")
            json.string(call.arguments)
            json.raw("}}")
        }
        if !calls.isEmpty { json.raw("]") }
        json.raw(",\"refusal\":")
        if refusal.isEmpty { json.raw("null") } else { json.raw(quoted(refusal)) }
        json.raw(",\"annotations\":[]},\"logprobs\":")
        if calls.isEmpty {
            appendLogprobs(&json, content: hasContent ? content : nil, refusal: refusal.isEmpty ? nil : refusal)
        } else {
            json.raw("null")
        }
        return json.bytes
    }
}
