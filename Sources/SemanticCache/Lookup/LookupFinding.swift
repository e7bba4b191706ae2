internal import Cascade

/// What one lookup came to.
struct LookupFinding: Sendable {
    /// `nil` when that level was not looked at.
    var exact: CacheResult?
    var vector: CacheResult?
    /// What there is to serve.
    var answer: StoredAnswer?
    /// A hit that is not served: compared with the model's answer.
    var shadowed: StoredAnswer?
    var similarity: Double?
    var score: Double?
    var guardName: String?
    var embedding: EmbeddingUse?

    /// Where ``answer`` was found. What an equal request in flight got counts as exact.
    var level: CacheLevel { exact == .hit || exact == .coalesced ? .exact : .vector }

    func outcome(waited: Duration) -> CacheOutcome {
        CacheOutcome(
            exact: exact, vector: vector, similarity: similarity, score: score, guardName: guardName,
            waitedMs: Double(waited.components.seconds) * 1e3 + Double(waited.components.attoseconds) / 1e15, embedding: embedding)
    }
}

/// What a lookup needs to know of its request.
struct LookupRequest: Sendable {
    var fingerprint: CacheFingerprint
    var startedAt: ContinuousClock.Instant
    /// ``SemanticCompletionCache/removals`` when the request came.
    var removals: Int
    /// The client wants a stored answer or none: no model is asked.
    var isOnlyIfCached = false

    var id: String { fingerprint.id }
}
