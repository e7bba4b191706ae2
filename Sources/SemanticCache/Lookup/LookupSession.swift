internal import Cascade
internal import Synchronization

/// One request's dealings with the cache: a small state machine behind a lock, driven by the request, by the task that looks up, by the
/// clock and by the leader of its flight. Whoever resolves it first is heard; the rest comes too late.
final class LookupSession: CacheSession {
    /// The vector of the prompt, on its way from the lookup to the insert: one call of the embedder serves both.
    enum PromptVector: Sendable {
        /// Cannot be had: the answer is kept at the exact level alone.
        case none
        /// Nobody has asked yet: the insert does.
        case wanted
        /// The lookup's call is not back.
        case underWay
        case ready([Float])
    }

    private struct State: Sendable {
        /// `nil` when there is no more to say.
        var sink: (any CacheSink)?
        var finding: LookupFinding
        /// The level that is being looked at.
        var level = CacheLevel.exact
        var attempt: StoreAttempt?
        var askedAt: ContinuousClock.Instant?
        var vector: PromptVector
        /// Hears of the vector that is under way.
        var onVector: (@Sendable ([Float]?) -> Void)?
        var embeddingStartedAt: ContinuousClock.Instant?
        var isEnded = false
        /// Ended without an answer: no more work is done for it.
        var isAbandoned = false
    }

    let start: CacheStart
    let request: LookupRequest
    /// Of the flight that this request leads.
    let stamp: UInt64?
    private let cache: SemanticCompletionCache
    private let state: Mutex<State>

    /// Known at once, or nothing to look up.
    init(
        _ cache: SemanticCompletionCache, _ request: LookupRequest, start: CacheStart, finding: LookupFinding, stamp: UInt64?,
        vector: PromptVector
    ) {
        self.cache = cache
        self.request = request
        self.start = start
        self.stamp = stamp
        state = Mutex(State(sink: nil, finding: finding, vector: vector))
    }

    /// Pending.
    init(
        _ cache: SemanticCompletionCache, _ request: LookupRequest, sink: any CacheSink, holdsDrafter: Bool, exact: CacheResult?,
        stamp: UInt64?, vector: PromptVector
    ) {
        self.cache = cache
        self.request = request
        self.start = .pending(holdsDrafter: holdsDrafter)
        self.stamp = stamp
        state = Mutex(
            State(sink: sink, finding: LookupFinding(exact: exact), level: exact == nil ? .exact : .vector, vector: vector))
    }

    deinit {
        // A caller that forgot the end must not leave a flight without a pilot.
        let isEnded = state.withLock { $0.isEnded }
        if !isEnded, let stamp { cache.release(request.id, stamp) }
    }

    // MARK: CacheSession

    var wantsAnswer: Bool {
        !request.isOnlyIfCached && state.withLock { $0.finding.exact != .quarantined }
    }

    var unreportedEmbedding: EmbeddingUse? {
        state.withLock { state in
            guard state.sink != nil else { return nil }
            return state.finding.embedding ?? estimatedUse(state, end: .completed)
        }
    }

    func end(_ end: CacheEnd) {
        let isFirst = state.withLock { state in
            if state.isEnded { return false }
            state.isEnded = true
            if case .nothing = end { state.isAbandoned = true }
            return true
        }
        if isFirst { cache.ended(self, end) }
    }

    // MARK: Resolving

    var isResolved: Bool { state.withLock { $0.sink == nil } }

    /// Not worth another call: resolved, or nobody waits and nothing will be stored.
    var isOver: Bool { state.withLock { $0.sink == nil || $0.isAbandoned } }

    /// Its lookup came to an end at the exact level, and there was no tombstone.
    var hasSeenEntry: Bool {
        guard case .pending(holdsDrafter: true) = start else {
            return [.miss, .unfit, .shadowed].contains(finding.exact)
        }
        return false
    }

    /// What is known so far.
    var finding: LookupFinding { state.withLock { $0.finding } }

    /// - Parameter change: adds what is new to what is known.
    /// - Returns: false when it was resolved before; then nothing is changed.
    @discardableResult
    func resolve(_ change: (inout LookupFinding) -> Void) -> Bool {
        let now = cache.environment.now()
        return resolve(at: now) { state in change(&state.finding) }
    }

