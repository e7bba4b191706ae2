/// Answers requests without a model. The implementation is `SemanticCache`; what it keeps lies behind ``AnswerStore`` and ``VectorStore``.
///
/// Fail open: whatever is down, slow or talks nonsense is a miss and a metric, never an error of the request.
public protocol CompletionCache: Sendable {
    /// Begins one request's dealings with the cache and returns at once: never suspends, never blocks.
    ///
    /// What is known without waiting is in ``CacheSession/start``; otherwise `sink` hears the outcome exactly once, on any thread, within the
    /// cache's deadline. The caller must end the session with ``CacheSession/end(_:)``, exactly once, on every way out.
    func begin(_ query: CacheQuery, sink: any CacheSink) -> any CacheSession

    /// Counters and sizes, for `GET /v1/cache/stats`. Sizes of stores that do not answer are `nil`.
    func statistics() async -> CacheStatistics

    /// Removes every entry. Counters stay.
    /// - Returns: how many entries there were.
    func removeAll() async throws(StoreError) -> Int

    /// Removes one entry by its id, from every level.
    /// - Returns: false when there is no such entry.
    func remove(_ id: String) async throws(StoreError) -> Bool
}

/// One request's dealings with the cache, from its lookup to its end.
public protocol CacheSession: AnyObject, Sendable {
    /// What was known at once.
    var start: CacheStart { get }

    /// An answer to this request could be stored or compared: collect it, and hand it to ``end(_:)``.
    var wantsAnswer: Bool { get }

    /// The embedding that was begun for this request and is in no outcome yet, its tokens estimated: for the ledger of a request that ends
    /// first.
    var unreportedEmbedding: EmbeddingUse? { get }

    /// The request is over, or needs the cache no more. The first call counts. Releases those who wait for this request's answer.
    func end(_ end: CacheEnd)
}

public enum CacheStart: Sendable {
    /// Answered: no model need be asked.
    case hit(CacheOutcome, CacheHit)
    /// The models must answer: a miss, or a request that the cache does not look at.
    case miss(CacheOutcome)
    /// The sink will hear.
    /// - Parameter holdsDrafter: an equal request is being answered now: wait for it instead of asking the drafter.
    case pending(holdsDrafter: Bool)
}

/// How a request's dealings with the cache ended.
public enum CacheEnd: Sendable {
    /// The hit became the client's answer.
    case served
    /// A model answered, completely.
    case answered(CacheCandidate)
    /// Neither: failed, cut, or the client left.
    case nothing
}

/// Hears the outcome of a pending lookup. Must return quickly.
public protocol CacheSink: AnyObject, Sendable {
    func resolved(_ outcome: CacheOutcome, _ hit: CacheHit?)
}
