import ChatAPI
import FastJSON

/// SplitMix64: small, seeded, the same everywhere.
struct ChatStreamGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// One token's evidence without ranges; NaN is nil.
struct SpokenToken: Equatable {
    var text: String
    var logprob: Double?
    var alternatives: [Double?]
    var isListed: Bool
}

/// One event without ranges.
enum SpokenEvent: Equatable {
    case role
    case text(String)
    case reasoning(String)
    case refusal(String)
    case toolCall(index: Int, id: String, name: String, arguments: String)
    case evidence([SpokenToken])
    case finish(FinishReason)
    case usage(TokenUsage)
    case failure(String)
}

/// One chunk without ranges, so that batches cut differently can be compared.
struct SpokenChunk: Equatable {
    var json: String
    var logprobs: JSONValue?
    var usage: JSONValue?
    var hasNoChoices = false
    var isTerminal = false
    var events: [SpokenEvent] = []
}

extension CompletionBatch {
    func spoken() throws -> [SpokenChunk] {
        try chunks.map { chunk in
            SpokenChunk(
                json: String(decoding: bytes[chunk.json.range], as: UTF8.self),
                logprobs: chunk.logprobs.isEmpty ? Optional.none : try JSONValue.parse(Array(bytes[chunk.logprobs.range])),
                usage: chunk.usage.isEmpty ? Optional.none : try JSONValue.parse(Array(bytes[chunk.usage.range])),
                hasNoChoices: chunk.hasNoChoices, isTerminal: chunk.isTerminal,
                events: events[Int(chunk.events.lowerBound)..<Int(chunk.events.upperBound)].map(spoken))
        }
    }

    private func string(_ range: ByteRange) -> String { String(decoding: text[range.range], as: UTF8.self) }

    private func spoken(_ event: CompletionEvent) -> SpokenEvent {
        switch event {
        case .role: .role
        case .text(let range): .text(string(range))
        case .reasoning(let range): .reasoning(string(range))
        case .refusal(let range): .refusal(string(range))
        case .toolCall(let call):
            .toolCall(index: call.index, id: string(call.id), name: string(call.name), arguments: string(call.arguments))
        case .evidence(let range):
            .evidence(
                tokens[Int(range.lowerBound)..<Int(range.upperBound)].map { token in
                    SpokenToken(
                        text: string(token.text), logprob: token.logprob.isNaN ? nil : token.logprob,
                        alternatives: alternatives[Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)]
                            .map { $0.isNaN ? nil : $0 }, isListed: token.isListed)
                })
        case .finish(let reason): .finish(reason)
        case .usage(let usage): .usage(usage)
        case .failure(let range): .failure(string(range))
        }
    }
}

/// Decodes a stream given in pieces.
func decodeStream(_ pieces: [[UInt8]], scansLogprobs: Bool = true) throws -> (chunks: [SpokenChunk], isDone: Bool) {
    var decoder = ChatStreamDecoder(scansLogprobs: scansLogprobs)
    var batch = CompletionBatch()
    var chunks: [SpokenChunk] = []
    var isDone = false
    for piece in pieces {
        try decoder.decode(piece, into: &batch)
        chunks += try batch.spoken()
        isDone = isDone || batch.isDone
        batch.removeAll()
    }
    if isDone { try decoder.finish() }
    return (chunks, isDone)
}

/// The meaning of one chunk read from a tree, slowly and plainly: the decoder's twin.
enum ReferenceDecoder {
    static func chunk(_ json: String) throws -> SpokenChunk {
        let root = try JSONValue.parse(Array(json.utf8))
        var chunk = SpokenChunk(json: json.trimmed)
        let choices = last("choices", of: root)
        chunk.hasNoChoices = choices?.array?.isEmpty == true
        chunk.usage = last("usage", of: root)
        for choice in choices?.array ?? [] where isFirst(choice) {
            let logprobs = last("logprobs", of: choice)
            chunk.logprobs = logprobs?.isNull == false ? logprobs : Optional.none
            chunk.events = events(of: choice)
            chunk.isTerminal = last("finish_reason", of: choice)?.string != nil
        }
        if case .object? = chunk.usage {
            chunk.events.append(
                .usage(
                    TokenUsage(
                        inputTokens: count("prompt_tokens", of: chunk.usage), outputTokens: count("completion_tokens", of: chunk.usage),
                        cachedInputTokens: count("cached_tokens", of: last("prompt_tokens_details", of: chunk.usage)),
                        reasoningTokens: count("reasoning_tokens", of: last("completion_tokens_details", of: chunk.usage)))))
        }
        if let error = last("error", of: root), !error.isNull, error != .bool(false) {
            let message = error.string ?? last("message", of: error)?.string
            chunk.events.append(.failure(message ?? String(decoding: error.serialized(), as: UTF8.self)))
        }
        return chunk
    }

    private static func last(_ name: String, of value: JSONValue?) -> JSONValue? { value?.object?.last { $0.name == name }?.value }

    private static func count(_ name: String, of value: JSONValue?) -> Int { last(name, of: value)?.int ?? 0 }

    private static func isFirst(_ choice: JSONValue) -> Bool {
        guard choice.object != nil else { return false }
        return (last("index", of: choice)?.double ?? 0) == 0
    }

    private static func events(of choice: JSONValue) -> [SpokenEvent] {
        var events: [SpokenEvent] = []
        func add(_ text: String?, _ event: (String) -> SpokenEvent) {
            if let text, !text.isEmpty { events.append(event(text)) }
        }
        let delta = last("delta", of: choice) ?? last("message", of: choice)
        if last("role", of: delta)?.string != nil { events.append(.role) }
        let reasoning = last("reasoning_content", of: delta)?.string ?? ""
        add(reasoning.isEmpty ? last("reasoning", of: delta)?.string : reasoning) { .reasoning($0) }
        let content = last("content", of: delta)
        add(content?.string ?? content?.array?.compactMap { last("text", of: $0)?.string }.joined()) { .text($0) }
        add(last("refusal", of: delta)?.string) { .refusal($0) }
        for (position, call) in (last("tool_calls", of: delta)?.array ?? []).enumerated() where call.object != nil {
            let function = last("function", of: call)
            events.append(
                .toolCall(
                    index: last("index", of: call)?.int ?? position, id: last("id", of: call)?.string ?? "",
                    name: last("name", of: function)?.string ?? "", arguments: last("arguments", of: function)?.string ?? ""))
        }
        let logprobs = last("logprobs", of: choice)
        let tokens = ["content", "refusal"].flatMap { last($0, of: logprobs)?.array ?? [] }.filter { $0.object != nil }.map(token)
        if !tokens.isEmpty { events.append(.evidence(tokens)) }
        if let reason = last("finish_reason", of: choice)?.string { events.append(.finish(FinishReason(rawValue: reason) ?? .other)) }
        return events
    }

    private static func token(_ value: JSONValue) -> SpokenToken {
        let text = last("token", of: value)?.string
        let top = (last("top_logprobs", of: value)?.array ?? []).filter { $0.object != nil }
        return SpokenToken(
            text: text ?? "", logprob: last("logprob", of: value)?.double, alternatives: top.map { last("logprob", of: $0)?.double },
            isListed: text != nil && top.contains { last("token", of: $0)?.string.map { Array($0.utf8) } == text.map { Array($0.utf8) } })
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        return String(decoding: utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    }
}
