internal import Cascade

/// A pending lookup, with leave to make its first call.
struct LookupJob: Sendable {
    var session: LookupSession
    /// To ask the answer store; `nil` when the exact level is done.
    var exact: StoreAttempt?
    /// To ask the embedder and the vector store, when the exact level is done.
    var vector: VectorAttempts?
}

struct VectorAttempts: Sendable {
    var embedder: StoreAttempt
    var vectors: StoreAttempt
}

/// The stages of a pending lookup, one after the other. One task runs them; the clock may resolve the session at any moment, and every stage
/// begins by looking whether anybody still needs it. A call that hangs beyond its deadline holds this task, and nobody else.
extension SemanticCompletionCache {
    func work(_ job: LookupJob) async {
        let session = job.session
        var attempts = job.vector
        if let attempt = job.exact {
            guard await asksExact(session, attempt) else { return }
            guard let prompt = session.request.fingerprint.prompt, !prompt.isEmpty, vectors != nil else { return finish(session) { _ in } }
            attempts = vectorAttempts()
            guard attempts != nil else {
                session.forgoesVector()
                return finish(session) { $0.vector = .breakerOpen }
            }
        }
        guard let attempts, let prompt = session.request.fingerprint.prompt else { return finish(session) { _ in } }
        await asksVectors(session, attempts, prompt)
    }

    /// - Returns: whether to go on with the vector level.
    private func asksExact(_ session: LookupSession, _ attempt: StoreAttempt) async -> Bool {
        let request = session.request
        guard session.asks(.exact, attempt) else {
            finish(session) { $0.exact = .miss }
            return false
        }
        do throws(StoreError) {
            let value = try await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.value(for: request.id, deadline: request.startedAt + settings.deadline)
            }
            let found = readExact(value, request)
            if found.exact == .miss || found.exact == .error {
                session.missedExact(found.exact ?? .miss)
                return true
            }
            // The entry's vector is there already.
            session.forgoesVector()
            finish(session) { finding in
                finding.exact = found.exact
                finding.answer = found.answer
                finding.shadowed = found.shadowed
            }
        } catch {
            finish(session) { $0.exact = CacheResult(error) }
        }
        return false
    }

    private func asksVectors(_ session: LookupSession, _ attempts: VectorAttempts, _ prompt: String) async {
        guard let vectors, let vector = await embeds(session, attempts.embedder, prompt) else { return }
        let request = session.request
        let deadline = request.startedAt + settings.deadline
        guard session.asks(.vector, attempts.vectors) else { return finish(session) { $0.vector = .miss } }
        do throws(StoreError) {
            let matches = try await vectorGate.ask(attempts.vectors) { () async throws(StoreError) in
                try await vectors.nearest(
                    to: vector, in: request.fingerprint.partition, limit: max(1, min(settings.neighbours, 64)), deadline: deadline)
            }
            let others = matches.filter { $0.id != request.id && $0.similarity.isFinite }
            guard !others.isEmpty else { return finish(session) { $0.vector = .miss } }
            guard let attempt = answerGate.attempt() else { return finish(session) { $0.vector = .breakerOpen } }
            guard session.asks(.vector, attempt) else { return finish(session) { $0.vector = .miss } }
            let values = try await answerGate.ask(attempt) { () async throws(StoreError) in
                try await answers.values(for: others.map(\.id), deadline: deadline)
            }
            choose(session, prompt, others, values)
        } catch {
            finish(session) { $0.vector = CacheResult(error) }
        }
    }

    /// The vector of the prompt, for this lookup and for the insert that may follow it. The call may last as long as an insert may: the vector is
    /// of use even when this lookup is over by then.
    private func embeds(_ session: LookupSession, _ attempt: StoreAttempt, _ prompt: String) async -> [Float]? {
        guard let embedder, session.asks(.vector, attempt) else {
            finish(session) { $0.vector = .miss }
            return nil
        }
        let patience = session.request.isOnlyIfCached ? settings.deadline : max(settings.deadline, settings.writeDeadline)
        let deadline = session.request.startedAt + patience
        session.beginsEmbedding()
        do throws(StoreError) {
            let embedded = try await embedderGate.ask(attempt) { () async throws(StoreError) in
                try await embedder.embedding(of: prompt, deadline: deadline)
            }
            session.embedded(embedded.vector, tokens: embedded.tokens, end: .completed)
            return embedded.vector
        } catch {
            session.embedded(nil, tokens: TokenCount(), end: .failed(error.asProviderError))
            finish(session) { $0.vector = CacheResult(error) }
            return nil
        }
    }

    private func choose(_ session: LookupSession, _ prompt: String, _ matches: [VectorMatch], _ values: [[UInt8]?]) {
        let request = session.request
        let wallTime = environment.wallTime()
        var gone: [String] = []
        let candidates = zip(matches, values).map { match, value -> NearestChoice.Candidate in
            var entry = NearestChoice.Entry.nothing
            if quarantine.contains(match.id, now: wallTime) {
                entry = .tombstone
            } else if let value {
                switch StoredEntry(value) {
                case .answer(let answer) where answer.id == match.id && answer.partition == request.fingerprint.partition:
                    entry = .answer(answer)
                case .tombstone(request.fingerprint.partition):
                    entry = .tombstone
                default:
                    discard(malformed: match.id)
                }
            } else {
                gone.append(match.id)
            }
            return NearestChoice.Candidate(similarity: match.similarity, entry: entry)
        }
        if !gone.isEmpty { _ = writes.offer(.forget(gone)) }
        let choice = NearestChoice(
            asked: prompt, maxTokens: request.fingerprint.maxTokens, candidates: candidates,
            threshold: settings.scoreThreshold.map { .score($0) } ?? .similarity(settings.similarityThreshold))
        let isShadowed = choice.answer != nil && isShadowed(request)
        finish(session) { finding in
            finding.vector = isShadowed ? .shadowed : choice.result
            finding.answer = isShadowed ? nil : choice.answer
            finding.shadowed = isShadowed ? choice.answer : nil
            finding.similarity = choice.similarity
            finding.score = choice.score
            finding.guardName = choice.guardName
        }
    }

    /// Resolves the session; those who wait for it get its hit, or hear that there will be none. The flight ends first: who comes later looks for
    /// himself, and cannot get what was removed since.
    private func finish(_ session: LookupSession, _ change: (inout LookupFinding) -> Void) {
        var finding = session.finding
        change(&finding)
        var followers: [LookupSession] = []
        if let stamp = session.stamp, finding.answer != nil || finding.exact == .quarantined {
            followers = flights.finish(session.request.id, stamp)
        }
        session.resolve(change)
        for follower in followers {
            let found = finding.answer.map { coalesced($0, follower.request) } ?? LookupFinding(exact: .miss)
            follower.resolve { finding in
                finding.exact = found.exact
                finding.answer = found.answer
            }
        }
    }

    /// Not what this gateway writes: it will never become anything else.
    func discard(malformed id: String) {
        counts.failed(StoreError(answers.store, .malformed, "an entry is not what this gateway writes, and is removed"))
        _ = writes.offer(.discard(id))
    }
}

extension StoreError {
    /// For the ledger, which speaks of providers.
    var asProviderError: ProviderError.Kind {
        switch kind {
        case .unavailable: .refused
        case .timeout: .firstByteTimeout
        case .overloaded: .rateLimited
        case .unauthorized: .unauthorized
        case .malformed, .mismatch: .malformed
        case .rejected: .invalidRequest
        case .closed: .cancelled
        }
    }
}
