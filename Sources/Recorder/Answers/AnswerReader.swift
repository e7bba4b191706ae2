import Calibration
import CalibrationData
import Cascade
import ChatAPI

/// Asks one model once and reads its stream to the end.
struct AnswerReader: Sendable {
    let leg: RecordingSettings.Leg
    /// Asks for token evidence; `nil` for the heavyweight, whose tokens nobody judges.
    let topLogprobs: Int?
    let prices: PriceBook
    /// Longest answer, from request to last byte.
    let deadline: Duration

    /// Bytes of one answer, beyond which it is given up.
    static let maxAnswerBytes = 8 << 20

    /// Why there is no answer, and what the attempt may have cost.
    struct Failure: Error {
        var error: ProviderError
        /// US dollars; 0 when nothing had come, or the price is not known.
        var costUSD = 0.0
    }

    func read(_ prompt: PreparedPrompt) async throws(Failure) -> RecordedAnswer {
        let call = CompletionCall(
            request: prompt.request, model: leg.model.model, isStreaming: true, topLogprobs: topLogprobs,
            includesUsage: leg.provider.capabilities.streamsUsage)
        let inbox = AnswerInbox()
        let begin = ContinuousClock.now
        let running = leg.provider.start(call, sink: inbox)
        let result: Result<RecordedAnswer, Failure> = await withTaskCancellationHandler {
            await withDeadline(inbox) { await collect(inbox, running, prompt, since: begin) }
        } onCancel: {
            inbox.closed(failure(.cancelled, "the recording was cancelled"))
        }
        switch result {
        case .success(let answer):
            // What follows the last marker is nobody's business; but a socket that waits for us would wait for ever, and its connection
            // would be lost.
            running.resume()
            return answer
        case .failure(let failure):
            running.cancel()
            throw failure
        }
    }

    /// Closes the inbox when the deadline passes.
    private func withDeadline(
        _ inbox: AnswerInbox, _ read: () async -> Result<RecordedAnswer, Failure>
    ) async -> Result<RecordedAnswer, Failure> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(for: deadline)
                    inbox.closed(failure(.idleTimeout, "the answer was not complete after \(deadline.components.seconds) s"))
                } catch {
                    // The answer came first.
                }
            }
            let result = await read()
            group.cancelAll()
            return result
        }
    }

    private func collect(
        _ inbox: AnswerInbox, _ running: any RunningCompletion, _ prompt: PreparedPrompt, since begin: ContinuousClock.Instant
    ) async -> Result<RecordedAnswer, Failure> {
        var answer = StreamedAnswer()
        var decoder = leg.provider.makeDecoder(scansLogprobs: topLogprobs != nil)
        var batch = CompletionBatch()
        var opening: [UInt8] = []
        do throws(ProviderError) {
            while true {
                let news = await inbox.next()
                for piece in news.pieces {
                    opening += piece.bytes.prefix(NoStream.openingBytes - opening.count)
                    let ms = (piece.at - begin).milliseconds
                    batch.removeAll()
                    try decoder.decode(piece.bytes, into: &batch)
                    try answer.take(batch, at: ms)
                    if batch.isDone { return .success(recorded(answer, prompt, totalMs: ms)) }
                }
                guard answer.byteCount <= Self.maxAnswerBytes else {
                    throw failure(.malformed, "the answer is larger than \(Self.maxAnswerBytes >> 20) MiB")
                }
                if let error = news.error { throw error }
                if news.isClosed {
                    batch.removeAll()
                    try decoder.finish(into: &batch)
                    let ms = (ContinuousClock.now - begin).milliseconds
                    try answer.take(batch, at: ms)
                    return .success(recorded(answer, prompt, totalMs: ms))
                }
                if news.wasPaused { running.resume() }
            }
        } catch {
            var error = error
            error.provider = leg.model.provider
            if !answer.hasBegun, error.kind == .truncated || error.kind == .malformed, let name = NoStream.name(opening) {
                // It would be the same page again.
                error = failure(.malformed, name)
            }
            let cost = !opening.isEmpty || error.kind.isTimeout ? self.cost(answer, prompt) ?? 0 : 0
            return .failure(Failure(error: error, costUSD: cost))
        }
    }

    private func recorded(_ answer: StreamedAnswer, _ prompt: PreparedPrompt, totalMs: Double) -> RecordedAnswer {
        let tokens = count(answer, prompt)
        return RecordedAnswer(
            provider: leg.model.provider, model: leg.model.model, answeredBy: answer.identity?.model,
            fingerprint: answer.identity?.fingerprint,
            text: String(decoding: answer.text, as: UTF8.self), finish: answer.finishKind,
            facts: AnswerFacts(
                inputTokens: tokens.input, cachedInputTokens: tokens.cachedInput, outputTokens: tokens.output,
                firstTokenMs: answer.firstTokenMs, totalMs: totalMs),
            costUSD: prices.cost(of: tokens, model: leg.model), tokens: topLogprobs == nil ? [] : answer.tokens,
            isRefusal: answer.isRefusal, isCountEstimated: tokens.source == .estimated)
    }

    /// The provider's count when it can be true, else our own: a bill of -5 tokens, or of none for an answer that came, would spend
    /// without end under a cap.
    private func count(_ answer: StreamedAnswer, _ prompt: PreparedPrompt) -> TokenCount {
        guard let usage = answer.usage, usage.inputTokens > 0, (0...usage.inputTokens).contains(usage.cachedInputTokens),
            usage.outputTokens > 0 || usage.outputTokens == 0 && answer.countedTokens == 0
        else {
            return TokenCount(input: prompt.promptTokens, output: answer.countedTokens, source: .estimated)
        }
        return TokenCount(
            input: usage.inputTokens, cachedInput: usage.cachedInputTokens, output: usage.outputTokens, source: .provider)
    }

    private func cost(_ answer: StreamedAnswer, _ prompt: PreparedPrompt) -> Double? {
        prices.cost(of: count(answer, prompt), model: leg.model)
    }

    private func failure(_ kind: ProviderError.Kind, _ message: String) -> ProviderError {
        ProviderError(kind, provider: leg.model.provider, message: message)
    }
}

extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }
}
