/// Where an answer was looked for.
public enum CacheLevelLabel: Int, ClosedMetricLabel {
    public static let name = "level"
    /// The same request in another spelling of its JSON.
    case exact
    /// A request that means the same.
    case vector
}

/// How looking at one level ended.
public enum CacheResultLabel: Int, ClosedMetricLabel {
    public static let name = "result"
    case hit
    case miss
    /// Something near was found, and a guard saw a difference.
    case guarded
    /// Waited for an equal request in flight, and got its answer.
    case coalesced
    /// A hit that was not served, but compared with the pipeline's answer.
    case shadowed
    case quarantined
    /// Longer than the request's `max_tokens`.
    case unfit
    case timeout
    case error
    /// The store's breaker is open; it was not asked.
    case breakerOpen
    /// Too many lookups were waiting.
    case overloaded
}

/// Why the cache did not look at a request.
public enum CacheBypassLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    /// `x-qualm-cache: no-cache` or `no-store`.
    case directive
    /// `x-qualm-escalate: always` or `never`.
    case control
    case temperature
    case choices
    case tools
    case media
    case time
    case length
    case logprobs
    case shape
}

/// What became of a complete answer.
public enum CacheAdmissionLabel: Int, ClosedMetricLabel {
    public static let name = "result"
    case stored
    case incomplete
    case marked
    case doubtful
    case policy
    case unfit
    case quarantined
    case failed
    case overloaded
}

/// Who keeps answers and vectors, or makes the vectors.
public enum StoreLabel: Int, ClosedMetricLabel {
    public static let name = "store"
    case embedded
    case redis
    case qdrant
    case embedder
}

/// Why a store or the embedder did not do what it was asked.
public enum StoreErrorLabel: Int, ClosedMetricLabel {
    public static let name = "kind"
    case unavailable
    case timeout
    case overloaded
    case unauthorized
    case malformed
    case rejected
    case mismatch
    case closed
}

/// What comparing a would-be hit with the pipeline's own answer said.
public enum ShadowVerdictLabel: Int, ClosedMetricLabel {
    public static let name = "verdict"
    case agree
    /// A false hit.
    case disagree
    case unknown
}
