/// A stored answer that may become the client's.
public struct CacheHit: Sendable, Hashable {
    /// The entry's id: a UUID, for `x-qualm-cache-id` and `DELETE /v1/cache/{id}`.
    public var id: String
    public var level: CacheLevel
    /// A whole `chat.completion` object: no logprobs, no `qualm` member, its `usage` marked with `"cached": true`.
    public var body: [UInt8]
    /// The model that gave the answer.
    public var model: ModelName
    /// What the answer took when it was made.
    public var tokens: TokenCount
    /// Whole seconds since the answer was stored.
    public var ageSeconds: Int

    public init(id: String, level: CacheLevel, body: [UInt8], model: ModelName, tokens: TokenCount, ageSeconds: Int) {
        self.id = id
        self.level = level
        self.body = body
        self.model = model
        self.tokens = tokens
        self.ageSeconds = ageSeconds
    }
}

/// Where an answer was looked for. A closed set: also a metric label.
public enum CacheLevel: String, Sendable, Hashable, CaseIterable {
    /// The same request in another spelling of its JSON.
    case exact
    /// A request that means the same.
    case vector
}

/// How looking at one level ended. A closed set: also a metric label.
public enum CacheResult: String, Sendable, Hashable, CaseIterable {
    case hit
    /// Nothing is stored, or nothing near enough.
    case miss
    /// Something near was found, and a guard saw a difference.
    case guarded
    /// Waited for an equal request in flight, and got its answer.
    case coalesced
    /// A hit that was not served, so that the pipeline's own answer can be compared with it.
    case shadowed
    /// What was found is in quarantine.
    case quarantined
    /// What was found does not fit this request: longer than its `max_tokens`.
    case unfit
    /// No answer within the deadline.
    case timeout
    /// The store, or the embedder, failed.
    case error
    /// Not asked: it has failed too often of late.
    case breakerOpen = "breaker_open"
    /// Not asked: too many lookups are waiting already.
    case overloaded
}

/// Why the cache does not look at a request at all. A closed set: also a metric label.
public enum CacheBypass: String, Sendable, Hashable, CaseIterable {
    /// `x-qualm-cache: no-cache` or `no-store`.
    case directive
    /// `x-qualm-escalate: always` or `never`.
    case control
    /// `temperature` above 0.3.
    case temperature
    /// `n` above 1.
    case choices
    /// A tool that may change something.
    case tools
    /// Images, audio, files.
    case media
    /// The answer depends on when it is asked.
    case time
    /// More prompt tokens than `cache.max_prompt_tokens`.
    case length
    /// The client wants logprobs, which are not stored.
    case logprobs
    /// The body is not what the cache understands.
    case shape
}

/// What a request's lookup came to: for its decision record.
public struct CacheOutcome: Sendable, Hashable {
    public var bypass: CacheBypass?
    /// `nil` when that level was not looked at.
    public var exact: CacheResult?
    public var vector: CacheResult?
    /// Cosine of the nearest entry in the partition, when there was one.
    public var similarity: Double?
    /// Score of the nearest entry, 0...1, when there was one.
    public var score: Double?
    /// What a guard saw: its name. Never quotes a prompt.
    public var guardName: String?
    /// Milliseconds from the start of the lookup to its outcome.
    public var waitedMs: Double
    /// What the lookup's embedding took; `nil` when none was made for this request.
    public var embedding: EmbeddingUse?

    public init(
        bypass: CacheBypass? = nil, exact: CacheResult? = nil, vector: CacheResult? = nil, similarity: Double? = nil, score: Double? = nil,
        guardName: String? = nil, waitedMs: Double = 0, embedding: EmbeddingUse? = nil
    ) {
        self.bypass = bypass
        self.exact = exact
        self.vector = vector
        self.similarity = similarity
        self.score = score
        self.guardName = guardName
        self.waitedMs = waitedMs
        self.embedding = embedding
    }
}

/// One request's share of an embedding call, for the ledger.
public struct EmbeddingUse: Sendable, Hashable {
    public var model: ModelName
    public var tokens: TokenCount
    public var end: LegRecord.End
    /// When the call was started, and what it took.
    public var startedAt: ContinuousClock.Instant
    public var duration: Duration

    public init(model: ModelName, tokens: TokenCount, end: LegRecord.End, startedAt: ContinuousClock.Instant, duration: Duration) {
        self.model = model
        self.tokens = tokens
        self.end = end
        self.startedAt = startedAt
        self.duration = duration
    }
}
