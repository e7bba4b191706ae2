public import Cascade
internal import Synchronization

/// The semantic cache: an exact level, and a level of vectors with guards above it.
///
/// A request is read first (``PartitionRules``): either the cache does not look at it, or it gets a fingerprint. The exact level asks for the
/// fingerprint's entry. The vector level asks for the nearest prompts in the fingerprint's partition, and trusts one of them only when it is near
/// enough and no guard sees a difference. Equal requests in flight wait for the first one's answer.
///
/// What is known without waiting is answered on the spot, on the caller's thread. Everything else belongs to ``run()``. Two clocks are kept: a
/// lookup is over when its deadline is, whatever its stores do; and what waits in a queue is bounded by the queue.
///
/// Thread-safe. Whatever fails is a miss, a count and a word to the observer.
public final class SemanticCompletionCache: CompletionCache {
    let settings: CacheSettings
    let environment: CacheEnvironment
    let answers: any AnswerStore
    let vectors: (any VectorStore)?
    let embedder: (any Embedder)?

    let counts: CacheCounts
    let answerGate: StoreGate
    let vectorGate: StoreGate
    let embedderGate: StoreGate

    let flights = FlightTable()
    let quarantine = Quarantine()
    /// Lookups that wait for the service.
    let lookups: JobQueue<LookupJob>
    /// Lookups that wait or are under way, with their deadlines: all wait equally long, so that the first to come is the first to go. One that
    /// is resolved before its deadline leaves when its turn comes.
    let lookupDeadlines = JobQueue<Deadline>(limit: 65_536)
    /// The same for those that wait for an equal request.
    let followerDeadlines = JobQueue<Deadline>(limit: 65_536)
    let writes: JobQueue<WriteJob>
    private let busyLookups = Atomic(0)
    /// Counts the removals of everything: an answer from before such a removal must not be stored after it.
    let removals = Atomic(0)
    let storedSinceCleanUp = Atomic(0)

    /// - Parameters:
    ///   - answers: the exact level, and the answers of the vector level.
    ///   - vectors: `nil`, or no embedder: only the exact level is active.
    ///   - observer: hears everything that is counted.
    public init(
        settings: CacheSettings, answers: any AnswerStore, vectors: (any VectorStore)? = nil, embedder: (any Embedder)? = nil,
        observer: any CacheObserver, environment: CacheEnvironment = .system
    ) {
        self.settings = settings
        self.environment = environment
        self.answers = answers
        let hasVectorLevel = vectors != nil && embedder != nil
        self.vectors = hasVectorLevel ? vectors : nil
        self.embedder = embedder
        let counts = CacheCounts(observer)
        self.counts = counts
        func gate(_ store: StoreError.Store) -> StoreGate {
            StoreGate(
                breaker: StoreBreaker(
                    store: store, failures: settings.breakerFailures, openFor: settings.breakerOpenFor, now: environment.now,
                    onChange: { counts.breaker(store, isOpen: $0) }),
                observer: counts)
        }
        answerGate = gate(answers.store)
        vectorGate = gate(vectors?.store ?? .embedded)
        embedderGate = gate(.embedder)
        lookups = JobQueue(limit: settings.maxConcurrentLookups)
        writes = JobQueue(limit: settings.maxQueuedWrites)
    }

    /// A deadline of a pending lookup.
    struct Deadline: Sendable {
        var session: LookupSession
        var at: ContinuousClock.Instant
    }

    // MARK: Lookup

