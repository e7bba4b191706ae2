internal import CSimdjson

/// What one `chat.completion.chunk` (or whole `chat.completion`) says, read in a single validated walk over its bytes without
/// building a tree. A value is a reusable store: scanning chunk after chunk into it allocates nothing once it has grown.
///
/// Only the choice with index 0 (or without an index) is read. Of duplicate members the last wins. Values of an unexpected type are
/// validated and otherwise ignored.
public struct ChatChunkScan: Sendable {
    /// One streamed piece of a tool call. Ranges are of the text store given to ``scan(_:text:alternatives:)``.
    public struct ToolCall: Sendable, Hashable {
        /// The call's `index`; where that is missing, its position in the array.
        public var index: Int
        public var id: Range<Int>
        public var name: Range<Int>
        public var arguments: Range<Int>
    }

    /// One element of `logprobs.content` or `logprobs.refusal`.
    public struct Token: Sendable, Hashable {
        /// NaN when missing, null or no number.
        public var logprob: Double
        /// Of the text store.
        public var text: Range<Int>
        /// Of the alternatives store: every `top_logprobs` value as sent, NaN for null.
        public var alternatives: Range<Int>
        /// The token's text is the text of one of its alternatives.
        public var isListed: Bool
    }

    /// `finish_reason`, when it is a string.
    public enum Finish: Sendable, Hashable {
        case stop, length, toolCalls, contentFilter, other
    }

    /// Token counts; what is missing is 0.
    public struct Usage: Sendable, Hashable {
        public var promptTokens: Int
        public var completionTokens: Int
        public var cachedTokens: Int
        public var reasoningTokens: Int
    }

    /// The root object in the scanned bytes.
    public private(set) var json = 0..<0
    /// The value of `choices[0].logprobs` in the scanned bytes; empty when absent or null.
    public private(set) var logprobs = 0..<0
    /// The value of `usage` in the scanned bytes; empty when absent.
    public private(set) var usageValue = 0..<0
    /// `choices` is an empty array.
    public private(set) var hasNoChoices = false
    /// The delta (or message) names a role.
    public private(set) var hasRole = false
    /// `finish_reason` of the choice; `nil` while it is null or absent.
    public private(set) var finish: Finish?
    /// The top-level `usage`, when it is an object.
    public private(set) var usage: Usage?
    /// Of the text store; empty when absent or null.
    public private(set) var reasoning = 0..<0
    /// Of the text store; empty when absent or null. The texts of an array of parts are joined.
    public private(set) var content = 0..<0
    /// Of the text store; empty when absent or null.
    public private(set) var refusal = 0..<0
    /// Of the text store: the message of a top-level `error`, its raw JSON when it has no message.
    public private(set) var error: Range<Int>?
    /// In document order.
    public private(set) var toolCalls: [ToolCall] = []
    /// In document order, `content` and `refusal` alike.
    public private(set) var tokens: [Token] = []

    private let readsTokens: Bool

    /// - Parameter readsTokens: without it, `logprobs` is validated and located, and `tokens` stays empty.
    public init(readsTokens: Bool = true) { self.readsTokens = readsTokens }

    /// Validates and reads one JSON object, which white space may surround. Decoded strings are appended to `text`, the values of
    /// `top_logprobs` to `alternatives`. When it throws, both are as before and the fields of this value mean nothing.
    public mutating func scan(_ bytes: Span<UInt8>, text: inout [UInt8], alternatives: inout [Double]) throws(JSONSyntaxError) {
        let failure: JSONSyntaxError? = unsafe bytes.withUnsafeBufferPointer { buffer in
            var chat = unsafe qj_chat()
            var offset = 0
            let status = unsafe qj_scan_chat(buffer.baseAddress, buffer.count, readsTokens, &chat, &offset)
            defer { if buffer.count > JSONScanner.everydayBytes { qj_trim() } }
            guard status == QJ_OK else { return unsafe JSONScanner.error(status, at: offset, in: Array(buffer)) }
            unsafe take(chat, textBase: text.count, alternativesBase: alternatives.count)
            unsafe text.append(contentsOf: UnsafeBufferPointer(start: chat.text, count: chat.text_count))
            unsafe alternatives.append(contentsOf: UnsafeBufferPointer(start: chat.alternatives, count: chat.alternative_count))
            return nil
        }
        if let failure { throw failure }
    }

    private mutating func take(_ chat: qj_chat, textBase: Int, alternativesBase: Int) {
        func text(_ range: qj_text) -> Range<Int> { textBase + Int(range.start)..<textBase + Int(range.end) }
        unsafe json = Int(chat.start)..<Int(chat.end)
        unsafe logprobs = Int(chat.logprobs_start)..<Int(chat.logprobs_end)
        unsafe usageValue = Int(chat.usage_start)..<Int(chat.usage_end)
        unsafe hasNoChoices = chat.has_no_choices != 0
        unsafe hasRole = chat.has_role != 0
        unsafe finish = Finish(qj_finish(rawValue: UInt32(chat.finish)))
        usage =
            unsafe chat.has_usage == 0
            ? nil
            : unsafe Usage(
                promptTokens: Int(chat.prompt_tokens), completionTokens: Int(chat.completion_tokens),
                cachedTokens: Int(chat.cached_tokens), reasoningTokens: Int(chat.reasoning_tokens))
        unsafe reasoning = text(chat.reasoning)
        unsafe content = text(chat.content)
        unsafe refusal = text(chat.refusal)
        error = unsafe chat.has_error == 0 ? nil : text(chat.error)
        toolCalls.removeAll(keepingCapacity: true)
        let calls = unsafe UnsafeBufferPointer(start: chat.tool_calls, count: chat.tool_call_count)
        for position in calls.indices {
            let call = unsafe calls[position]
            toolCalls.append(ToolCall(index: Int(call.index), id: text(call.id), name: text(call.name), arguments: text(call.arguments)))
        }
        tokens.removeAll(keepingCapacity: true)
        let found = unsafe UnsafeBufferPointer(start: chat.tokens, count: chat.token_count)
        for position in found.indices {
            let token = unsafe found[position]
            tokens.append(
                Token(
                    logprob: token.logprob, text: text(token.text),
                    alternatives: alternativesBase + Int(token.alternatives_start)..<alternativesBase + Int(token.alternatives_end),
                    isListed: token.is_listed != 0))
        }
    }
}

extension ChatChunkScan.Finish {
    fileprivate init?(_ finish: qj_finish) {
        switch finish {
        case QJ_FINISH_STOP: self = .stop
        case QJ_FINISH_LENGTH: self = .length
        case QJ_FINISH_TOOL_CALLS: self = .toolCalls
        case QJ_FINISH_CONTENT_FILTER: self = .contentFilter
        case QJ_FINISH_OTHER: self = .other
        default: return nil
        }
    }
}