    /// The time is over. The store that is being waited for is told off, if it had a quarter of the time at least.
    func expire() {
        let now = cache.environment.now()
        let patience = cache.settings.deadline
        var late: (attempt: StoreAttempt, waited: Duration)?
        resolve(at: now) { state in
            if let attempt = state.attempt { late = (attempt, now - (state.askedAt ?? now)) }
            if state.level == .exact { state.finding.exact = .timeout } else { state.finding.vector = .timeout }
            state.finding.embedding = state.finding.embedding ?? estimatedUse(state, end: .failed(.firstByteTimeout))
        } beforeTelling: {
            // A breaker that opens does so before the request that was the last straw goes on.
            guard let late else { return }
            late.attempt.failed(
                StoreError(late.attempt.store, .timeout, "no answer before the lookup's deadline of \(patience)"),
                isBlamed: late.waited * 4 >= patience)
        }
    }

    @discardableResult
    private func resolve(
        at now: ContinuousClock.Instant, _ change: (inout State) -> Void, beforeTelling: () -> Void = {}
    ) -> Bool {
        let news = state.withLock { state -> (any CacheSink, LookupFinding)? in
            guard let sink = state.sink else { return nil }
            change(&state)
            state.sink = nil
            state.attempt = nil
            return (sink, state.finding)
        }
        guard let (sink, finding) = news else { return false }
        beforeTelling()
        let waited = now - request.startedAt
        let outcome = finding.outcome(waited: waited)
        cache.report(outcome, waited)
        sink.resolved(outcome, finding.answer.map { cache.hit($0, finding.level) })
        return true
    }

    // MARK: The work

    /// A call begins.
    /// - Returns: false when nobody needs it any more.
    func asks(_ level: CacheLevel, _ attempt: StoreAttempt) -> Bool {
        let now = cache.environment.now()
        return state.withLock { state in
            guard state.sink != nil, !state.isAbandoned else { return false }
            state.level = level
            state.attempt = attempt
            state.askedAt = now
            return true
        }
    }

    /// The exact level is done, without a hit.
    func missedExact(_ result: CacheResult) {
        state.withLock { state in
            guard state.sink != nil else { return }
            state.finding.exact = result
            state.level = .vector
        }
    }

    // MARK: The vector

    func beginsEmbedding() {
        let now = cache.environment.now()
        state.withLock { state in
            state.vector = .underWay
            state.embeddingStartedAt = now
        }
    }

    /// The embedder's call is over. Wakes the insert that waits for it.
    func embedded(_ vector: [Float]?, tokens: TokenCount, end: LegRecord.End) {
        let now = cache.environment.now()
        let model = cache.embedder?.model
        let waiting = state.withLock { state in
            if let model, let started = state.embeddingStartedAt, state.sink != nil {
                state.finding.embedding = EmbeddingUse(model: model, tokens: tokens, end: end, startedAt: started, duration: now - started)
            }
            state.vector = vector.map { .ready($0) } ?? .none
            defer { state.onVector = nil }
            return state.onVector
        }
        waiting?(vector)
    }

    /// The vector for the insert. When it is under way, `then` hears of it as soon as it is there, or `nil` when it does not come.
    func vector(then: @escaping @Sendable ([Float]?) -> Void) -> PromptVector {
        state.withLock { state in
            if case .underWay = state.vector { state.onVector = then }
            return state.vector
        }
    }

    /// There is no vector to be had.
    func forgoesVector() { state.withLock { $0.vector = .none } }

    /// What a call costs that is not back: about four bytes of text make a token.
    private func estimatedUse(_ state: State, end: LegRecord.End) -> EmbeddingUse? {
        guard let started = state.embeddingStartedAt, let model = cache.embedder?.model, let prompt = request.fingerprint.prompt else {
            return nil
        }
        return EmbeddingUse(
            model: model, tokens: TokenCount(input: (prompt.utf8.count + 3) / 4, source: .estimated), end: end, startedAt: started,
            duration: cache.environment.now() - started)
    }
}
