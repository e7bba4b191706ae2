import ChatAPI
import EntropyRouting

/// Opens and closes legs. A leg is opened in the ledger by being started and closed exactly once, on every way out.
extension CascadeRun {
    func start(
        _ leg: LegRecord.Leg, model: ModelName, provider: any CompletionProvider, attempt: Int, topLogprobs: Int?, scansLogprobs: Bool
    ) -> UpstreamLeg {
        let sink = LegSink(
            mailbox: mailbox, slot: leg == .draft ? .draft : .heavyweight, attempt: attempt, leg: leg, observer: executor.observer)
        let startedMs = elapsedMs
        let call = provider.start(
            CompletionCall(
                request: request.chat, model: model.model, isStreaming: true, topLogprobs: topLogprobs,
                includesUsage: provider.capabilities.streamsUsage),
            sink: sink)
        return UpstreamLeg(
            leg: leg, model: model, attempt: attempt, sink: sink, call: call, decoder: provider.makeDecoder(scansLogprobs: scansLogprobs),
            startedMs: startedMs)
    }

    func noteFirstByte(_ news: CascadeMailbox.News, of leg: ReferenceWritableKeyPath<CascadeRun, UpstreamLeg?>) {
        guard let at = news.firstByteAt, self[keyPath: leg]?.firstByteMs == nil else { return }
        self[keyPath: leg]?.firstByteMs = (at - request.acceptedAt).milliseconds
    }

    func closeDraft(_ end: LegRecord.End, failure: String? = nil) {
        guard let leg = draft else { return }
        draft = nil
        close(leg, .draft, end, failure: failure)
        noteDoubt()
    }

    func closeHeavyweight(_ end: LegRecord.End, failure: String? = nil) {
        guard let leg = heavyweight else { return }
        heavyweight = nil
        close(leg, .heavyweight, end, failure: failure)
    }

    /// Cancels a heavyweight whose answer is not needed, after counting what it has said.
    func abandonHeavyweight(_ reason: LegRecord.CancelReason) {
        guard heavyweight != nil else { return }
        // The connection first: every millisecond of it is paid for.
        heavyweight?.cancel()
        countAbandonedBytes()
        closeHeavyweight(.cancelled(reason))
    }

    private func close(_ closing: UpstreamLeg, _ slot: CascadeMailbox.Slot, _ end: LegRecord.End, failure: String?) {
        var leg = closing
        if !leg.isDone { leg.cancel() }
        let isPaused = mailbox.close(slot)
        if leg.isOpen && isPaused { leg.call.resume() }
        let tokens = leg.tokens(estimatedPrompt: promptTokens, end: end)
        var isWasted = true
        if case .completed = end { isWasted = !isAnswer(leg.leg) }
        if !isWasted { answerFinish = leg.finishReason }
        record.legs.append(
            LegRecord(
                leg: leg.leg, model: leg.model, attempt: leg.attempt, tokens: tokens,
                costUSD: executor.prices.cost(of: tokens, model: leg.model), end: end, isWasted: isWasted, startedMs: leg.startedMs,
                firstByteMs: leg.firstByteMs, endedMs: elapsedMs, failure: failure))
    }

    /// The leg's answer is the client's.
    private func isAnswer(_ leg: LegRecord.Leg) -> Bool {
        switch record.route {
        case .draft: leg == .draft
        case .heavyweight: leg == .heavyweight
        case .cache, .direct, .pending: false
        }
    }

    /// A provider's own count of this prompt serves the other leg better than a guess from bytes.
    private var promptTokens: Int {
        record.legs.first { $0.leg != .embedding && $0.tokens.source == .provider }?.tokens.input ?? request.estimatedPromptTokens
    }

    func closeEverything(_ reason: LegRecord.CancelReason) {
        if draft?.isDone == true { closeDraft(.completed) }
        closeDraft(.cancelled(reason))
        if heavyweight?.isDone == true {
            closeHeavyweight(.completed)
        } else if let attempt = heavyweight?.attempt {
            abandonHeavyweight(reason)
            endPrefire(attempt, .abandoned)
        }
    }

    private func noteDoubt() {
        let assessment = monitor.assessment
        record.threshold = assessment.threshold
        record.signalTier = monitor.tier.rawValue
        if executor.limits.recordsText { record.draftText = String(decoding: facts.answer, as: UTF8.self) }
        // Nothing was observed: there is no number, not the number zero.
        guard record.observedTokens > 0 else { return record.statistic = nil }
        if record.statistic == nil { record.statistic = assessment.statistic }
        record.windowMaxBits = monitor.windowMaxBits
        if record.strategy == "risk" { record.risk = record.statistic }
    }

    // MARK: Pre-fires

    func endPrefire(_ attempt: Int, _ outcome: PrefireRecord.Outcome) {
        guard let index = record.prefires.lastIndex(where: { $0.attempt == attempt && $0.outcome == nil }) else { return }
        record.prefires[index].outcome = outcome
        record.prefires[index].endedMs = elapsedMs
        record.prefires[index].hadFirstByte =
            record.legs.last { $0.leg == .heavyweight && $0.attempt == attempt }?.firstByteMs != nil
    }

    /// What the pre-fire was worth: min(D - f, L), with L unknown and at least D - f while no byte has come.
    func usePrefire(_ attempt: Int) {
        guard let index = record.prefires.lastIndex(where: { $0.attempt == attempt }) else { return }
        let now = elapsedMs
        let fired = record.prefires[index].firedMs
        let firstByte = mailbox.peek(.heavyweight).firstByteAt.map { ($0 - request.acceptedAt).milliseconds }
        record.prefires[index].outcome = .used
        record.prefires[index].endedMs = now
        record.prefires[index].hadFirstByte = firstByte != nil
        record.prefires[index].headStartMs = max(0, min(now, firstByte ?? now) - fired)
    }
}
