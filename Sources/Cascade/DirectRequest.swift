public import ChatAPI

/// A request that names its model: `provider:model`.
public struct DirectRequest: Sendable {
    public var id: String
    public var decisionID: String
    public var acceptedAt: ContinuousClock.Instant
    public var createdAt: Double
    public var operation: CompletionCall.Operation
    public var isStreaming: Bool
    public var model: ModelName
    public var provider: any CompletionProvider
    /// For the ledger when the provider does not count.
    public var estimatedPromptTokens: Int
    /// Why it is not routed: `concrete_model`, `several_choices` or `embeddings`.
    public var reason: String

    public init(
        id: String, decisionID: String, acceptedAt: ContinuousClock.Instant = .now, createdAt: Double, chat: ChatRequest, isStreaming: Bool,
        model: ModelName, provider: any CompletionProvider, estimatedPromptTokens: Int, reason: String = "concrete_model"
    ) {
        self.init(
            id: id, decisionID: decisionID, acceptedAt: acceptedAt, createdAt: createdAt, operation: .chat(chat), isStreaming: isStreaming,
            model: model, provider: provider, estimatedPromptTokens: estimatedPromptTokens, reason: reason)
    }

    /// Embeddings are answered whole: pass ``DirectEncoder/whole(_:)`` with them.
    public init(
        id: String, decisionID: String, acceptedAt: ContinuousClock.Instant = .now, createdAt: Double, embeddings: EmbeddingsRequest,
        model: ModelName, provider: any CompletionProvider, estimatedPromptTokens: Int
    ) {
        self.init(
            id: id, decisionID: decisionID, acceptedAt: acceptedAt, createdAt: createdAt, operation: .embeddings(embeddings),
            isStreaming: false, model: model, provider: provider, estimatedPromptTokens: estimatedPromptTokens, reason: "embeddings")
    }

    private init(
        id: String, decisionID: String, acceptedAt: ContinuousClock.Instant, createdAt: Double, operation: CompletionCall.Operation,
        isStreaming: Bool, model: ModelName, provider: any CompletionProvider, estimatedPromptTokens: Int, reason: String
    ) {
        self.id = id
        self.decisionID = decisionID
        self.acceptedAt = acceptedAt
        self.createdAt = createdAt
        self.operation = operation
        self.isStreaming = isStreaming
        self.model = model
        self.provider = provider
        self.estimatedPromptTokens = estimatedPromptTokens
        self.reason = reason
    }
}

/// How a direct answer reaches its client.
public enum DirectEncoder {
    /// Chunk by chunk.
    case streaming(any AnswerEncoder)
    /// As one body: gets the provider's body as it came, returns what the client gets.
    case whole((_ body: [UInt8], _ record: DecisionRecord) -> [UInt8])
}

extension CascadeExecutor {
    /// Answers one request by the model it names. Cancelling, errors and the observer are as in
    /// ``run(_:on:encoder:sink:onStart:)``.
    public func runDirect(
        _ request: DirectRequest, encoder: DirectEncoder, sink: any AnswerSink, onStart: (RunHandle) -> Void = { _ in }
    ) async throws(CascadeFailure) -> DecisionRecord {
        let mailbox = CascadeMailbox()
        let ticket = active.add(mailbox)
        defer { active.remove(ticket) }
        onStart(RunHandle(mailbox: mailbox))
        let run = DirectRun(request: request, executor: self, mailbox: mailbox, encoder: encoder, sink: sink)
        let failure = await withTaskCancellationHandler {
            await run.run()
        } onCancel: {
            mailbox.cancel()
        }
        observer.observed(run.record)
        if let failure { throw failure }
        return run.record
    }
}
