import FastJSON

/// Everything one simulated answer says, piece by piece, before it is written in a wire format. Streaming and collected answers are
/// two renderings of the same script, and the script depends on nothing but the request and its behaviour.
struct Script: Sendable {
    struct Token: Sendable, Hashable {
        var text: String
        var bits: Double
        /// Reported as sampled from outside the list.
        var isCensored = false
        /// Written with `\u` escapes.
        var isEscaped = false
    }

    /// What one event carries.
    enum Piece: Sendable {
        case reasoning(String)
        case content([Token])
        case refusal([Token])
        case toolStart(index: Int, id: String, name: String)
        case toolArguments(index: Int, text: String)
    }

    private(set) var pieces: [Piece] = []
    private(set) var finishReason = "stop"
    private(set) var contentTokens = 0
    private(set) var reasoningTokens = 0

    init(_ request: ChatRequest, _ behaviour: Behaviour) {
        var hash = StableHash()
        hash.combine(request.model)
        let seed = request.promptHash ^ hash.value
        if behaviour.reasonsFirst {
            for text in Tokeniser.tokens(of: "Let me look at what is asked first.") { pieces.append(.reasoning(text)) }
            reasoningTokens = pieces.count
        }
        if case .tool(let calls) = behaviour.content {
            addTools(ToolScript(request, calls, seed: seed))
        } else {
            addText(Self.text(request, behaviour, seed: seed), behaviour)
        }
        if behaviour.endsByLength { finishReason = "length" }
        if let limit = request.maxTokens { cut(to: limit) }
    }

    private mutating func addText(_ texts: [String], _ behaviour: Behaviour) {
        let isUnicode = behaviour.content == .unicode
        var tokens: [Token] = []
        for (position, text) in texts.enumerated() {
            tokens.append(
                Token(
                    text: text, bits: behaviour.entropyBits(position: position, of: texts.count),
                    isCensored: behaviour.evidence == .censored && position % 5 == 4, isEscaped: isUnicode && position % 2 == 1))
        }
        contentTokens = tokens.count
        var start = 0
        while start < tokens.count {
            let end = min(start + behaviour.tokensPerEvent, tokens.count)
            let group = Array(tokens[start..<end])
            pieces.append(behaviour.content == .refusalField ? .refusal(group) : .content(group))
            start = end
        }
    }

    /// Pieces of parallel calls alternate, so that a reader who merges by arrival gets it wrong.
    private mutating func addTools(_ script: ToolScript) {
        for (index, call) in script.calls.enumerated() { pieces.append(.toolStart(index: index, id: call.id, name: call.name)) }
        let longest = script.calls.map(\.argumentPieces.count).max() ?? 0
        for step in 0..<longest {
            for (index, call) in script.calls.enumerated() where step < call.argumentPieces.count {
                pieces.append(.toolArguments(index: index, text: call.argumentPieces[step]))
            }
        }
        contentTokens = pieces.count - reasoningTokens
        finishReason = "tool_calls"
    }

    /// Obeys the request's limit as real servers do: the answer breaks off and says why.
    private mutating func cut(to limit: Int) {
        guard contentTokens + reasoningTokens > limit else { return }
        var kept: [Piece] = []
        var room = limit
        for piece in pieces where room > 0 {
            switch piece {
            case .content(let tokens): kept.append(.content(Array(tokens.prefix(room))))
            case .refusal(let tokens): kept.append(.refusal(Array(tokens.prefix(room))))
            default: kept.append(piece)
            }
            room -= piece.tokenCount
        }
        pieces = kept
        reasoningTokens = min(reasoningTokens, limit)
        contentTokens = limit - reasoningTokens
        finishReason = "length"
    }

    private static func text(_ request: ChatRequest, _ behaviour: Behaviour, seed: UInt64) -> [String] {
        switch behaviour.content {
        case .prose:
            let register: Prose.Register = behaviour.mood == .confident ? .plain : .wavering
            return Prose.tokens(register, count: behaviour.tokenCount ?? 40, seed: seed)
        case .expert: return Prose.tokens(.expert, count: behaviour.tokenCount ?? 60, seed: seed)
        case .short: return ["Paris", "."]
        case .empty, .tool: return []
        case .echo: return Tokeniser.tokens(of: request.lastUserText)
        case .unicode: return unicode
        case .refusal, .refusalField: return Tokeniser.tokens(of: "I'm sorry, but I can't help with that request.")
        case .text(let text):
            let tokens = Tokeniser.tokens(of: text)
            return behaviour.tokenCount.map { Array(tokens.prefix($0)) } ?? tokens
        case .json(let validity): return json(request, validity)
        }
    }

    private static func json(_ request: ChatRequest, _ validity: Behaviour.Validity) -> [String] {
        var value: JSONValue = ["answer": "Paris", "confidence": 0.5, "steps": ["look it up", "say it"]]
        if case .jsonSchema(let schema) = request.format {
            let sample = SchemaSample(schema: schema)
            value = validity == .mismatched ? sample.mismatched() : sample.valid()
        } else if validity == .mismatched {
            value = ["not an object"]
        }
        var text = String(decoding: value.serialized(), as: UTF8.self)
        if validity == .broken { text.removeLast() }
        return Tokeniser.pieces(of: text)
    }

    /// A family emoji cut at its joiners, a flag cut between its two halves, a combining accent on its own, right-to-left text.
    private static let unicode = [
        "Gr\u{FC}\u{DF}e", " aus", " \u{6771}\u{4EAC}", " \u{1F600}", " ", "\u{1F468}", "\u{200D}", "\u{1F469}", "\u{200D}", "\u{1F467}",
        " ",
        "\u{1F1EB}", "\u{1F1F7}", " caf", "e", "\u{301}", " \u{5E9}\u{5DC}\u{5D5}\u{5DD}", " \u{645}\u{631}\u{62D}\u{628}\u{627}",
        " \u{10348}",
        " \u{2028}", "\"quoted\\", "\n", ".",
    ]
}

extension Script.Piece {
    /// How many tokens this piece counts for.
    var tokenCount: Int {
        switch self {
        case .content(let tokens), .refusal(let tokens): tokens.count
        case .reasoning, .toolStart, .toolArguments: 1
        }
    }
}
