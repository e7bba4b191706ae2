internal import Synchronization

/// Keeps the pieces of one response until its end comes: for the small calls whose answer is read whole.
///
/// Call ``begin(_:)``, start the exchange with this as its sink, and ``attach(_:)`` what the transport returned.
public final class HTTPResponseCollector: HTTPExchangeSink {
    public typealias Response = (head: HTTPResponseHead, body: [UInt8])
    public typealias Outcome = Result<Response, HTTPTransportError>

    private struct State {
        var onEnd: (@Sendable (Outcome) -> Void)?
        var exchange: (any HTTPExchange)?
        var isCancelled = false
        var hasEnded = false
        var isOverflowing = false
        var head = HTTPResponseHead(status: 0)
        var body: [UInt8] = []
    }

    private let state = Mutex(State())
    private let maxBytes: Int

    /// - Parameter maxBytes: of the body; a larger one is given up with ``HTTPTransportError/Kind/tooLarge``.
    public init(maxBytes: Int) {
        self.maxBytes = maxBytes
    }

    /// - Parameter onEnd: hears the outcome exactly once, on the transport's thread.
    public func begin(_ onEnd: @escaping @Sendable (Outcome) -> Void) {
        state.withLock { $0.onEnd = onEnd }
    }

    /// The exchange may have ended, or been cancelled, before its starter got hold of it.
    public func attach(_ exchange: any HTTPExchange) {
        let isUnwanted = state.withLock { state in
            if !state.hasEnded { state.exchange = exchange }
            return state.isCancelled || state.isOverflowing
        }
        if isUnwanted { exchange.cancel() }
    }

    /// Closes the exchange; the outcome is then `cancelled`, unless it had come before.
    public func cancel() {
        let exchange = state.withLock { state in
            state.isCancelled = true
            return state.exchange
        }
        exchange?.cancel()
    }

    public func head(_ head: HTTPResponseHead) {
        state.withLock { $0.head = head }
    }

    public func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
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

    public func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        let (onEnd, outcome) = state.withLock { state in
            defer {
                state.onEnd = nil
                state.exchange = nil
                state.hasEnded = true
                state.body = []
            }
            let outcome: Outcome =
                if state.isOverflowing {
                    .failure(HTTPTransportError(.tooLarge, "the response body is larger than the \(maxBytes) bytes asked for"))
                } else {
                    result.map { _ in (state.head, state.body) }
                }
            return (state.onEnd, outcome)
        }
        onEnd?(outcome)
    }
}
