internal import Cascade
internal import Synchronization

/// The end of a request: whether its answer is kept, and who gets it.
extension SemanticCompletionCache {
    /// Everything that may wait is queued; those who follow the request are released before this returns.
    func ended(_ session: LookupSession, _ end: CacheEnd) {
        guard case .answered(let candidate) = end, !session.request.isOnlyIfCached else {
            if case .served = end { counts.served() }
            if session.finding.shadowed != nil { counts.compared(.unknown) }
            return release(session)
        }
        let reading = LazyReading(candidate.body)
        let comparison = comparison(session, candidate, reading)
        let refusal: CacheAdmission? =
            session.finding.exact == .quarantined
            ? .quarantined
            // Everything was removed while this was being answered: whoever did that wants nothing from before.
            : session.request.removals != removals.load(ordering: .acquiring)
                ? .policy
                : AdmissionRules.refusal(
                    of: candidate, admit: settings.admit, maxEntryBytes: settings.maxEntryBytes, reading: reading.value)
        var offer = AnswerOffer(session: session, comparison: comparison, removals: session.request.removals)
        if let refusal {
            counts.admitted(refusal)
            release(session)
        } else if let body = CachedBody.marked(candidate.body, tokens: candidate.tokens) {
            let answer = StoredAnswer(
                id: session.request.id, partition: session.request.fingerprint.partition, prompt: session.request.fingerprint.prompt,
                body: body, model: candidate.model, route: candidate.route, tokens: candidate.tokens, createdAt: environment.wallTime())
            offer.answer = answer
            handOver(answer, session)
        }
        guard offer.answer != nil || comparison != nil else { return }
        guard !writes.offer(.offer(offer)) else { return }
        if comparison != nil { counts.compared(.unknown) }
        if offer.answer != nil {
            counts.admitted(.overloaded)
            release(session)
        }
    }

    /// The leader's answer goes to those who wait, from memory.
    private func handOver(_ answer: StoredAnswer, _ session: LookupSession) {
        guard let stamp = session.stamp else { return }
        for follower in flights.answer(session.request.id, stamp, with: answer) {
            let found = coalesced(answer, follower.request)
            follower.resolve { finding in
                finding.exact = found.exact
                finding.answer = found.answer
            }
        }
    }

    /// The flight is over: those who still wait go on alone.
    func release(_ session: LookupSession) {
        if let stamp = session.stamp { release(session.request.id, stamp) }
    }

    func release(_ id: String, _ stamp: UInt64) {
        for follower in flights.finish(id, stamp) { follower.resolve { $0.exact = .miss } }
    }
}
