import ChatAPI
import EntropyRouting

/// The heavyweight's lane: quiet while the verdict is open, the answer afterwards.
extension CascadeRun {
    func startHeavyweight(attempt: Int, isQuiet: Bool) {
        let limits = executor.limits
        mailbox.open(
            .heavyweight, attempt: attempt, limit: isQuiet ? limits.prefireBufferBytes : limits.legBufferBytes,
            attention: isQuiet ? .firstByte : .everything)
        heavyweight = start(
            .heavyweight, model: route.heavyweight, provider: route.heavyweightProvider, attempt: attempt, topLogprobs: nil,
            scansLogprobs: false)
    }

    func takeHeavyweightNews() {
        guard let leg = heavyweight, !isOver else { return }
        switch machine.phase {
        case .prefired:
            watchPrefire(leg)
        case .escalated, .handedOver:
            takeAnswer()
        case .drafting, .committed, .finished:
            break
        }
    }

    /// While the verdict is open the bytes stay where they are, unparsed.
    private func watchPrefire(_ leg: UpstreamLeg) {
        let news = mailbox.peek(.heavyweight)
        if let at = news.firstByteAt, leg.firstByteMs == nil {
            heavyweight?.firstByteMs = (at - request.acceptedAt).milliseconds
            perform(machine.heavyweightSpoke(attempt: leg.attempt))
        }
        if news.isClosed, let error = news.error { failHeavyweight(error) }
        if machine.phase == .handedOver { takeAnswer() }
    }

    private func takeAnswer() {
        guard heavyweight != nil else { return }
        let news = mailbox.exchange(.heavyweight, &buffer)
        noteFirstByte(news, of: \.heavyweight)
        do throws(ProviderError) {
            if !buffer.isEmpty {
                batch.removeAll()
                try heavyweight?.decoder.decode(buffer, into: &batch)
                try deliverBatch()
            }
            if news.wasPaused { heavyweight?.call.resume() }
            if !batch.isDone, news.isClosed {
                if let error = news.error { throw error }
                batch.removeAll()
                try heavyweight?.decoder.finish(into: &batch)
                try deliverBatch()
                batch.isDone = true
            }
            guard batch.isDone, let leg = heavyweight else { return }
            batch.isDone = false
            heavyweight?.isDone = true
            perform(machine.heavyweightCompleted(attempt: leg.attempt))
        } catch {
            failHeavyweight(error)
        }
    }

    private func deliverBatch() throws(ProviderError) {
        for index in batch.chunks.indices {
            let chunk = batch.chunks[index]
            try countHeavyweight(chunk)
            let before = output.count
            try encoder.append(chunk, of: batch, to: &output)
            if output.count > before { hasReleased = true }
        }
        if hasReleased && doubtedEncoder != nil {
            doubtedEncoder = nil
            held.removeAll()
        }
    }

    private func countHeavyweight(_ chunk: CompletionChunk) throws(ProviderError) {
        var said = 0
        var isSilent = true
        for index in chunk.events {
            let event = batch.events[Int(index)]
            said += heavyweight?.count(event) ?? 0
            switch event {
            case .failure(let range):
                throw ProviderError(
                    .inStream, provider: route.heavyweight.provider, message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .text(let range), .reasoning(let range), .refusal(let range):
                if !range.isEmpty { isSilent = false }
            case .toolCall:
                isSilent = false
            case .role, .evidence, .finish, .usage:
                break
            }
        }
        if !isSilent && said == 0 { heavyweight?.countedTokens += 1 }
    }

    private func failHeavyweight(_ error: ProviderError) {
        guard let leg = heavyweight else { return }
        failures.append(error)
        closeHeavyweight(.failed(error.kind), failure: error.message)
        endPrefire(leg.attempt, .failed)
        perform(machine.heavyweightFailed(attempt: leg.attempt, hasReleased: hasReleased))
    }

    /// Counts what a heavyweight had said before it was given up: its bytes were never decoded, but they are paid for.
    func countAbandonedBytes() {
        mailbox.exchange(.heavyweight, &buffer).firstByteAt.map { at in
            if heavyweight?.firstByteMs == nil { heavyweight?.firstByteMs = (at - request.acceptedAt).milliseconds }
        }
        guard !buffer.isEmpty else { return }
        batch.removeAll()
        do throws(ProviderError) {
            try heavyweight?.decoder.decode(buffer, into: &batch)
            for index in batch.chunks.indices { try countHeavyweight(batch.chunks[index]) }
        } catch {
            // The stream was broken as well; what had been counted before stands.
        }
        batch.removeAll()
    }
}
