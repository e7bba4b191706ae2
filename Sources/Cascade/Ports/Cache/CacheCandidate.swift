public import ChatAPI

/// A complete answer that might be stored, with everything that speaks for and against it. The cache decides.
public struct CacheCandidate: Sendable {
    /// A whole `chat.completion` object without logprobs and without a `qualm` member, as the model gave it.
    public var body: [UInt8]
    /// Who answered.
    public var model: ModelName
    /// ``AnswerRoute/draft`` or ``AnswerRoute/heavyweight``.
    public var route: AnswerRoute
    public var finish: FinishReason
    public var tokens: TokenCount
    /// A draft's largest statistic as a share of the level from which it would have been escalated, 0 or more; `nil` without evidence, and
    /// for the heavyweight.
    public var doubt: Double?
    /// Nobody may repeat this answer: an overrun, a doubted draft, a draft that nobody judged, a refusal.
    public var isMarked: Bool

    public init(
        body: [UInt8], model: ModelName, route: AnswerRoute, finish: FinishReason, tokens: TokenCount, doubt: Double? = nil,
        isMarked: Bool = false
    ) {
        self.body = body
        self.model = model
        self.route = route
        self.finish = finish
        self.tokens = tokens
        self.doubt = doubt
        self.isMarked = isMarked
    }
}

/// What became of a candidate. A closed set: also a metric label.
public enum CacheAdmission: String, Sendable, Hashable, CaseIterable {
    case stored
    /// Not `stop`, nor complete tool calls.
    case incomplete
    /// Overrun, doubted, unjudged or refused.
    case marked
    /// A shipped draft at or above half the level of escalation, or without evidence.
    case doubtful
    /// `cache.admit: shipped_drafts`, and the heavyweight answered; or everything was removed meanwhile.
    case policy
    /// Larger than `cache.max_entry_bytes`, or without text and calls.
    case unfit
    /// The entry is in quarantine.
    case quarantined
    /// The store failed, or its breaker is open.
    case failed
    /// Too many answers wait to be stored.
    case overloaded
}
