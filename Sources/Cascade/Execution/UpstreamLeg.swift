import ChatAPI

/// One upstream call of a request as the executor sees it: its connection, its decoder, and what the ledger needs.
struct UpstreamLeg {
    let leg: LegRecord.Leg
    let model: ModelName
    let attempt: Int
    let sink: LegSink
    let call: any RunningCompletion
    var decoder: any CompletionDecoder
    let startedMs: Double
    var firstByteMs: Double?
    /// The provider's own count.
    var usage: TokenUsage?
    /// Tokens counted here: one for each item of evidence, or one for each delta that came without.
    var countedTokens = 0
    var finishReason: FinishReason?
    /// The terminal marker was seen: the exchange ends by itself and its connection is kept.
    var isDone = false
    /// Its end has not been seen, and nobody has closed it.
    var isOpen = true

    /// Closes the connection, once, unless it has ended before.
    mutating func cancel() {
        guard isOpen else { return }
        isOpen = false
        sink.willCancel()
        call.cancel()
    }

    /// Notes what one chunk says for the ledger. Returns the tokens it holds.
    @inline(__always)
    mutating func count(_ event: CompletionEvent) -> Int {
        switch event {
        case .evidence(let tokens):
            countedTokens += tokens.count
            return tokens.count
        case .usage(let usage):
            self.usage = usage
        case .finish(let reason):
            finishReason = reason
        case .role, .text, .reasoning, .refusal, .toolCall, .failure:
            break
        }
        return 0
    }

    /// The tokens this leg is charged for, the provider's word first. What was refused before its first byte is not billed.
    func tokens(estimatedPrompt: Int, end: LegRecord.End) -> TokenCount {
        if let usage {
            return TokenCount(
                input: usage.inputTokens, cachedInput: usage.cachedInputTokens, output: usage.outputTokens, source: .provider)
        }
        if case .failed(let kind) = end, firstByteMs == nil, !kind.isTimeout { return TokenCount() }
        return TokenCount(input: estimatedPrompt, output: countedTokens, source: .estimated)
    }
}
