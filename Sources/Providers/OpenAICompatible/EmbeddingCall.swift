import HTTPTransport
import Synchronization

/// One exchange with the embedder, from the texts it carries to the bytes that come back.
final class EmbeddingCall: HTTPExchangeSink {
    /// One caller, and which of the texts is its own.
    struct Seat: Sendable {
        var ticket: EmbeddingTicket
        var place: Int
    }

    private struct State: Sendable {
        var exchange: (any HTTPExchange)?
        var isUnwanted = false
        var isTooLarge = false
        var hasEnded = false
        var status = 0
        var body: [UInt8] = []
    }

    /// Room for the largest vectors in use (4,096 numbers of 20 digits), twice over.
    private static let maxBytesPerText = 262_144
    private static let maxOtherBytes = 65_536

    /// 1 or more, no two equal.
    let texts: [String]
    let seats: [Seat]
    private let onEnd: @Sendable (EmbeddingCall, Result<EmbeddingResponse, HTTPTransportError>) -> Void
    private let state = Mutex(State())

    init(
        texts: [String], seats: [Seat], onEnd: @escaping @Sendable (EmbeddingCall, Result<EmbeddingResponse, HTTPTransportError>) -> Void
    ) {
        self.texts = texts
        self.seats = seats
        self.onEnd = onEnd
    }

    /// The exchange may have ended, or become unwanted, before its starter got hold of it.
    func attach(_ exchange: any HTTPExchange) {
        let isUnwanted = state.withLock { state in
            if !state.hasEnded { state.exchange = exchange }
            return state.isUnwanted || state.isTooLarge
        }
        if isUnwanted { exchange.cancel() }
    }

    func cancel() {
        let exchange = state.withLock { state in
            state.isUnwanted = true
            return state.exchange
        }
        exchange?.cancel()
    }

    func head(_ head: HTTPResponseHead) {
        state.withLock { $0.status = head.status }
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
        let limit = Self.maxOtherBytes + texts.count * Self.maxBytesPerText
        let unwanted: (any HTTPExchange)? = state.withLock { state in
            guard !state.isTooLarge else { return nil }
            guard bytes.count <= limit - state.body.count else {
                state.isTooLarge = true
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
        let outcome = state.withLock { state -> Result<EmbeddingResponse, HTTPTransportError> in
            state.hasEnded = true
            state.exchange = nil
            if state.isTooLarge {
                return .failure(HTTPTransportError(.malformedResponse, "the answer is larger than \(texts.count) vectors can be"))
            }
            let (status, body) = (state.status, state.body)
            state.body = []
            return result.map { _ in EmbeddingResponse(call: self, status: status, body: body) }
        }
        onEnd(self, outcome)
    }
}

/// What came back, unread.
struct EmbeddingResponse: Sendable {
    let call: EmbeddingCall
    var status: Int
    var body: [UInt8]
}
