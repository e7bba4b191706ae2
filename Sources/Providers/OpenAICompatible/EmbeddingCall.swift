import HTTPTransport

/// One exchange with the embedder, from the texts it carries to the bytes that come back.
final class EmbeddingCall: Sendable {
    /// One caller, and which of the texts is its own.
    struct Seat: Sendable {
        var ticket: EmbeddingTicket
        var place: Int
    }

    /// Room for the largest vectors in use (4,096 numbers of 20 digits), twice over.
    private static let maxBytesPerText = 262_144
    private static let maxOtherBytes = 65_536

    /// 1 or more, no two equal.
    let texts: [String]
    let seats: [Seat]
    private let collector: HTTPResponseCollector
    private let onEnd: @Sendable (EmbeddingCall, Result<EmbeddingResponse, HTTPTransportError>) -> Void

    init(
        texts: [String], seats: [Seat], onEnd: @escaping @Sendable (EmbeddingCall, Result<EmbeddingResponse, HTTPTransportError>) -> Void
    ) {
        self.texts = texts
        self.seats = seats
        self.onEnd = onEnd
        collector = HTTPResponseCollector(maxBytes: Self.maxOtherBytes + texts.count * Self.maxBytesPerText)
    }

    func start(_ request: HTTPExchangeRequest, over transport: any HTTPTransport) {
        collector.begin { [self] outcome in
            onEnd(self, outcome.map { EmbeddingResponse(call: self, status: $0.head.status, body: $0.body) })
        }
        collector.attach(transport.start(request, sink: collector))
    }

    func cancel() { collector.cancel() }
}

/// What came back, unread.
struct EmbeddingResponse: Sendable {
    let call: EmbeddingCall
    var status: Int
    var body: [UInt8]
}