    /// A hit of a store in this process, a bypass, and a miss that nothing can change are answered at once; otherwise the sink hears the outcome
    /// within ``CacheSettings/deadline``, or ``CacheSettings/singleFlight`` for a request that waits for an equal one. It may hear it before this
    /// returns. While ``run()`` is not running, only what is in this process is found.
    public func begin(_ query: CacheQuery, sink: any CacheSink) -> any CacheSession {
        let startedAt = environment.now()
        switch settings.rules.read(query) {
        case .bypass(let reason):
            counts.bypassed(reason)
            return BypassedSession(reason)
        case .cacheable(let fingerprint):
            var request = LookupRequest(
                fingerprint: fingerprint, startedAt: startedAt, removals: removals.load(ordering: .acquiring))
            if query.directive == .noCache {
                counts.bypassed(.directive)
                return LookupSession(
                    self, request, start: .miss(CacheOutcome(bypass: .directive)), finding: LookupFinding(), stamp: lead(request),
                    vector: wantedVector(request))
            }
            request.isOnlyIfCached = query.directive == .onlyIfCached
            return lookUp(request, sink)
        }
    }

    private func lookUp(_ request: LookupRequest, _ sink: any CacheSink) -> LookupSession {
        var exact: CacheResult?
        if quarantine.contains(request.id, now: environment.wallTime()) {
            return known(request, LookupFinding(exact: .quarantined))
        }
        if let resident = answers.residentValue(for: request.id) {
            let finding = readExact(resident, request)
            if finding.exact != .miss && finding.exact != .error { return known(request, finding) }
            exact = finding.exact
        }
        switch enter(request, exact: exact, sink: sink) {
        case .answered(let answer):
            return known(request, coalesced(answer, request))
        case .follows(let session):
            let deadline = Deadline(session: session, at: request.startedAt + settings.singleFlight)
            if !followerDeadlines.offer(deadline) { session.resolve { $0.exact = .overloaded } }
            return session
        case .leads(let stamp):
            return lookUp(request, exact: exact, stamp: stamp, sink)
        case .alone:
            return lookUp(request, exact: exact, stamp: nil, sink)
        }
    }

    /// Nobody answers an equal request: look as far as there is something to look at.
    private func lookUp(_ request: LookupRequest, exact: CacheResult?, stamp: UInt64?, _ sink: any CacheSink) -> LookupSession {
        var exactAttempt: StoreAttempt?
        var vectorAttempts: VectorAttempts?
        if exact == nil {
            guard let attempt = answerGate.attempt() else {
                return known(request, LookupFinding(exact: .breakerOpen), stamp: stamp, vector: wantedVector(request))
            }
            exactAttempt = attempt
        } else {
            guard case .wanted = wantedVector(request) else { return known(request, LookupFinding(exact: exact), stamp: stamp) }
            guard let attempts = self.vectorAttempts() else {
                return known(request, LookupFinding(exact: exact, vector: .breakerOpen), stamp: stamp)
            }
            vectorAttempts = attempts
        }
        guard lookups.isOpen, reserveLookup() else {
            let finding = exact == nil ? LookupFinding(exact: .overloaded) : LookupFinding(exact: exact, vector: .overloaded)
            return known(request, finding, stamp: stamp)
        }
        let session = LookupSession(
            self, request, sink: sink, holdsDrafter: false, exact: exact, stamp: stamp, vector: wantedVector(request))
        let job = LookupJob(session: session, exact: exactAttempt, vector: vectorAttempts)
        if !lookupDeadlines.offer(Deadline(session: session, at: request.startedAt + settings.deadline)) || !lookups.offer(job) {
            releaseLookup()
            session.resolve { finding in
                if exact == nil { finding.exact = .overloaded } else { finding.vector = .overloaded }
            }
        }
        return session
    }

    // MARK: Parts of a lookup

    /// What was found under the request's own id.
    func readExact(_ value: [UInt8]?, _ request: LookupRequest) -> LookupFinding {
        guard let value else { return LookupFinding(exact: .miss) }
        guard let entry = StoredEntry(value), entry.partition == request.fingerprint.partition else {
            discard(malformed: request.id)
            return LookupFinding(exact: .error)
        }
        switch entry {
        case .tombstone:
            return LookupFinding(exact: .quarantined)
        case .answer(let answer):
            guard answer.id == request.id, answer.prompt == request.fingerprint.prompt else {
                discard(malformed: request.id)
                return LookupFinding(exact: .error)
            }
            guard answer.fits(maxTokens: request.fingerprint.maxTokens) else { return LookupFinding(exact: .unfit) }
            if isShadowed(request) { return LookupFinding(exact: .shadowed, shadowed: answer) }
            return LookupFinding(exact: .hit, answer: answer)
        }
    }

