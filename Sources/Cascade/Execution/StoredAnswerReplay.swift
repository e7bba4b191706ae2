import ChatAPI

/// A stored `chat.completion` as the events of a stream, so that it takes the same way to the client as a model's answer: equal content,
/// streamed or not.
enum StoredAnswerReplay {
    /// Texts are cut into pieces of at most so many bytes: a client that renders deltas sees a stream.
    private static let pieceBytes = 512

    /// - Throws: when the body is not a completion.
    static func batch(of body: [UInt8]) throws -> CompletionBatch {
        var batch = CompletionBatch()
        var decoder = ChatStreamDecoder(scansLogprobs: false)
        var events: [UInt8] = []
        for chunk in try ChatCompletionSplitter(maxTextBytes: pieceBytes, includesUsage: true).chunks(of: body) {
            ServerSentEventWriter.appendEvent(data: chunk, to: &events)
        }
        ServerSentEventWriter.appendDone(to: &events)
        try decoder.decode(events, into: &batch)
        return batch
    }
}
