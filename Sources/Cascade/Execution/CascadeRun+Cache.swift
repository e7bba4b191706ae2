import ChatAPI
import EntropyRouting

/// Look up, beside the models; serve what was found; offer what was answered.
extension CascadeRun {
    func lookUp() {
        // The comparison group shows what the heavyweight alone would cost: it is neither answered from the cache nor feeds it.
        guard let query = request.cacheQuery, let cache = executor.cache, !isHoldout else { return }
        let session = cache.begin(query, sink: LookupSink(mailbox))
        self.session = session
        switch session.start {
        case .hit(let outcome, let hit):
            found(hit, outcome)
        case .miss(let outcome):
            missed(outcome)
        case .pending(let holdsDrafter):
            isLookupPending = true
            isHoldingDrafter = holdsDrafter || query.directive == .onlyIfCached
        }
        if !isOver, session.wantsAnswer { collector = AnswerCollector(maxBytes: executor.limits.cacheableBytes) }
    }

    func takeLookup() {
        guard isLookupPending, let lookup = mailbox.takeLookup() else { return }
        isLookupPending = false
        if let use = lookup.outcome.embedding { close(use) }
        // The models had the last word before the cache had its own.
        if isOver { return record.cache = CacheRecord(outcome: lookup.outcome, hit: lookup.hit.map(CacheHitRecord.init)) }
        if let hit = lookup.hit { found(hit, lookup.outcome) } else { missed(lookup.outcome) }
        if isHoldingDrafter && !isOver { askModels() }
    }

    private func missed(_ outcome: CacheOutcome) {
        record.cache = CacheRecord(outcome: outcome)
        if request.cacheQuery?.directive == .onlyIfCached { perform(machine.storedAnswerMissing()) }
    }

    private func found(_ hit: CacheHit, _ outcome: CacheOutcome) {
        do {
            batch = try StoredAnswerReplay.batch(of: hit.body)
        } catch {
            // Not an answer, whatever it is: nothing has been given up for it yet.
            var outcome = outcome
            if hit.level == .exact { outcome.exact = .error } else { outcome.vector = .error }
            return missed(outcome)
        }
        record.cache = CacheRecord(outcome: outcome, hit: CacheHitRecord(hit))
        stored = hit.model
        perform(machine.storedAnswerFound(hasReleased: hasReleased))
        batch.removeAll()
    }

    /// The replay is in `batch`.
    func serveStored() {
        mark(.cacheHit)
        closeDraft(.cancelled(.cached))
        if let attempt = heavyweight?.attempt {
            abandonHeavyweight(.cached)
            endPrefire(attempt, .abandoned)
        }
        held.removeAll()
        schedule.discard()
        encoder.restart()
        collector = nil
        record.decision = .cacheHit
        record.reason = "cache_\(record.cache?.hit?.level.rawValue ?? CacheLevel.exact.rawValue)"
        record.route = .cache
        record.answeredBy = stored
        record.cache?.isServed = true
        do throws(ProviderError) {
            for chunk in batch.chunks { try encoder.append(chunk, of: batch, to: &output) }
        } catch {
            failures.append(error)
            record.cache?.isServed = false
            return perform(.fail)
        }
        hasReleased = true
        finish(status: .ok)
    }

    /// The client wanted a stored answer or none.
    func failUncached() {
        record.status = .clientError
        record.reason = "not_cached"
        failure = .notCached
        closeEverything(.failed)
        record.totalMs = elapsedMs
        if sink.hasBegun { encoder.fail(.notCached, record: record, to: &output) }
        isOver = true
    }

    // MARK: The end

    /// The answer is complete and on its way.
    func offerAnswer() {
        if record.decision == .cacheHit { return endSession(.served) }
        guard session != nil, let collector, let body = collector.body, let finish = answerFinish, let model = record.answeredBy,
            let leg = record.legs.last(where: { !$0.isWasted && $0.leg != .embedding })
        else { return endSession(.nothing) }
        let isJudged = record.reason != "not_judged" && !record.isOverrun && !record.isDoubtedDraftShipped
        endSession(
            .answered(
                CacheCandidate(
                    body: body, model: model, route: record.route, finish: finish, tokens: leg.tokens, doubt: doubt,
                    isMarked: !isJudged || collector.isRefusal || record.route == .draft && facts.hasRefusal)))
    }

    func endSession(_ end: CacheEnd) {
        guard let session else { return }
        self.session = nil
        if isLookupPending, let use = session.unreportedEmbedding { close(use) }
        session.end(end)
    }

    /// The draft's largest statistic as a share of its threshold.
    private var doubt: Double? {
        guard record.route == .draft, let threshold = record.threshold, threshold > 0 else { return nil }
        return (record.risk ?? record.windowMaxBits).map { $0 / threshold }
    }

    /// The embedding in the ledger. It answers nothing and is not wasted either: it is what looking up costs.
    private func close(_ use: EmbeddingUse) {
        let started = (use.startedAt - request.acceptedAt).milliseconds
        record.legs.append(
            LegRecord(
                leg: .embedding, model: use.model, attempt: 1, tokens: use.tokens,
                costUSD: executor.prices.cost(of: use.tokens, model: use.model), end: use.end, isWasted: false, startedMs: started,
                firstByteMs: nil, endedMs: started + use.duration.milliseconds))
    }
}

/// The cache's way into the mailbox.
private final class LookupSink: CacheSink {
    private let mailbox: CascadeMailbox

    init(_ mailbox: CascadeMailbox) { self.mailbox = mailbox }

    func resolved(_ outcome: CacheOutcome, _ hit: CacheHit?) {
        mailbox.resolved(CascadeMailbox.Lookup(outcome: outcome, hit: hit))
    }
}
