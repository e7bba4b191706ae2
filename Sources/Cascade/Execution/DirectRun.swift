import ChatAPI

/// One request for a concrete model: no routing, no judgement, but the same ledger, the same prompt cancellation, the same back-pressure.
final class DirectRun {
    private let request: DirectRequest
    private let executor: CascadeExecutor
    private let mailbox: CascadeMailbox
    private let sink: any AnswerSink
    private let encoder: DirectEncoder
    private(set) var record: DecisionRecord

    private var leg: UpstreamLeg
    private var buffer: [UInt8] = []
    private var batch = CompletionBatch()
    /// Bytes for the client that have not been sent.
    private var output: [UInt8] = []

    init(request: DirectRequest, executor: CascadeExecutor, mailbox: CascadeMailbox, encoder: DirectEncoder, sink: any AnswerSink) {
        self.request = request
        self.executor = executor
        self.mailbox = mailbox
        self.sink = sink
        self.encoder = encoder
        record = DecisionRecord(
            id: request.decisionID, requestID: request.id, createdAt: request.createdAt, requestedModel: request.operation.requestedModel,
            route: .direct,
            decision: .direct, status: .ok, reason: request.reason, isStreaming: request.isStreaming, answeredBy: request.model)
        let purpose = request.operation.leg
        let legSink = LegSink(mailbox: mailbox, slot: .heavyweight, attempt: 1, leg: purpose, observer: executor.observer)
        mailbox.open(
            .heavyweight, attempt: 1, limit: request.isStreaming ? executor.limits.legBufferBytes : executor.limits.heldBytes,
            attention: request.isStreaming ? .everything : .end)
        let startedMs = (ContinuousClock.now - request.acceptedAt).milliseconds
        leg = UpstreamLeg(
            leg: purpose, model: request.model, attempt: 1, sink: legSink,
            call: request.provider.start(
                CompletionCall(
                    operation: request.operation, model: request.model.model, isStreaming: request.isStreaming,
                    includesUsage: request.provider.capabilities.streamsUsage),
                sink: legSink),
            decoder: request.provider.makeDecoder(scansLogprobs: false), startedMs: startedMs)
        record.overheadMs = startedMs
    }

    /// Runs to the end. Returns why there is no answer, or `nil`.
    func run() async -> CascadeFailure? {
        do {
            switch encoder {
            case .streaming(let encoder): try await stream(encoder)
            case .whole(let finish): try await collect(finish)
            }
            return nil
        } catch let error as ProviderError {
            close(.failed(error.kind), failure: error.logMessage)
            record.decision = .failed
            record.status = DecisionRecord.Status(error)
            record.reason = "upstream_\(error.kind.rawValue)"
            return await tell(.upstream([error]))
        } catch let error as CascadeFailure where error != .clientGone {
            close(.cancelled(.failed))
            record.decision = .failed
            record.status = error == .shuttingDown ? .rejected : .upstreamError
            record.reason = error == .shuttingDown ? "shutdown" : "answer_too_large"
            return await tell(error)
        } catch {
            close(.cancelled(.clientGone))
            record.status = .clientClosed
            record.reason = "client_gone"
            return .clientGone
        }
    }

    // MARK: Streaming

    private func stream(_ encoder: any AnswerEncoder) async throws {
        var encoder = encoder
        while true {
            await mailbox.wait()
            if let reason = mailbox.cancellation { throw reason }
            let news = mailbox.exchange(.heavyweight, &buffer)
            noteFirstByte(news)
            if news.isClosed { leg.isOpen = false }
            batch.removeAll()
            if !buffer.isEmpty { try decode(with: &encoder) }
            if news.wasPaused { leg.call.resume() }
            if news.isClosed && !batch.isDone {
                if let error = news.error {
                    try encode(with: &encoder)
                    throw error
                }
                try leg.decoder.finish(into: &batch)
                batch.isDone = true
            }
            try encode(with: &encoder)
            if batch.isDone {
                leg.isDone = true
                close(.completed)
                record.totalMs = elapsedMs
                try encoder.finish(record, to: &output)
            }
            try await send()
            if batch.isDone { return }
        }
    }

    /// What stands before a broken event is sound and belongs to the client.
    private func decode(with encoder: inout any AnswerEncoder) throws(ProviderError) {
        do throws(ProviderError) {
            try leg.decoder.decode(buffer, into: &batch)
        } catch {
            try encode(with: &encoder)
            throw error
        }
    }

