import Cascade
import ChatAPI
import EntropyRouting
import GatewayTesting
import SemanticCache
import Synchronization
import Testing

/// A clock that a test moves.
final class PipelineTime: Sendable {
    private struct State: Sendable {
        var now = ContinuousClock.now
        var wall = 1_750_000_000.0
        var sleepers: [(until: ContinuousClock.Instant, signal: Signal)] = []
        var chance = 1.0
    }

    private let state = Mutex(State())

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            state.wall += Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
            let now = state.now
            defer { state.sleepers.removeAll { $0.until <= now } }
            return state.sleepers.filter { $0.until <= now }
        }
        for sleeper in due { sleeper.signal.open() }
    }

    /// What the next draws say: 0 shadows every would-be hit, 1 none.
    func draw(_ chance: Double) { state.withLock { $0.chance = chance } }

    private func sleep(until: ContinuousClock.Instant) async throws {
        let signal = Signal()
        let isOver = state.withLock { state in
            if until <= state.now { return true }
            state.sleepers.append((until, signal))
            return false
        }
        if !isOver { try await signal.wait() }
    }

    var environment: CacheEnvironment {
        CacheEnvironment(
            now: { self.state.withLock { $0.now } }, wallTime: { self.state.withLock { $0.wall } },
            sleep: { try await self.sleep(until: $0) }, chance: { self.state.withLock { $0.chance } })
    }
}

/// Counts what the cache tells.
final class RecordingCacheObserver: CacheObserver {
    struct Record: Sendable {
        var lookups: [String: Int] = [:]
        var ended = 0
        var bypasses: [CacheBypass: Int] = [:]
        var admissions: [CacheAdmission: Int] = [:]
        var errors: [StoreError] = []
        var breakers: [String] = []
        var embeddings: [EmbeddingUse] = []
        var verdicts: [ShadowVerdict: Int] = [:]
    }

    private let state = Mutex(Record())

    /// With storage of its own: see `.ci/tsan-suppressions.txt` for what the sanitizer thinks of shared storage.
    var record: Record {
        state.withLock { state in
            Record(
                lookups: state.lookups.mapValues { $0 }, ended: state.ended, bypasses: state.bypasses.mapValues { $0 },
                admissions: state.admissions.mapValues { $0 }, errors: state.errors.map { $0 }, breakers: state.breakers.map { $0 },
                embeddings: state.embeddings.map { $0 }, verdicts: state.verdicts.mapValues { $0 })
        }
    }

    func lookedUp(_ level: CacheLevel, _ result: CacheResult) {
        state.withLock { $0.lookups["\(level.rawValue) \(result.rawValue)", default: 0] += 1 }
    }
    func lookupEnded(after duration: Duration) { state.withLock { $0.ended += 1 } }
    func bypassed(_ reason: CacheBypass) { state.withLock { $0.bypasses[reason, default: 0] += 1 } }
    func admitted(_ admission: CacheAdmission) { state.withLock { $0.admissions[admission, default: 0] += 1 } }
    func failed(_ error: StoreError) { state.withLock { $0.errors.append(error) } }
    func breaker(_ store: StoreError.Store, isOpen: Bool) {
        state.withLock { $0.breakers.append("\(store.rawValue) \(isOpen ? "open" : "closed")") }
    }
    func embedded(_ use: EmbeddingUse) { state.withLock { $0.embeddings.append(use) } }
    func compared(_ verdict: ShadowVerdict) { state.withLock { $0.verdicts[verdict, default: 0] += 1 } }
}

/// Hears one lookup, and complains about a second word.
final class LookupProbe: CacheSink {
    private let heard = Mutex<[(CacheOutcome, CacheHit?)]>([])
    private let signal = Signal()

    func resolved(_ outcome: CacheOutcome, _ hit: CacheHit?) {
        heard.withLock { $0.append((outcome, hit)) }
        signal.open()
    }

    var count: Int { heard.withLock { $0.count } }

    func wait() async throws -> (CacheOutcome, CacheHit?) {
        try await signal.wait()
        return try #require(heard.withLock { $0.first })
    }
}

/// One request of a test.
struct PipelineLookup {
    let session: any CacheSession
    let probe: LookupProbe

    /// What the lookup came to, however it came to it.
    func outcome() async throws -> (CacheOutcome, CacheHit?) {
        switch session.start {
        case .hit(let outcome, let hit): (outcome, hit)
        case .miss(let outcome): (outcome, nil)
        case .pending: try await probe.wait()
        }
    }

