public import ChatAPI

/// An upstream that answers chat completions and embeds texts. Conformances live in `Providers`; each must pass the conformance suite of `GatewayTesting`.
///
/// Push, like the transport below it: a request watches two calls at once, and both post into one mailbox. Bytes are handed over
/// undecoded, so that a heavyweight that is cancelled before it was needed has cost no parsing.
public protocol CompletionProvider: Sendable {
    /// The name in front of the colon in `provider:model`.
    var name: String { get }
    var capabilities: ProviderCapabilities { get }

    /// Starts one call and returns at once. Failures of any kind are told to `sink`.
    func start(_ call: CompletionCall, sink: any CompletionSink) -> any RunningCompletion

    /// A decoder for one stream of this dialect.
    /// - Parameter scansLogprobs: false skips token evidence, for calls that nobody judges.
    func makeDecoder(scansLogprobs: Bool) -> any CompletionDecoder

    /// Reads an answer that was not streamed: its usage and finish reason, for the ledger.
    func decodeBody(_ body: [UInt8], into batch: inout CompletionBatch) throws(ProviderError)

    /// Reads the answer to ``CompletionCall/Operation/embeddings(_:)``: that it is one, and its usage, for the ledger. The vectors are not read.
    /// - Returns: `nil` when the upstream does not count.
    func decodeEmbeddings(_ body: [UInt8]) throws(ProviderError) -> TokenUsage?
}

/// What an upstream can do, as configured. Never trusted blindly: a drafter whose logprobs do not come is treated as tier N.
public struct ProviderCapabilities: Sendable, Hashable {
    /// Sends token log-probabilities.
    public var sendsLogprobs: Bool
    /// Largest `top_logprobs` it accepts, 0...20.
    public var maxTopLogprobs: Int
    /// Accepts `stream_options.include_usage`.
    public var streamsUsage: Bool
    /// Size of the vocabulary, for the entropy's upper bound.
    public var vocabularySize: Int
    /// A closed connection ends the bill.
    public var stopsBillingOnDisconnect: Bool

    public init(
        sendsLogprobs: Bool = true, maxTopLogprobs: Int = 20, streamsUsage: Bool = true, vocabularySize: Int = 200_019,
        stopsBillingOnDisconnect: Bool = true
    ) {
        self.sendsLogprobs = sendsLogprobs
        self.maxTopLogprobs = maxTopLogprobs
        self.streamsUsage = streamsUsage
        self.vocabularySize = vocabularySize
        self.stopsBillingOnDisconnect = stopsBillingOnDisconnect
    }
}

/// One call to make.
public struct CompletionCall: Sendable {
    /// What is asked for, as the client wrote it.
    public enum Operation: Sendable {
        case chat(ChatRequest)
        /// Never streamed.
        case embeddings(EmbeddingsRequest)

        /// The model's name as the client wrote it.
        public var requestedModel: String {
            switch self {
            case .chat(let request): request.model
            case .embeddings(let request): request.model
            }
        }
    }

    public var operation: Operation
    /// The upstream's own model name, without the provider.
    public var model: String
    public var isStreaming: Bool
    /// Chat only: ask for token evidence with this many alternatives; `nil` leaves the client's own wish as it is.
    public var topLogprobs: Int?
    /// Chat only: ask for the usage chunk.
    public var includesUsage: Bool

    public init(request: ChatRequest, model: String, isStreaming: Bool, topLogprobs: Int? = nil, includesUsage: Bool = true) {
        self.init(
            operation: .chat(request), model: model, isStreaming: isStreaming, topLogprobs: topLogprobs, includesUsage: includesUsage)
    }

    public init(operation: Operation, model: String, isStreaming: Bool, topLogprobs: Int? = nil, includesUsage: Bool = true) {
        self.operation = operation
        self.model = model
        self.isStreaming = isStreaming
        self.topLogprobs = topLogprobs
        self.includesUsage = includesUsage
    }
}

/// A call in flight. Calls are thread-safe, cheap and idempotent.
public protocol RunningCompletion: AnyObject, Sendable {
    /// Closes the upstream connection within 10 ms. The sink hears `closed` once more at most.
    func cancel()
    /// Continues after the sink asked for a pause.
    func resume()
}

/// Where a call's events go. Called serially, on the transport's thread; must return quickly.
public protocol CompletionSink: AnyObject, Sendable {
    /// A success head came (2xx). Not called for error statuses.
    func opened(_ head: UpstreamHead)
    /// Body bytes, valid only during the call. `false` pauses the socket until ``RunningCompletion/resume()``; the bytes were taken.
    func received(_ bytes: UnsafeRawBufferPointer) -> Bool
    /// Over. `nil` for a body that was delivered to its end.
    func closed(_ error: ProviderError?)
}

/// What the response head said that a gateway cares about.
public struct UpstreamHead: Sendable, Hashable {
    public var status: Int
    /// The body is `text/event-stream`.
    public var isEventStream: Bool

    public init(status: Int, isEventStream: Bool) {
        self.status = status
        self.isEventStream = isEventStream
    }
}

/// Turns the bytes of one response into canonical events.
public protocol CompletionDecoder: Sendable {
    /// Appends what `bytes` complete to the batch; keeps the rest, up to a bound.
    mutating func decode(_ bytes: [UInt8], into batch: inout CompletionBatch) throws(ProviderError)
    /// The body ended: throws unless the terminal marker was seen.
    mutating func finish(into batch: inout CompletionBatch) throws(ProviderError)
}
