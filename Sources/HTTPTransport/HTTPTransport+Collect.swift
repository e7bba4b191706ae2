extension HTTPTransport {
    /// Runs one exchange to its end and returns the whole response. For the small calls: embeddings, judges, model lists.
    ///
    /// Cancelling the task cancels the exchange, and `cancelled` is thrown.
    ///
    /// - Parameter maxBytes: of the body; a larger one is given up with `tooLarge`.
    /// - Throws: what the exchange failed with. An error status is a response, not an error.
    public func collect(
        _ request: HTTPExchangeRequest, maxBytes: Int
    ) async throws(HTTPTransportError) -> (head: HTTPResponseHead, body: [UInt8]) {
        let collector = HTTPResponseCollector(maxBytes: maxBytes)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                collector.begin { continuation.resume(returning: $0) }
                collector.attach(start(request, sink: collector))
            }
        } onCancel: {
            collector.cancel()
        }
        return try result.get()
    }
}