    var isPending: Bool { if case .pending = session.start { true } else { false } }
    var holdsDrafter: Bool { if case .pending(holdsDrafter: true) = session.start { true } else { false } }
}

/// A running cache on scripted stores.
struct Pipeline: Sendable {
    let cache: SemanticCompletionCache
    let answers: ScriptedAnswerStore
    let vectors: ScriptedVectorStore
    let embedder: ScriptedEmbedder
    let observer: RecordingCacheObserver
    let time: PipelineTime

    /// Runs a cache while `body` runs. Nothing is shadowed unless the settings or ``PipelineTime/draw(_:)`` say so.
    static func run(
        resident: Bool = false, hasVectors: Bool = true, _ change: (inout CacheSettings) -> Void = { _ in },
        body: (Pipeline) async throws -> Void
    ) async throws {
        var settings = CacheSettings()
        change(&settings)
        let answers = ScriptedAnswerStore(resident ? .embedded : .redis, isResident: resident)
        let vectors = ScriptedVectorStore()
        let embedder = ScriptedEmbedder()
        let observer = RecordingCacheObserver()
        let time = PipelineTime()
        let cache = SemanticCompletionCache(
            settings: settings, answers: answers, vectors: hasVectors ? vectors : nil, embedder: hasVectors ? embedder : nil,
            observer: observer, environment: time.environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            defer { group.cancelAll() }
            try await eventually("the cache runs") { cache.isRunning }
            try await body(
                Pipeline(cache: cache, answers: answers, vectors: vectors, embedder: embedder, observer: observer, time: time))
        }
    }

    func begin(
        _ prompt: String, system: String = "Be brief.", tenant: String = "a", maxTokens: Int? = nil, directive: CacheDirective? = nil
    ) throws -> PipelineLookup {
        let probe = LookupProbe()
        let query = try Self.query(prompt, system: system, tenant: tenant, maxTokens: maxTokens, directive: directive)
        return PipelineLookup(session: cache.begin(query, sink: probe), probe: probe)
    }

    static func query(
        _ prompt: String, system: String = "Be brief.", tenant: String = "a", maxTokens: Int? = nil, directive: CacheDirective? = nil
    ) throws -> CacheQuery {
        let limit = maxTokens.map { #","max_tokens":\#($0)"# } ?? ""
        let body =
            #"{"model":"auto","messages":[{"role":"system","content":"\#(system)"},{"role":"user","content":"\#(prompt)"}]\#(limit)}"#
        let chat = try ChatRequest.decode(Array(body.utf8))
        return CacheQuery(
            chat: chat, view: try chat.routingView(), tenant: [tenant], policy: "p", promptTokens: 12, directive: directive)
    }

    /// Asks, and answers like a model when nothing is found.
    /// - Returns: the hit, if any.
    @discardableResult
    func ask(_ prompt: String, answer text: String, tenant: String = "a", maxTokens: Int? = nil) async throws -> CacheHit? {
        let before = observer.record.admissions.values.reduce(0, +)
        let lookup = try begin(prompt, tenant: tenant, maxTokens: maxTokens)
        let (_, hit) = try await lookup.outcome()
        if hit != nil {
            lookup.session.end(.served)
        } else {
            lookup.session.end(.answered(Self.candidate(text)))
            try await eventually("the answer is stored or refused") { observer.record.admissions.values.reduce(0, +) > before }
        }
        return hit
    }

    static func candidate(
        _ text: String, route: AnswerRoute = .heavyweight, finish: FinishReason = .stop, doubt: Double? = nil, isMarked: Bool = false,
        outputTokens: Int = 20
    ) -> CacheCandidate {
        CacheCandidate(
            body: body(text), model: ModelName(provider: "openai", model: "gpt"), route: route, finish: finish,
            tokens: TokenCount(input: 30, output: outputTokens, source: .provider), doubt: doubt, isMarked: isMarked)
    }

    static func body(_ text: String) -> [UInt8] {
        Array(
            (#"{"id":"c1","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,"message":{"role":"assistant","#
                + #""content":"\#(text)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":30,"completion_tokens":20}}"#).utf8)
    }
}

/// Waits for what other tasks do. Gives up after so long that only a promise that is broken takes it.
func eventually(_ what: Comment, _ condition: () throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while !(try condition()) {
        if ContinuousClock.now > limit {
            Issue.record("never: \(what)")
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(1))
    }
}
