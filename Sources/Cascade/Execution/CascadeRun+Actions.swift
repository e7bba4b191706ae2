import ChatAPI
import EntropyRouting

/// Act: does what the state machine said, and nothing else. Every start and cancel of an upstream call is in this file or called from it.
extension CascadeRun {
    func perform(_ action: CascadeAction) {
        switch action {
        case .none:
            break
        case .requestPrefire(let reason):
            requestPrefire(reason)
        case .startPrefire(let attempt):
            startHeavyweight(attempt: attempt, isQuiet: true)
        case .cancelPrefire(let attempt):
            cancelPrefire(attempt)
        case .escalate(let reason, let source):
            escalate(reason, source)
        case .handOver(let reason, let source):
            handOver(reason, source)
        case .ship(let discarding):
            ship(discarding: discarding)
        case .markOverrun(let reason):
            markOverrun(reason)
        case .finishHeavyweight:
            finish(status: .ok)
        case .shipDoubtedDraft:
            shipDoubtedDraft()
        case .serveStored:
            serveStored()
        case .fail:
            fail()
        }
    }

    private func requestPrefire(_ reason: PrefireReason) {
        guard executor.budget.take() else {
            mark(.prefireDenied)
            machine.prefireDenied()
            return
        }
        let action = machine.prefireGranted(at: elapsedMs / 1_000)
        guard case .startPrefire(let attempt) = action else { return }
        mark(.prefire)
        record.prefires.append(PrefireRecord(attempt: attempt, reason: reason, token: record.observedTokens, firedMs: elapsedMs))
        perform(action)
    }

    private func cancelPrefire(_ attempt: Int) {
        mark(.cancel)
        abandonHeavyweight(.recovered)
        endPrefire(attempt, .cancelled)
    }

    private func escalate(_ reason: EscalationReason, _ source: HeavyweightSource) {
        mark(.escalate)
        record.decision = .escalate
        record.reason = reason == .requested ? forced ?? reason.name : reason.name
        if draft?.isDone == true {
            doubtedEncoder = encoder
            closeDraft(.completed)
        } else {
            closeDraft(.cancelled(.escalated))
            held.removeAll()
        }
        takeOver(source)
    }

    private func handOver(_ reason: HandOverReason, _ source: HeavyweightSource) {
        mark(.handover)
        record.decision = .handover
        record.reason = reason.rawValue
        closeDraft(.cancelled(.handedOver))
        held.removeAll()
        takeOver(source)
    }

    private func takeOver(_ source: HeavyweightSource) {
        encoder.restart()
        collector?.restart()
        schedule.discard()
        record.route = .heavyweight
        record.answeredBy = route.heavyweight
        switch source {
        case .start(let attempt):
            startHeavyweight(attempt: attempt, isQuiet: false)
        case .adopt(let attempt):
            usePrefire(attempt)
            mailbox.promote(.heavyweight, limit: executor.limits.legBufferBytes)
            heavyweight?.call.resume()
        }
    }

    private func ship(discarding attempt: Int?) {
        mark(.ship)
        record.decision = .ship
        record.reason = record.isOverrun ? record.reason : acceptance
        if let attempt {
            abandonHeavyweight(.shipped)
            endPrefire(attempt, .cancelled)
        }
        releaseAll()
        record.route = .draft
        record.answeredBy = route.drafter
        hasReleased = true
        closeDraft(.completed)
        finish(status: .ok)
    }

    private func markOverrun(_ reason: EscalationReason) {
        mark(.overrun)
        record.isOverrun = true
        record.reason = "overrun_\(reason.name)"
        if draft?.isDone == true {
            perform(machine.draftCompleted(rejection: nil))
        } else {
            releaseAll()
        }
    }

    private func shipDoubtedDraft() {
        guard let doubtedEncoder else { return fail() }
        mark(.ship)
        encoder = doubtedEncoder
        record.isDoubtedDraftShipped = true
        record.decision = .ship
        record.reason = "heavyweight_failed"
        record.route = .draft
        record.answeredBy = route.drafter
        // The schedule was discarded with the draft: everything held is the answer now.
        held.releaseAll(to: &output)
        hasReleased = true
        if let index = record.legs.lastIndex(where: { $0.leg == .draft }) { record.legs[index].isWasted = false }
        finish(status: .ok)
    }

    // MARK: The end

    /// Closes the ledger and writes what ends the answer.
    func finish(status: DecisionRecord.Status) {
        record.status = status
        closeEverything(.shipped)
        record.totalMs = elapsedMs
        do throws(ProviderError) {
            try encoder.finish(record, to: &output)
            hasReleased = true
            isOver = true
            offerAnswer()
        } catch {
            failures.append(error)
            fail()
        }
    }

    /// The gateway ends before the answer does: the client is told, inside the stream when it has begun.
    func shutDown() {
        record.decision = .failed
        record.status = .rejected
        record.reason = "shutdown"
        failure = .shuttingDown
        closeEverything(.failed)
        record.totalMs = elapsedMs
        if sink.hasBegun { encoder.fail(.shuttingDown, record: record, to: &output) }
        isOver = true
    }

    private func fail() {
        record.decision = .failed
        if request.cacheQuery?.directive == .onlyIfCached { return failUncached() }
        record.status = DecisionRecord.Status(CascadeFailure.upstream(failures).principal)
        record.reason = failures.last.map { "upstream_\($0.kind.rawValue)" } ?? "upstream"
        // Nobody failed but the gateway, for lack of room.
        let isTooLarge = failures.isEmpty
        if isTooLarge { record.reason = "answer_too_large" }
        let failure = isTooLarge ? CascadeFailure.answerTooLarge(limitBytes: executor.limits.heldBytes) : .upstream(failures)
        self.failure = failure
        closeEverything(.failed)
        record.totalMs = elapsedMs
        // What was on its way belongs to a client that has begun to receive; one that has not gets a response of its own for the failure.
        if !sink.hasBegun { output.removeAll(keepingCapacity: true) }
        if !sink.hasBegun || !hasReleased { record.answeredBy = nil }
        if sink.hasBegun { encoder.fail(failure, record: record, to: &output) }
        isOver = true
    }
}
