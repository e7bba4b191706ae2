import ChatAPI
import EntropyRouting

/// Draft, observe, and hold back.
extension CascadeRun {
    func startDrafter() {
        let capabilities = route.drafterProvider.capabilities
        let alternatives = capabilities.sendsLogprobs ? min(route.topLogprobs, capabilities.maxTopLogprobs) : nil
        mailbox.open(.draft, attempt: 1, limit: executor.limits.legBufferBytes, attention: .everything)
        draft = start(
            .draft, model: route.drafter, provider: route.drafterProvider, attempt: 1, topLogprobs: alternatives, scansLogprobs: true)
        lastDraftNews = .now
    }

    func takeDraftNews() {
        guard draft != nil else { return }
        let news = mailbox.exchange(.draft, &buffer)
        noteFirstByte(news, of: \.draft)
        if news.isClosed { draft?.isOpen = false }
        // The bytes have been taken. Not later: a draft that is complete is no longer held here, and its socket would stay paused.
        if news.wasPaused { draft?.call.resume() }
        if !buffer.isEmpty {
            lastDraftNews = .now
            isStallKnown = false
            decodeDraft()
        }
        guard draft != nil else { return }
        if news.isClosed { endDraft(news.error) } else { releaseSafe() }
    }

    /// The drafter's connection ended, before its terminal marker or with an error: whatever was complete has been handled above.
    private func endDraft(_ error: ProviderError?) {
        if let error { return failDraft(error) }
        do {
            batch.removeAll()
            try draft?.decoder.finish(into: &batch)
            try observeBatch()
            if draft != nil { completeDraft() }
        } catch {
            failDraft(error)
        }
    }

    private func decodeDraft() {
        do throws(ProviderError) {
            batch.removeAll()
            try draft?.decoder.decode(buffer, into: &batch)
            if let identity = batch.identity { note(identity) }
            guard draft != nil else { return }
            try observeBatch()
            if draft != nil, batch.isDone { completeDraft() }
        } catch {
            failDraft(error)
        }
    }

    /// The stream says who it comes from. What reveals that the drafter is another one is not shipped itself.
    private func note(_ identity: StreamIdentity) {
        record.draftIdentity = identity
        guard let oversight, executor.oversight?.covers(identity, oversight.query) == false else { return }
        perform(machine.draftUncovered())
    }

    private func observeBatch() throws(ProviderError) {
        for index in batch.chunks.indices {
            let chunk = batch.chunks[index]
            let (tokens, text) = try observe(chunk)
            // The verdict fell within this chunk: what the drafter still says is nobody's business.
            guard draft != nil else { return }
            try hold(chunk, tokens: tokens, text: text)
            guard draft != nil else { return }
        }
    }

    /// Hands every event of a chunk to the monitor and the state machine, token by token.
    private func observe(_ chunk: CompletionChunk) throws(ProviderError) -> (tokens: Int, text: ByteRange) {
        var tokens = 0
        var visible = ByteRange.empty
        var hasUnobserved = false
        for index in chunk.events {
            let event = batch.events[Int(index)]
            tokens += draft?.count(event) ?? 0
            switch event {
            case .evidence(let range):
                for token in range {
                    observe(batch.tokens[Int(token)])
                    guard draft != nil else { return (tokens, visible) }
                }
            case .text(let range):
                visible = range
                hasUnobserved = hasUnobserved || !range.isEmpty
                facts.append(event, text: batch.text)
            case .toolCall, .refusal:
                hasUnobserved = true
                facts.append(event, text: batch.text)
            case .reasoning(let range):
                hasUnobserved = hasUnobserved || !range.isEmpty
            case .failure(let range):
                throw ProviderError(
                    .inStream, provider: route.drafter.provider, message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .role, .finish, .usage:
                break
            }
        }
        if hasUnobserved && tokens == 0 {
            tokens = 1
            draft?.countedTokens += 1
            monitor.observeWithoutEvidence(tokens: 1)
            // Missing evidence is never confidence: the machine must hear of it, or it would let such text go as if it were sure.
            perform(machine.draftTokenObserved(monitor.assessment, at: elapsedMs / 1_000))
        }
        return (tokens, visible)
    }

    private func observe(_ token: TokenEvidence) {
        let uncertainty = monitor.observe(
            logprob: token.logprob, isListed: token.isListed,
            alternatives: batch.alternatives.span.extracting(Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)),
            text: batch.text.span.extracting(token.text.range))
        let assessment = monitor.assessment
        let ms = elapsedMs
        record.observedTokens += 1
        record.trace.append(
            DecisionTrace.Point(
                ms: Float(ms), entropy: Float(uncertainty.estimate), lower: Float(uncertainty.lower),
                upper: Float(uncertainty.upper),
                surprisal: Float(uncertainty.surprisal), statistic: Float(assessment.statistic)))
        perform(machine.draftTokenObserved(assessment, at: ms / 1_000))
    }