    private func encode(with encoder: inout any AnswerEncoder) throws(ProviderError) {
        for chunk in batch.chunks {
            try count(chunk)
            try encoder.append(chunk, of: batch, to: &output)
        }
    }

    private func count(_ chunk: CompletionChunk) throws(ProviderError) {
        for index in chunk.events {
            let event = batch.events[Int(index)]
            _ = leg.count(event)
            switch event {
            case .text(let range), .reasoning(let range), .refusal(let range):
                if !range.isEmpty { leg.countedTokens += 1 }
            case .toolCall:
                leg.countedTokens += 1
            case .failure(let range):
                throw ProviderError(
                    .inStream, provider: request.model.provider, message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .role, .evidence, .finish, .usage:
                break
            }
        }
    }

    // MARK: Whole

    private func collect(_ finish: (_ body: [UInt8], _ record: DecisionRecord) -> [UInt8]) async throws {
        var body: [UInt8] = []
        while true {
            await mailbox.wait()
            if let reason = mailbox.cancellation { throw reason }
            let news = mailbox.peek(.heavyweight)
            if news.isClosed {
                leg.isOpen = false
                noteFirstByte(news)
                _ = mailbox.exchange(.heavyweight, &body)
                if let error = news.error { throw error }
                break
            }
            if news.wasPaused { throw CascadeFailure.answerTooLarge(limitBytes: executor.limits.heldBytes) }
        }
        try count(body)
        leg.isDone = true
        close(.completed)
        record.totalMs = elapsedMs
        output = finish(body, record)
        try await send()
    }

    private func count(_ body: [UInt8]) throws(ProviderError) {
        switch request.operation {
        case .chat:
            batch.removeAll()
            try request.provider.decodeBody(body, into: &batch)
            for chunk in batch.chunks { try count(chunk) }
        case .embeddings:
            leg.usage = try request.provider.decodeEmbeddings(body)
        }
    }

    // MARK: Both

    private var elapsedMs: Double { (ContinuousClock.now - request.acceptedAt).milliseconds }

    private func noteFirstByte(_ news: CascadeMailbox.News) {
        guard leg.firstByteMs == nil, let at = news.firstByteAt else { return }
        leg.firstByteMs = (at - request.acceptedAt).milliseconds
    }

    private func send() async throws {
        guard !output.isEmpty else { return }
        if record.firstTokenMs == nil { record.firstTokenMs = elapsedMs }
        try await sink.send(
            output,
            head: AnswerHead(decisionID: request.decisionID, route: .direct, model: request.model.qualified, overheadMs: record.overheadMs))
        output.removeAll(keepingCapacity: true)
    }

    private func close(_ end: LegRecord.End, failure: String? = nil) {
        guard record.legs.isEmpty else { return }
        if !leg.isDone { leg.cancel() }
        let isPaused = mailbox.close(.heavyweight)
        if leg.isOpen && isPaused { leg.call.resume() }
        let tokens = leg.tokens(estimatedPrompt: request.estimatedPromptTokens, end: end)
        var isWasted = true
        if case .completed = end { isWasted = false }
        record.legs.append(
            LegRecord(
                leg: leg.leg, model: request.model, attempt: 1, tokens: tokens,
                costUSD: executor.prices.cost(of: tokens, model: request.model),
                end: end, isWasted: isWasted, startedMs: leg.startedMs, firstByteMs: leg.firstByteMs, endedMs: elapsedMs, failure: failure))
        record.totalMs = elapsedMs
    }

    /// Inside a stream that has begun, the failure can only be told as an event, behind what was complete before the stream broke.
    private func tell(_ failure: CascadeFailure) async -> CascadeFailure {
        guard sink.hasBegun, case .streaming(var encoder) = encoder else {
            record.answeredBy = nil
            return failure
        }
        encoder.fail(failure, record: record, to: &output)
        do {
            try await send()
        } catch {
            // The client has gone meanwhile; the failure stands as it is.
        }
        return failure
    }
}

extension CompletionCall.Operation {
    fileprivate var leg: LegRecord.Leg {
        switch self {
        case .chat: .direct
        case .embeddings: .embedding
        }
    }
}
