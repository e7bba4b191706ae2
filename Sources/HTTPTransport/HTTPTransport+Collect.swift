import Synchronization

extension HTTPTransport {
    /// Runs one exchange to its end and returns the whole response. For the small calls: embeddings, judges, model lists.
    ///
    /// Cancelling the task cancels the exchange, and `cancelled` is thrown.
    ///
    /// - Parameter maxBytes: of the body; a larger one is given up with `other`.
    /// - Throws: what the exchange failed with. An error status is a response, not an error.
    public func collect(
        _ request: HTTPExchangeRequest, maxBytes: Int
    ) async throws(HTTPTransportError) -> (head: HTTPResponseHead, body: [UInt8]) {
        let collector = ResponseCollector(maxBytes: maxBytes)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                collector.begin(continuation)
                collector.attach(start(request, sink: collector))
            }
        } onCancel: {
            collector.cancel()
        }
        return try result.get()
    }
}

/// Keeps the pieces until the end comes.
private final class ResponseCollector: HTTPExchangeSink {
    typealias Response = (head: HTTPResponseHead, body: [UInt8])
    typealias Outcome = Result<Response, HTTPTransportError>

    private struct State {
        var continuation: CheckedContinuation<Outcome, Never>?
        var exchange: (any HTTPExchange)?
        var isCancelled = false
        var hasEnded = false
        var isOverflowing = false
        var head = HTTPResponseHead(status: 0)
        var body: [UInt8] = []
    }

    private let state = Mutex(State())
    private let maxBytes: Int

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    func begin(_ continuation: CheckedContinuation<Outcome, Never>) {
        state.withLock { $0.continuation = continuation }
    }

    /// The exchange may have ended, or the task been cancelled, before its starter got hold of it.
    func attach(_ exchange: any HTTPExchange) {
        let isUnwanted = state.withLock { state in
            if !state.hasEnded { state.exchange = exchange }
            return state.isCancelled || state.isOverflowing
        }
        if isUnwanted { exchange.cancel() }
    }

    func cancel() {
        let exchange = state.withLock { state in
            state.isCancelled = true
            return state.exchange
        }
        exchange?.cancel()
    }

    func head(_ head: HTTPResponseHead) {
        state.withLock { $0.head = head }
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
        let unwanted: (any HTTPExchange)? = state.withLock { state in
            if state.isOverflowing { return nil }
            if bytes.count > maxBytes - state.body.count {
                state.isOverflowing = true
                state.body = []
                return state.exchange
            }
            state.body.append(contentsOf: bytes)
            return nil
        }
        unwanted?.cancel()
        return .more
    }

    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        let (continuation, outcome) = state.withLock { state in
            defer {
                state.continuation = nil
                state.exchange = nil
                state.hasEnded = true
            }
            let outcome: Outcome =
                if state.isOverflowing {
                    .failure(HTTPTransportError(.other, "the response body is larger than the \(maxBytes) bytes asked for"))
                } else {
                    result.map { _ in (state.head, state.body) }
                }
            return (state.continuation, outcome)
        }
        continuation?.resume(returning: outcome)
    }
}
