internal import Cascade
internal import Synchronization

/// What the writers do: compare, store, clear away. Nothing here is waited for by a request.
extension SemanticCompletionCache {
    func perform(_ job: WriteJob) async {
        switch job {
        case .offer(let offer):
            if let comparison = offer.comparison { await judge(comparison) }
            if let answer = offer.answer {
                counts.admitted(await store(answer, offer))
                release(offer.session)
            }
        case .forget(let ids):
            await removeVectors(ids)
        case .discard(let id):
            if let attempt = answerGate.attempt() {
                // A failure was told by the gate; the entry goes with its time.
                _ = try? await answerGate.ask(attempt) { () async throws(StoreError) in
                    try await answers.remove(id, deadline: writeDeadline)
                }
            }
            await removeVectors([id])
        case .upsert(let point, let removals):
            await upsert(point, removals: removals)
        }
    }

    private var writeDeadline: ContinuousClock.Instant { environment.now() + settings.writeDeadline }

    private func store(_ answer: StoredAnswer, _ offer: AnswerOffer) async -> CacheAdmission {
        do throws(StoreError) {
            if try await isQuarantined(answer, offer.session) { return .quarantined }
            // Stored before everything was removed, as far as anybody can tell.
            guard offer.removals == removals.load(ordering: .acquiring) else { return .stored }
            guard let attempt = answerGate.attempt() else { return .failed }
            try await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.set(
                    StoredEntry.answer(answer).encoded(), for: answer.id, timeToLive: settings.timeToLive, deadline: writeDeadline)
            }
        } catch {
            return .failed
        }
        guard offer.removals == removals.load(ordering: .acquiring) else {
            await perform(.discard(answer.id))
            return .stored
        }
        storedSinceCleanUp.wrappingAdd(1, ordering: .relaxed)
        await storeVector(answer, offer)
        return .stored
    }

    /// Nothing takes the place of a tombstone. The lookup has seen what is there, unless it was none or came to no end.
    private func isQuarantined(_ answer: StoredAnswer, _ session: LookupSession) async throws(StoreError) -> Bool {
        if quarantine.contains(answer.id, now: environment.wallTime()) { return true }
        var value = answers.residentValue(for: answer.id)
        if value == nil, !session.hasSeenEntry {
            guard let attempt = answerGate.attempt() else { return false }
            value = try await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.value(for: answer.id, deadline: writeDeadline)
            }
        }
        guard let bytes = value ?? nil, case .tombstone(answer.partition) = StoredEntry(bytes) else { return false }
        return true
    }

    private func storeVector(_ answer: StoredAnswer, _ offer: AnswerOffer) async {
        guard vectors != nil, let prompt = answer.prompt else { return }
        let expiresAt = answer.createdAt + Double(settings.timeToLive.components.seconds)
        let point = { @Sendable (vector: [Float]) in
            VectorPoint(id: answer.id, vector: vector, partition: answer.partition, expiresAt: expiresAt)
        }
        let queue = writes
        let removals = offer.removals
        let vector = offer.session.vector { vector in
            // A full queue costs this entry its vector level.
            if let vector { _ = queue.offer(.upsert(point(vector), removals: removals)) }
        }
        switch vector {
        case .none, .underWay: break
        case .ready(let vector): await upsert(point(vector), removals: removals)
        case .wanted:
            guard !vectorGate.breaker.isOpen, let vector = await embedding(of: prompt) else { return }
            await upsert(point(vector), removals: removals)
        }
    }

    private func upsert(_ point: VectorPoint, removals before: Int) async {
        guard let vectors, before == removals.load(ordering: .acquiring), !quarantine.contains(point.id, now: environment.wallTime()),
            let attempt = vectorGate.attempt()
        else { return }
        // The entry is there, at the exact level; a failure was told by the gate.
        try? await vectorGate.ask(attempt) { () async throws(StoreError) in try await vectors.upsert(point, deadline: writeDeadline) }
        if before != removals.load(ordering: .acquiring) { await removeVectors([point.id]) }
    }

    func removeVectors(_ ids: [String]) async {
        guard let vectors, let attempt = vectorGate.attempt() else { return }
        try? await vectorGate.ask(attempt) { () async throws(StoreError) in try await vectors.remove(ids, deadline: writeDeadline) }
    }

    /// An embedding that no request waits for.
    func embedding(of text: String) async -> [Float]? {
        guard let embedder, let attempt = embedderGate.attempt() else { return nil }
        let started = environment.now()
        var use = EmbeddingUse(model: embedder.model, tokens: TokenCount(), end: .completed, startedAt: started, duration: .zero)
        defer { counts.embedded(use) }
        do throws(StoreError) {
            let embedded = try await embedderGate.ask(attempt) { () async throws(StoreError) in
                try await embedder.embedding(of: text, deadline: writeDeadline)
            }
            use.tokens = embedded.tokens
            use.duration = environment.now() - started
            return embedded.vector
        } catch {
            use.end = .failed(error.asProviderError)
            use.duration = environment.now() - started
            return nil
        }
    }
}
