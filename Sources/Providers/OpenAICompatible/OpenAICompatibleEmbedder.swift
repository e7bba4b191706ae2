public import Cascade
import ChatAPI
public import HTTPTransport
import Synchronization

/// Any upstream that speaks OpenAI's embeddings API: OpenAI itself, Ollama, vLLM, llama.cpp, text-embeddings-inference, the simulator.
///
/// A lone text is sent at once. Texts that come while all calls are out wait and share the next one; equal texts among them are sent once.
/// What a call brings is read in the task of one of its callers, never on the transport's thread. A call with several texts that is refused
/// for what it says (400, 413, 422) is made again for each text by itself, so that one caller's text cannot spoil another's lookup.
public final class OpenAICompatibleEmbedder: Embedder {
    public let model: ModelName
    private let dimensions: Int?
    private let usesBase64: Bool
    private let endpoint: String
    private let headers: [HTTPHeader]
    private let secrets: [String]
    private let timeouts: HTTPTimeouts
    private let transport: any HTTPTransport
    private let queue: Mutex<EmbeddingQueue>
    /// Size of the vectors: the configured one, or that of the first answer.
    private let knownDimensions: Mutex<Int?>

    /// - Parameters:
    ///   - model: the upstream's name of the model is what is sent; answers may name another.
    ///   - baseURL: `http(s)://host[:port][/path]` without a slash at the end; `/embeddings` is appended.
    ///   - apiKey: sent as bearer token; `nil` sends none.
    ///   - headers: sent with every call.
    ///   - dimensions: asked for and required of every vector; `nil` asks for nothing and requires what the first answer has.
    ///   - usesBase64: asks for base64, which is a third of the bytes; servers that do not know it send numbers, and both are read. Default false.
    ///   - batchSize: texts in one call, 1 or more. Default 32.
    ///   - maxWaiting: callers that may wait for a call; the next one gets `overloaded`. Default 1,024.
    ///   - maxConcurrentCalls: 1 or more. Default 2.
    ///   - timeouts: of one call, behind the callers' own deadlines.
    public init(
        model: ModelName, baseURL: String, apiKey: String?, headers: [HTTPHeader] = [], dimensions: Int? = nil, usesBase64: Bool = false,
        batchSize: Int = 32, maxWaiting: Int = 1_024, maxConcurrentCalls: Int = 2, timeouts: HTTPTimeouts = HTTPTimeouts(),
        transport: any HTTPTransport
    ) {
        self.model = model
        self.dimensions = dimensions
        self.usesBase64 = usesBase64
        endpoint = baseURL + "/embeddings"
        self.headers =
            [HTTPHeader("content-type", "application/json"), HTTPHeader("accept", "application/json")]
            + (apiKey.map { [HTTPHeader("authorization", "Bearer \($0)")] } ?? []) + headers
        secrets = (apiKey.map { [$0] } ?? []) + headers.map(\.value).filter { $0.utf8.count >= 16 }
        self.timeouts = timeouts
        self.transport = transport
        queue = Mutex(EmbeddingQueue(batchSize: batchSize, maxWaiting: maxWaiting, maxConcurrentCalls: maxConcurrentCalls))
        knownDimensions = Mutex(dimensions)
    }

