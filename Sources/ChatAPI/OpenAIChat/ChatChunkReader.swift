internal import FastJSON

/// Turns the JSON of one chunk, or of one whole `chat.completion`, into a ``CompletionChunk`` of a batch.
///
/// The events of a chunk come in this order, each only when there is something to say: role, reasoning, text, refusal, tool calls,
/// evidence, finish, usage, failure.
struct ChatChunkReader: Sendable {
    private var scan: ChatChunkScan

    /// - Parameter scansLogprobs: whether to report evidence.
    init(scansLogprobs: Bool) { scan = ChatChunkScan(readsTokens: scansLogprobs) }

    /// Appends the chunk to `batch`. When it throws, the batch is as before.
    mutating func read(_ data: Span<UInt8>, into batch: inout CompletionBatch) throws(ChatStreamError) {
        do {
            try scan.scan(data, text: &batch.text, alternatives: &batch.alternatives)
        } catch {
            throw .malformedChunk(offset: error.offset, message: error.message)
        }
        let json = batch.bytes.count
        data.withUnsafeBufferPointer { batch.bytes.append(contentsOf: $0[scan.json]) }
        // Offsets of the scan count from the first byte of the data, those of the batch from its own first byte.
        let shift = json - scan.json.lowerBound
        let firstEvent = Int32(truncatingIfNeeded: batch.events.count)
        appendEvents(to: &batch)
        batch.chunks.append(
            CompletionChunk(
                json: ByteRange(json, batch.bytes.count),
                logprobs: Self.range(scan.logprobs, shift: shift),
                usage: Self.range(scan.usageValue, shift: shift),
                events: firstEvent..<Int32(truncatingIfNeeded: batch.events.count),
                hasNoChoices: scan.hasNoChoices,
                isTerminal: scan.finish != nil))
    }

    /// Appends a chunk without JSON that only reports a failure: an error event whose data is no JSON object.
    func readFailure(_ message: Span<UInt8>, into batch: inout CompletionBatch) {
        let start = batch.text.count
        message.withUnsafeBufferPointer { batch.text.append(contentsOf: $0) }
        let event = Int32(truncatingIfNeeded: batch.events.count)
        batch.events.append(.failure(ByteRange(start, batch.text.count)))
        let json = ByteRange(batch.bytes.count, batch.bytes.count)
        batch.chunks.append(CompletionChunk(json: json, events: event..<event + 1))
    }

    /// The chunk just read reported an error.
    var reportsFailure: Bool { scan.error != nil }

    private func appendEvents(to batch: inout CompletionBatch) {
        if scan.hasRole { batch.events.append(.role) }
        if !scan.reasoning.isEmpty { batch.events.append(.reasoning(Self.range(scan.reasoning))) }
        if !scan.content.isEmpty { batch.events.append(.text(Self.range(scan.content))) }
        if !scan.refusal.isEmpty { batch.events.append(.refusal(Self.range(scan.refusal))) }
        for call in scan.toolCalls {
            let delta = ToolCallDelta(
                index: call.index, id: Self.range(call.id), name: Self.range(call.name), arguments: Self.range(call.arguments))
            batch.events.append(.toolCall(delta))
        }
        if !scan.tokens.isEmpty {
            let first = Int32(truncatingIfNeeded: batch.tokens.count)
            for token in scan.tokens {
                let alternatives = ByteRange(token.alternatives.lowerBound, token.alternatives.upperBound)
                batch.tokens.append(
                    TokenEvidence(
                        logprob: token.logprob, alternatives: alternatives.lower..<alternatives.upper, isListed: token.isListed,
                        text: Self.range(token.text)))
            }
            batch.events.append(.evidence(first..<Int32(truncatingIfNeeded: batch.tokens.count)))
        }
        if let finish = scan.finish { batch.events.append(.finish(FinishReason(finish))) }
        if let usage = scan.usage {
            batch.events.append(
                .usage(
                    TokenUsage(
                        inputTokens: usage.promptTokens, outputTokens: usage.completionTokens, cachedInputTokens: usage.cachedTokens,
                        reasoningTokens: usage.reasoningTokens)))
        }
        if let error = scan.error { batch.events.append(.failure(Self.range(error))) }
    }

    /// Absent parts are ``ByteRange/empty`` wherever the store stands.
    private static func range(_ range: Range<Int>, shift: Int = 0) -> ByteRange {
        range.isEmpty ? .empty : ByteRange(range.lowerBound + shift, range.upperBound + shift)
    }
}

extension FinishReason {
    fileprivate init(_ finish: ChatChunkScan.Finish) {
        switch finish {
        case .stop: self = .stop
        case .length: self = .length
        case .toolCalls: self = .toolCalls
        case .contentFilter: self = .contentFilter
        case .other: self = .other
        }
    }
}
