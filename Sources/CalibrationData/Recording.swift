public import Calibration
public import EntropyRouting

/// One line of a recording: one prompt, the drafter's answer with its evidence, the heavyweight's answer. Holds the prompt's hash, not its
/// text.
public struct Recording: Sendable {
    /// Of the file format; written as `"v": 1`.
    public static let version = 1

    public var id: String
    /// `sha256:` and 64 hexadecimal digits over the canonical JSON of the messages.
    public var promptHash: String
    public var category: String
    /// As ``TaskClass/classify(_:)-(String)`` sees the last user message.
    public var taskClass: TaskClass
    /// ISO 8601, UTC.
    public var recordedAt: String
    /// Parameters of the draft's request.
    public var temperature: Double
    public var topLogprobs: Int
    /// `max_tokens` of both requests, 0 when it was left to the provider; `nil` when it is not known (imports, and recordings of older
    /// versions).
    public var maxTokens: Int?
    /// Name of the prompt template, `plain` when the prompt is sent as it is.
    public var promptMode: String
    /// As production estimates it before the request is sent: bytes of the messages' texts, divided by four. A risk model sees this number,
    /// and not the provider's count, in production; `nil` for imported recordings whose prompt is not known.
    public var promptTokens: Int?
    public var draft: RecordedAnswer
    /// `nil` when no heavyweight was asked.
    public var heavyweight: RecordedAnswer?
    /// The verdict that came with an imported recording (gold labels); `nil` for those of `qualm record`.
    public var isBad: Bool?

    public init(
        id: String, promptHash: String, category: String, taskClass: TaskClass, recordedAt: String, temperature: Double, topLogprobs: Int,
        maxTokens: Int? = nil, promptMode: String = "plain", promptTokens: Int? = nil, draft: RecordedAnswer,
        heavyweight: RecordedAnswer? = nil, isBad: Bool? = nil
    ) {
        self.id = id
        self.promptHash = promptHash
        self.category = category
        self.taskClass = taskClass
        self.recordedAt = recordedAt
        self.temperature = temperature
        self.topLogprobs = topLogprobs
        self.maxTokens = maxTokens
        self.promptMode = promptMode
        self.promptTokens = promptTokens
        self.draft = draft
        self.heavyweight = heavyweight
        self.isBad = isBad
    }
}

/// One model's answer.
public struct RecordedAnswer: Sendable {
    /// The provider's configured name.
    public var provider: String
    /// The model that was asked for.
    public var model: String
    /// `model` and `system_fingerprint` as the answer named them.
    public var answeredBy: String?
    public var fingerprint: String?
    public var text: String
    public var finish: FinishKind
    public var facts: AnswerFacts
    /// US dollars; `nil` = unknown price.
    public var costUSD: Double?
    /// The drafter's tokens; empty for the heavyweight.
    public var tokens: [RecordedToken]
    /// The answer used the refusal channel.
    public var isRefusal: Bool
    /// The token counts of ``facts`` were made here, from the stream and the prompt: the provider sent none, or impossible ones.
    public var isCountEstimated: Bool

    public init(
        provider: String, model: String, answeredBy: String? = nil, fingerprint: String? = nil, text: String, finish: FinishKind,
        facts: AnswerFacts, costUSD: Double? = nil, tokens: [RecordedToken] = [], isRefusal: Bool = false, isCountEstimated: Bool = false
    ) {
        self.provider = provider
        self.model = model
        self.answeredBy = answeredBy
        self.fingerprint = fingerprint
        self.text = text
        self.finish = finish
        self.facts = facts
        self.costUSD = costUSD
        self.tokens = tokens
        self.isRefusal = isRefusal
        self.isCountEstimated = isCountEstimated
    }
}

/// One token's evidence, with the numbers as they were sent.
public struct RecordedToken: Sendable, Hashable {
    /// Milliseconds since the request was sent.
    public var ms: Double
    public var bytes: [UInt8]
    /// Natural logarithm; NaN when the provider sent none (`null` in the file).
    public var logprob: Double
    /// Natural logarithms of the listed tokens, as sent.
    public var top: [Double]
    /// The sampled token is one of those listed.
    public var isListed: Bool

    public init(ms: Double, bytes: [UInt8], logprob: Double, top: [Double], isListed: Bool) {
        self.ms = ms
        self.bytes = bytes
        self.logprob = logprob
        self.top = top
        self.isListed = isListed
    }
}
