public import Cascade
public import ChatAPI
internal import FastJSON

/// One question to one model whose answer is read whole: for judges, and for the heavyweight's answer to an audited request.
public struct ModelQuestion: Sendable {
    /// The answer to a question.
    public struct Reply: Sendable, Hashable {
        /// The visible answer, without reasoning.
        public var text: String
        /// What the refusal channel said; empty when it was not used.
        public var refusal: String
        /// `nil` when the upstream gave none.
        public var finish: FinishReason?
        public var tokens: TokenCount
        /// US dollars; `nil` = unknown price.
        public var costUSD: Double?
    }

    public var provider: any CompletionProvider
    public var model: ModelName
    /// Of the answer, in bytes of the wire format. A larger one is given up as `malformed`. Default 4 MiB.
    public var maxAnswerBytes = 4 << 20

    public init(provider: any CompletionProvider, model: ModelName) {
        self.provider = provider
        self.model = model
    }

    /// Asks once, without streaming.
    ///
    /// - Parameters:
    ///   - request: its `model` and `stream` members are replaced.
    ///   - deadline: the call is closed then, and the error is `first_byte_timeout`.
    /// - Throws: ``ProviderError``; `cancelled` when the task is cancelled, which closes the call at once.
    public func ask(
        _ request: ChatRequest, prices: PriceBook, deadline: ContinuousClock.Instant
    ) async throws(ProviderError) -> Reply {
        let inbox = AnswerInbox(provider: provider.name, maxBytes: maxAnswerBytes)
        async let _: Void = inbox.expire(at: deadline)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard inbox.wait(continuation) else { return }
                inbox.attach(
                    provider.start(
                        CompletionCall(request: request, model: model.model, isStreaming: false, includesUsage: false), sink: inbox))
            }
        } onCancel: {
            inbox.giveUp(.cancelled, "the question was cancelled")
        }
        var reply = try read(try result.get())
        if reply.tokens.source == .unknown {
            reply.tokens = TokenCount(input: request.body.count / 4, output: (reply.text.utf8.count + 3) / 4, source: .estimated)
        }
        reply.costUSD = prices.cost(of: reply.tokens, model: model)
        return reply
    }

    private func read(_ body: [UInt8]) throws(ProviderError) -> Reply {
        var batch = CompletionBatch()
        try provider.decodeBody(body, into: &batch)
        var reply = Reply(text: "", refusal: "", finish: nil, tokens: TokenCount(), costUSD: nil)
        for event in batch.events {
            switch event {
            case .text(let range): reply.text += String(decoding: batch.text[range.range], as: UTF8.self)
            case .refusal(let range): reply.refusal += String(decoding: batch.text[range.range], as: UTF8.self)
            case .finish(let reason): reply.finish = reason
            case .usage(let usage):
                reply.tokens = TokenCount(
                    input: usage.inputTokens, cachedInput: usage.cachedInputTokens, output: usage.outputTokens, source: .provider)
            case .failure(let range):
                throw ProviderError(
                    .inStream, provider: provider.name, message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .role, .reasoning, .toolCall, .evidence: break
            }
        }
        return reply
    }
}
