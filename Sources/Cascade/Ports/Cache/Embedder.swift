/// Turns a text into a vector. The implementation speaks OpenAI's `/v1/embeddings`.
public protocol Embedder: Sendable {
    var model: ModelName { get }

    /// The vector of one text. Texts that wait at the same time share one call.
    ///
    /// Cancelling the task gives up waiting; the call goes on for the others.
    /// - Throws: ``StoreError`` of the store ``StoreError/Store/embedder``, by the deadline at the latest.
    func embedding(of text: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> EmbeddedText
}

/// A text's vector and what it took.
public struct EmbeddedText: Sendable, Hashable {
    /// Of length 1 and of the embedder's size.
    public var vector: [Float]
    /// This text's share of the call: input tokens only.
    public var tokens: TokenCount

    public init(vector: [Float], tokens: TokenCount) {
        self.vector = vector
        self.tokens = tokens
    }
}
