internal import Cascade
internal import ChatAPI
internal import FastJSON

/// A request body sorted into what the cache tells requests apart by. Refuses bodies whose messages it does not understand.
struct CacheableRequest {
    let body: CanonicalJSON
    /// The members that may change an answer, as they are: all but those with a rule of their own. In canonical order.
    private(set) var exactMembers: [CanonicalJSON.Member] = []
    private(set) var messages: [CanonicalJSON.Value] = []
    private(set) var tools: [CanonicalJSON.Value] = []
    /// Tools of the older `functions`.
    private(set) var functions: [CanonicalJSON.Value] = []
    /// `tool_choice`, or the older `function_call`.
    private(set) var toolChoice: CanonicalJSON.Value?
    private(set) var temperature: Double?
    private(set) var stop: CanonicalJSON.Value?
    /// The smaller one of `max_completion_tokens` and `max_tokens`.
    private(set) var maxTokens: Int?
    /// Pictures or sound are asked for, or a search whose result is of the moment.
    private(set) var mediaOrSearch: CacheBypass?
    /// The texts of all messages with role `user`, in order.
    private(set) var userTexts: [String] = []
    /// The texts of the last message, in order, when that is the user's and nothing but text; else empty.
    private(set) var lastTexts: [CanonicalJSON.Value] = []

    /// - Returns: `nil` when a member that the cache must understand is not what it should be.
    init?(_ body: CanonicalJSON) {
        self.body = body
        // The upstream gets the client's own bytes, and may read the other one of two members: what it answered would not be what was asked.
        guard body.root.kind == .object, !body.hasDuplicateNames else { return nil }
        for member in body.members(of: body.root) where member.value.kind != .null {
            guard take(member) else { return nil }
        }
        guard !messages.isEmpty else { return nil }
        for (index, message) in messages.enumerated() {
            guard readTexts(of: message, isLast: index == messages.count - 1) else { return nil }
        }
    }

    // MARK: Members of the body

    /// Members that cannot change the answer: the names a client files the request under, how it wants the answer delivered, and `model`, whose
    /// meaning is part of the policy.
    private static let ignored: Set<String> = [
        "model", "stream", "stream_options", "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention", "qualm", "top_logprobs",
    ]

    private mutating func take(_ member: CanonicalJSON.Member) -> Bool {
        let (value, name) = (member.value, body.text(ofName: member))
        switch name {
        case _ where Self.ignored.contains(name): return true
        case "messages":
            messages = body.elements(of: value)
            return value.kind == .array
        case "temperature":
            temperature = number(value)
            return temperature != nil
        case "max_tokens", "max_completion_tokens":
            guard let tokens = number(value).flatMap(Int.init(exactly:)) else { return false }
            maxTokens = min(tokens, maxTokens ?? tokens)
            return true
        case "stop":
            stop = value
            return value.kind == .string || value.kind == .array
        case "logprobs" where value.kind == .bool && !body.bytes(of: value).elementsEqual("true".utf8): return true
        case "n" where body.bytes(of: value).elementsEqual("1".utf8): return true
        case "tools": tools = body.elements(of: value)
        case "functions": functions = body.elements(of: value)
        case "tool_choice": toolChoice = value
        case "function_call": toolChoice = toolChoice ?? value
        case "audio": mediaOrSearch = .media
        case "modalities":
            let asksForMore = value.kind != .array || body.elements(of: value).contains { !body.isString("text", $0) }
            if asksForMore { mediaOrSearch = .media }
        case "web_search_options": mediaOrSearch = mediaOrSearch ?? .time
        default: break
        }
        exactMembers.append(member)
        return true
    }

    private func number(_ value: CanonicalJSON.Value) -> Double? {
        guard value.kind == .int || value.kind == .double else { return nil }
        return Double(String(decoding: body.bytes(of: value), as: UTF8.self))
    }

    // MARK: Messages

    private mutating func readTexts(of message: CanonicalJSON.Value, isLast: Bool) -> Bool {
        guard let role = body.member("role", of: message), role.kind == .string else { return false }
        let content = body.member("content", of: message)
        var texts: [CanonicalJSON.Value] = []
        var isTextOnly = true
        switch content?.kind {
        case .string?: texts = content.map { [$0] } ?? []
        case .array?:
            for part in content.map(body.elements(of:)) ?? [] {
                if let text = text(ofPart: part) { texts.append(text) } else { isTextOnly = false }
            }
        case nil, .null?: break
        default: return false
        }
        guard body.isString("user", role) else { return true }
        userTexts += texts.compactMap(body.text(of:))
        if isLast && isTextOnly { lastTexts = texts }
        return true
    }

    /// The text of a part with type `text`; `nil` for every other part.
    private func text(ofPart part: CanonicalJSON.Value) -> CanonicalJSON.Value? {
        guard let type = body.member("type", of: part), body.isString("text", type), let text = body.member("text", of: part) else {
            return nil
        }
        return text.kind == .string ? text : nil
    }
}