    /// What an equal request in flight got.
    func coalesced(_ answer: StoredAnswer, _ request: LookupRequest) -> LookupFinding {
        answer.fits(maxTokens: request.fingerprint.maxTokens)
            ? LookupFinding(exact: .coalesced, answer: answer) : LookupFinding(exact: .unfit)
    }

    /// Whether a would-be hit is compared instead of served.
    func isShadowed(_ request: LookupRequest) -> Bool {
        switch settings.mode {
        case .shadow: true
        case .on: !request.isOnlyIfCached && settings.shadowShare > 0 && environment.chance() < settings.shadowShare
        }
    }

    /// Leave to ask the embedder and the vector store; `nil` while one of their breakers is open.
    func vectorAttempts() -> VectorAttempts? {
        guard let embedder = embedderGate.attempt(), let vectors = vectorGate.attempt() else { return nil }
        return VectorAttempts(embedder: embedder, vectors: vectors)
    }

    func wantedVector(_ request: LookupRequest) -> LookupSession.PromptVector {
        vectors == nil || request.fingerprint.prompt == nil ? .none : .wanted
    }

    func hit(_ answer: StoredAnswer, _ level: CacheLevel) -> CacheHit { answer.hit(at: level, wallTime: environment.wallTime()) }

    /// Counts one outcome.
    func report(_ outcome: CacheOutcome, _ waited: Duration) {
        if let exact = outcome.exact { counts.lookedUp(.exact, exact) }
        if let vector = outcome.vector { counts.lookedUp(.vector, vector) }
        counts.lookupEnded(after: waited)
    }

    private func known(
        _ request: LookupRequest, _ finding: LookupFinding, stamp: UInt64? = nil, vector: LookupSession.PromptVector = .none
    ) -> LookupSession {
        let waited = environment.now() - request.startedAt
        let outcome = finding.outcome(waited: waited)
        report(outcome, waited)
        let start: CacheStart = finding.answer.map { .hit(outcome, hit($0, finding.level)) } ?? .miss(outcome)
        return LookupSession(self, request, start: start, finding: finding, stamp: stamp, vector: vector)
    }

    private var joinsFlights: Bool { settings.mode == .on && settings.singleFlight > .zero && followerDeadlines.isOpen }

    private func enter(_ request: LookupRequest, exact: CacheResult?, sink: any CacheSink) -> FlightTable.Role {
        guard joinsFlights, !request.isOnlyIfCached else { return .alone }
        return flights.enter(request.id) {
            // What it waits for is not in the store: its own lookup is over with the leader's.
            LookupSession(self, request, sink: sink, holdsDrafter: true, exact: nil, stamp: nil, vector: wantedVector(request))
        }
    }

    /// A request that does not look anything up can be waited for nevertheless.
    private func lead(_ request: LookupRequest) -> UInt64? {
        joinsFlights ? flights.lead(request.id) : nil
    }

    private func reserveLookup() -> Bool {
        let before = busyLookups.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
        if before < settings.maxConcurrentLookups { return true }
        releaseLookup()
        return false
    }

    func releaseLookup() { busyLookups.wrappingSubtract(1, ordering: .acquiringAndReleasing) }
}

/// A request that the cache does not look at.
private final class BypassedSession: CacheSession {
    let start: CacheStart
    var wantsAnswer: Bool { false }
    var unreportedEmbedding: EmbeddingUse? { nil }

    init(_ reason: CacheBypass) { start = .miss(CacheOutcome(bypass: reason)) }

    func end(_ end: CacheEnd) {}
}
