/// Reads a whole `chat.completion` object, the answer to a request without `stream`, into the same batch a stream fills: one chunk
/// with all its events, and the terminal marker.
public struct ChatResponseDecoder: Sendable {
    private var reader: ChatChunkReader

    /// - Parameter scansLogprobs: whether to report evidence.
    public init(scansLogprobs: Bool) { reader = ChatChunkReader(scansLogprobs: scansLogprobs) }

    /// Appends the completion to `batch`. When it throws (``ChatStreamError/malformedChunk(offset:message:)``), the batch is as before.
    public mutating func decode(body: [UInt8], into batch: inout CompletionBatch) throws(ChatStreamError) {
        try reader.read(body.span, into: &batch)
        batch.isDone = true
    }
}