    /// Puts a chunk behind those that are held.
    private func hold(_ chunk: CompletionChunk, tokens: Int, text: ByteRange) throws(ProviderError) {
        collector?.append(chunk, of: batch)
        if isPassingThrough {
            try encoder.append(chunk, of: batch, to: &output)
            return
        }
        try held.append { output throws(ProviderError) in try encoder.append(chunk, of: batch, to: &output) }
        schedule.hold(tokens: tokens, text: batch.text.span.extracting(text.range))
        let kept = machine.phase == .committed ? held.byteCount : held.byteCount + facts.byteCount
        if kept > executor.limits.heldBytes { perform(machine.holdLimitReached()) }
    }

    /// Tokens that came without evidence are not released on the strength of nothing, not even the first few.
    private var isEvident: Bool {
        request.control == .never || machine.isVerdictClosed || monitor.tier != .none
    }

    /// Nothing is held and nothing that follows would be: the chunk can go straight to the output.
    private var isPassingThrough: Bool {
        machine.phase == .committed && held.isEmpty && machine.mayRelease && (schedule.policy.mode == .commit || machine.isVerdictClosed)
    }

    /// Lets go what may go. Once everything that has come was judged, and not before: what is still here can be handed over or escalated.
    private func releaseSafe() {
        guard machine.mayRelease, isEvident else { return }
        let count = schedule.release(isOpen: !machine.isVerdictClosed)
        if count > 0 { release(count) }
    }

    private func release(_ count: Int) {
        let before = output.count
        held.release(count, to: &output)
        guard output.count > before else { return }
        if !hasReleased {
            hasReleased = true
            record.route = .draft
            record.answeredBy = route.drafter
            mark(.firstRelease)
        }
        machine.released()
    }

    func releaseAll() {
        release(schedule.release(isOpen: false))
    }

    // MARK: The end of the draft

    private func completeDraft() {
        draft?.isDone = true
        let rejection = judge()
        perform(machine.draftCompleted(rejection: rejection))
    }

    /// The verdict on the whole draft: gates first, whatever the entropy says, then the strategy.
    private func judge() -> EscalationReason? {
        guard request.control != .never else { return nil }
        let finish = FinishKind(draft?.finishReason)
        let calls = facts.toolCalls
        let answer = String(decoding: facts.answer, as: UTF8.self)
        let toolCallProblem = calls.isEmpty ? nil : request.checker.toolCallProblem(calls: calls)
        let verdict = route.gates.verdict(
            DraftFacts(
                text: answer, finish: finish, refusal: facts.hasRefusal, wantsJSON: request.wantsJSON,
                structuredOutputProblem: calls.isEmpty ? request.checker.structuredOutputProblem(text: answer) : nil,
                toolCallProblem: toolCallProblem, toolCallCount: calls.count,
                taskClass: request.taskClass))
        if case .escalate(let gate, let reason) = verdict {
            record.gateDetail = reason
            return .gate(gate.rawValue)
        }
        let assessment = monitor.finalAssessment(finishReason: finish)
        record.statistic = assessment.statistic
        guard assessment.level == .reject else { return nil }
        let isByToolsAlone = !calls.isEmpty && facts.answer.isEmpty && toolCallProblem == nil
        if assessment.reason == .noEvidence, route.acceptsValidToolCalls, isByToolsAlone {
            // Every call is complete and matches its schema: accepted by rule, and not silently.
            acceptance = "accepted_by_schema"
            return nil
        }
        return EscalationReason(assessment.reason)
    }

    func failDraft(_ error: ProviderError) {
        guard draft != nil else { return }
        failures.append(error)
        closeDraft(.failed(error.kind), failure: error.logMessage)
        perform(machine.draftFailed(error.kind == .rateLimited ? .rateLimit : .failure))
    }
}

extension FinishKind {
    init(_ reason: FinishReason?) {
        switch reason {
        case .stop: self = .stop
        case .length: self = .length
        case .toolCalls: self = .toolCalls
        case .contentFilter: self = .contentFilter
        case .other, nil: self = .other
        }
    }
}
