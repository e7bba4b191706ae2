/// A half-open range of bytes in one of the two byte stores of a ``CompletionBatch``. 32-bit: a batch is bounded far below 2 GiB.
public struct ByteRange: Sendable, Hashable {
    public var lower: Int32
    public var upper: Int32

    @inlinable public init(_ lower: Int, _ upper: Int) {
        self.lower = Int32(truncatingIfNeeded: lower)
        self.upper = Int32(truncatingIfNeeded: upper)
    }

    @inlinable public var range: Range<Int> { Int(lower)..<Int(upper) }
    @inlinable public var count: Int { Int(upper) - Int(lower) }
    @inlinable public var isEmpty: Bool { upper == lower }
    public static let empty = ByteRange(0, 0)
}

/// Why a completion stopped, in the canonical vocabulary every dialect maps to.
public enum FinishReason: String, Sendable, Hashable, CaseIterable {
    case stop
    case length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    /// `function_call` and whatever a provider adds: complete, but not one of the above.
    case other
}

/// Tokens as the provider counted them.
public struct TokenUsage: Sendable, Hashable {
    public var inputTokens: Int
    public var outputTokens: Int
    /// The part of `inputTokens` that the provider read from its prompt cache.
    public var cachedInputTokens: Int
    /// The part of `outputTokens` spent on hidden reasoning.
    public var reasoningTokens: Int

    public init(inputTokens: Int, outputTokens: Int, cachedInputTokens: Int = 0, reasoningTokens: Int = 0) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedInputTokens = cachedInputTokens
        self.reasoningTokens = reasoningTokens
    }
}

/// One streamed piece of a tool call. Pieces belong together by `index`; parallel calls are never merged.
public struct ToolCallDelta: Sendable, Hashable {
    /// Position of the call in the message.
    public var index: Int
    /// In ``CompletionBatch/text``; empty when this piece does not carry it.
    public var id: ByteRange
    public var name: ByteRange
    public var arguments: ByteRange

    public init(index: Int, id: ByteRange = .empty, name: ByteRange = .empty, arguments: ByteRange = .empty) {
        self.index = index
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// One thing a completion stream said, whatever the wire format. Texts are ranges of ``CompletionBatch/text`` (decoded UTF-8).
public enum CompletionEvent: Sendable, Hashable {
    /// The message begins (OpenAI's `delta.role`).
    case role
    /// A piece of the visible answer.
    case text(ByteRange)
    /// A piece of the reasoning channel (`reasoning_content`, `reasoning`): never mixed with the answer.
    case reasoning(ByteRange)
    case refusal(ByteRange)
    case toolCall(ToolCallDelta)
    /// Evidence for some tokens: a range of ``CompletionBatch/tokens``.
    case evidence(Range<Int32>)
    case finish(FinishReason)
    case usage(TokenUsage)
    /// An error the provider reported inside a stream that began with 200. A range of ``CompletionBatch/text`` holding its message.
    case failure(ByteRange)
}

/// What the provider said about one generated token, before any mathematics.
public struct TokenEvidence: Sendable, Hashable {
    /// Natural logarithm of the sampled token's probability as sent; NaN when missing or null. May be -9999 (censored).
    public var logprob: Double
    /// The `top_logprobs` values as sent, unsorted and unfiltered: a range of ``CompletionBatch/alternatives``. NaN for null.
    public var alternatives: Range<Int32>
    /// The sampled token is one of the alternatives (compared by its text).
    public var isListed: Bool
    /// The token's text in ``CompletionBatch/text``.
    public var text: ByteRange

    @inlinable public init(logprob: Double, alternatives: Range<Int32>, isListed: Bool, text: ByteRange) {
        self.logprob = logprob
        self.alternatives = alternatives
        self.isListed = isListed
        self.text = text
    }
}

/// One upstream chunk: its bytes for pass-through and its meaning as events.
public struct CompletionChunk: Sendable, Hashable {
    /// The chunk's JSON object in ``CompletionBatch/bytes``, byte for byte as received, without SSE framing.
    public var json: ByteRange
    /// The *value* of `choices[0].logprobs` inside `json` (absolute in ``CompletionBatch/bytes``); empty when absent or null.
    public var logprobs: ByteRange
    /// The top-level `usage` *value* (object or null), absolute; empty when absent.
    public var usage: ByteRange
    /// Its events: a range of ``CompletionBatch/events``.
    public var events: Range<Int32>
    /// `choices` is an empty array: OpenAI's final usage chunk.
    public var hasNoChoices: Bool
    /// `choices[0].finish_reason` is a string.
    public var isTerminal: Bool

    @inlinable public init(
        json: ByteRange, logprobs: ByteRange = .empty, usage: ByteRange = .empty, events: Range<Int32> = 0..<0, hasNoChoices: Bool = false,
        isTerminal: Bool = false
    ) {
        self.json = json
        self.logprobs = logprobs
        self.usage = usage
        self.events = events
        self.hasNoChoices = hasNoChoices
        self.isTerminal = isTerminal
    }
}

/// Everything one read of an upstream socket said, in flat stores that are reused from read to read: decoding a chunk allocates
/// nothing once the stores have grown to their working size.
public struct CompletionBatch: Sendable {
    /// Raw JSON of the chunks, back to back.
    public var bytes: [UInt8] = []
    /// Decoded UTF-8 of every string an event refers to.
    public var text: [UInt8] = []
    public var chunks: [CompletionChunk] = []
    public var events: [CompletionEvent] = []
    public var tokens: [TokenEvidence] = []
    public var alternatives: [Double] = []
    /// The terminal marker (`[DONE]`) was in this batch.
    public var isDone = false
    /// Who answers: in the batch with the stream's first chunk that names a model, `nil` in all others.
    public var identity: StreamIdentity?

    public init() {}

    /// Empties the stores and keeps their capacity.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        chunks.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        alternatives.removeAll(keepingCapacity: true)
        isDone = false
        identity = nil
    }
}

/// What an upstream calls the model behind a stream.
public struct StreamIdentity: Sendable, Hashable {
    /// `model`, often more exact than the name that was asked for: `gpt-4.1-nano-2025-04-14`.
    public var model: String?
    /// OpenAI's `system_fingerprint`: changes when the weights or the serving set-up do.
    public var fingerprint: String?

    public init(model: String? = nil, fingerprint: String? = nil) {
        self.model = model
        self.fingerprint = fingerprint
    }
}
