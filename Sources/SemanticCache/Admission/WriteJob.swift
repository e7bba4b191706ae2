internal import Cascade

/// What is done after a request, off its path.
enum WriteJob: Sendable {
    case offer(AnswerOffer)
    /// Points whose entry is gone.
    case forget([String])
    /// An entry that cannot be read.
    case discard(String)
    /// The vector of a stored answer that came after it.
    case upsert(VectorPoint, removals: Int)
}

/// A model's answer: to be compared with the hit that was not served, and to be stored.
struct AnswerOffer: Sendable {
    var session: LookupSession
    /// `nil` when it is only compared.
    var answer: StoredAnswer?
    /// The hit that was not served, and the answer to go by.
    var comparison: ShadowComparison?
    /// ``SemanticCompletionCache/removals`` when the answer came.
    var removals: Int
}