    /// - Throws: ``StoreError``: `timeout` at the deadline, `overloaded` (queue full, 429), `unauthorized` (401, 402, 403), `unavailable` (no
    ///   connection, 408, 5xx), `rejected` (empty text, other 4xx), `malformed` (not such an answer), `mismatch` (another size), `closed` (the
    ///   transport was shut down, or this task was cancelled).
    public func embedding(of text: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> EmbeddedText {
        guard !text.isEmpty else { throw StoreError(.embedder, .rejected, "an empty text has no vector") }
        let ticket = EmbeddingTicket(text)
        async let _: Void = giveUp(ticket, at: deadline)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if ticket.wait(continuation) {
                    enqueue(ticket, deadline)
                } else {
                    continuation.resume(returning: .done(.failure(deadline > .now ? Self.cancelled : timedOut)))
                }
            }
        } onCancel: {
            giveUp(ticket, Self.cancelled)
        }
        switch outcome {
        case .done(let result): return try result.get()
        case .read(let response): return try read(response, for: ticket).get()
        }
    }

    /// Callers that wait for a call to be made; those whose call is out are not counted.
    public var waiting: Int { queue.withLock { $0.waitingCount } }

    // MARK: Waiting

    private static let cancelled = StoreError(.embedder, .closed, "the caller stopped waiting")

    private var timedOut: StoreError { StoreError(.embedder, .timeout, "\(model.qualified) sent no vector before the deadline") }

    /// Ends with the caller, who cancels it.
    private func giveUp(_ ticket: EmbeddingTicket, at deadline: ContinuousClock.Instant) async {
        do {
            try await Task.sleep(until: deadline, clock: .continuous)
            giveUp(ticket, timedOut)
        } catch {
            // Settled before.
        }
    }

    private func giveUp(_ ticket: EmbeddingTicket, _ error: StoreError) {
        guard ticket.settle(.done(.failure(error))) else { return }
        let unwanted = queue.withLock { $0.forget(ticket) }
        unwanted?.cancel()
    }

    private func enqueue(_ ticket: EmbeddingTicket, _ deadline: ContinuousClock.Instant) {
        guard deadline > .now else {
            ticket.settle(.done(.failure(timedOut)))
            return
        }
        guard queue.withLock({ $0.add(ticket) }) else {
            ticket.settle(.done(.failure(StoreError(.embedder, .overloaded, "too many texts wait for \(model.qualified) already"))))
            return
        }
        startCalls()
    }

    // MARK: Calls

    private func startCalls() {
        while let call = nextCall() {
            let body = EmbeddingVectors.request(model: model.model, texts: call.texts, dimensions: dimensions, usesBase64: usesBase64)
            let request = HTTPExchangeRequest(method: .post, url: endpoint, headers: headers, body: body, timeouts: timeouts)
            call.start(request, over: transport)
        }
    }

    private func nextCall() -> EmbeddingCall? {
        queue.withLock { queue in
            queue.next { texts, seats in
                EmbeddingCall(texts: texts, seats: seats) { [self] call, result in ended(call, result) }
            }
        }
    }

    /// On the transport's thread: nothing is read here.
    private func ended(_ call: EmbeddingCall, _ result: Result<EmbeddingResponse, HTTPTransportError>) {
        switch result {
        case .success(let response) where call.texts.count > 1 && EmbeddingFailure.isAboutTheTexts(status: response.status):
            queue.withLock { $0.finish(call, retries: true) }
        case .success(let response):
            queue.withLock { $0.finish(call, retries: false) }
            _ = call.seats.first { $0.ticket.settle(.read(response)) }
        case .failure(let error):
            queue.withLock { $0.finish(call, retries: false) }
            let failure = EmbeddingFailure.transport(error)
            for seat in call.seats { seat.ticket.settle(.done(.failure(failure))) }
        }
        startCalls()
    }

    // MARK: Reading

    /// In the reader's task: what came goes to everybody who still waits for it.
    private func read(_ response: EmbeddingResponse, for reader: EmbeddingTicket) -> Result<EmbeddedText, StoreError> {
        let seats = response.call.seats
        let texts = Result { () throws(StoreError) in try embeddedTexts(response) }
        var own: Result<EmbeddedText, StoreError> = .failure(Self.cancelled)
        for (position, seat) in seats.enumerated() {
            let result = texts.map { $0[position] }
            if seat.ticket === reader { own = result } else { seat.ticket.settle(.done(result)) }
        }
        return own
    }

    /// For each seat.
    private func embeddedTexts(_ response: EmbeddingResponse) throws(StoreError) -> [EmbeddedText] {
        guard (200..<300).contains(response.status) else { throw EmbeddingFailure.status(response, secrets: secrets) }
        let answer: EmbeddingVectors
        do {
            answer = try EmbeddingVectors(response.body, count: response.call.texts.count)
        } catch {
            throw EmbeddingFailure.malformed(error, response, secrets: secrets)
        }
        let expected = knownDimensions.withLock { known in
            if known == nil { known = answer.dimensions }
            return known ?? answer.dimensions
        }
        guard answer.dimensions == expected else {
            throw StoreError(
                .embedder, .mismatch, "\(model.qualified) sent vectors of \(answer.dimensions) numbers where \(expected) are expected")
        }
        let seats = response.call.seats
        let tokens = EmbeddingTokens.shares(of: answer.tokens, bytes: seats.map(\.ticket.textBytes))
        return zip(seats, tokens).map { EmbeddedText(vector: answer.vectors[$0.place], tokens: $1) }
    }
}

extension OpenAICompatibleEmbedder: CustomStringConvertible {
    /// The model alone: keys and headers stay out of whatever prints it.
    public var description: String { model.qualified }
}
