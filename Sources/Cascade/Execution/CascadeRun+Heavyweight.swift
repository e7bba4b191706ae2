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
        noteFirstByte(news, of: \.heavyweight)
        if news.isClosed { heavyweight?.isOpen = false }
        // Before it is heard: a stalled drafter must not be handed over to a heavyweight that has broken.
        if news.isClosed, let error = news.error { return failHeavyweight(error) }
        if leg.firstByteMs == nil, heavyweight?.firstByteMs != nil { perform(machine.heavyweightSpoke(attempt: leg.attempt)) }
        if machine.phase == .handedOver { takeAnswer() }
    }

    private func takeAnswer() {
        guard heavyweight != nil else { return }
        let news = mailbox.exchange(.heavyweight, &buffer)
        noteFirstByte(news, of: \.heavyweight)
        if news.isClosed { heavyweight?.isOpen = false }
        // The draft may have left its own terminal marker there.
        batch.removeAll()
        do throws(ProviderError) {
            if !buffer.isEmpty {
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
            try countHeavyweight(chunk, of: batch)
            let before = output.count
            collector?.append(chunk, of: batch)
            try encoder.append(chunk, of: batch, to: &output)
            if output.count > before { hasReleased = true }
        }
        if hasReleased && doubtedEncoder != nil {
            doubtedEncoder = nil
            held.removeAll()
        }
    }

    private func countHeavyweight(_ chunk: CompletionChunk, of batch: CompletionBatch) throws(ProviderError) {
        var said = 0
        var isSilent = true
        for index in chunk.events {
            let event = batch.events[Int(index)]
            said += heavyweight?.count(event) ?? 0
            switch event {
            case .failure(let range):
                throw ProviderError(
                    .inStream, provider: route.heavyweight.provider, message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .refusal(let range):
                if !range.isEmpty {
                    isSilent = false
                    collector?.isRefusal = true
                }
            case .text(let range), .reasoning(let range):
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
        closeHeavyweight(.failed(error.kind), failure: error.logMessage)
        endPrefire(leg.attempt, .failed)
        perform(machine.heavyweightFailed(attempt: leg.attempt, hasReleased: hasReleased))
    }

    /// Counts what a heavyweight had said before it was given up: its bytes were never decoded, but they are paid for.
    ///
    /// In stores of its own: the drafter may have recovered in the middle of a batch that is still being observed.
    func countAbandonedBytes() {
        var bytes: [UInt8] = []
        noteFirstByte(mailbox.exchange(.heavyweight, &bytes), of: \.heavyweight)
        guard !bytes.isEmpty else { return }
        var said = CompletionBatch()
        do throws(ProviderError) {
            try heavyweight?.decoder.decode(bytes, into: &said)
        } catch {
            // The stream was broken as well; what it said before that is counted.
        }
        do throws(ProviderError) {
            for chunk in said.chunks { try countHeavyweight(chunk, of: said) }
        } catch {
            // It ended with an error event; what had been counted before stands.
        }
    }
}
