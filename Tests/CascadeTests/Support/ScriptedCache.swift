import Cascade
import ChatAPI
import Synchronization

/// A cache that says what the test tells it to, and remembers how its sessions ended.
final class ScriptedCache: CompletionCache {
    private let script: CacheStart
    private let wantsAnswer: Bool
    private let unreported: EmbeddingUse?
    private let state = Mutex<(sessions: [Session], sinks: [any CacheSink])>(([], []))

    init(_ script: CacheStart, wantsAnswer: Bool = true, unreported: EmbeddingUse? = nil) {
        self.script = script
        self.wantsAnswer = wantsAnswer
        self.unreported = unreported
    }

    var sessions: [Session] { state.withLock { $0.sessions } }
    var end: CacheEnd? { sessions.first?.ends.first }

    var candidate: CacheCandidate? {
        guard case .answered(let candidate)? = end else { return nil }
        return candidate
    }

    /// The pending lookup's outcome.
    func resolve(_ outcome: CacheOutcome = CacheOutcome(exact: .miss), _ hit: CacheHit? = nil) {
        for sink in state.withLock({ $0.sinks }) { sink.resolved(outcome, hit) }
    }

    func begin(_ query: CacheQuery, sink: any CacheSink) -> any CacheSession {
        let session = Session(start: script, wantsAnswer: wantsAnswer, unreported: unreported)
        state.withLock {
            $0.sessions.append(session)
            $0.sinks.append(sink)
        }
        return session
    }

    func statistics() async -> CacheStatistics { CacheStatistics(mode: "on", store: "scripted") }
    func removeAll() async throws(StoreError) -> Int { 0 }
    func remove(_ id: String) async throws(StoreError) -> Bool { false }

    final class Session: CacheSession {
        let start: CacheStart
        let wantsAnswer: Bool
        let unreportedEmbedding: EmbeddingUse?
        private let heard = Mutex<[CacheEnd]>([])

        init(start: CacheStart, wantsAnswer: Bool, unreported: EmbeddingUse?) {
            self.start = start
            self.wantsAnswer = wantsAnswer
            unreportedEmbedding = unreported
        }

        var ends: [CacheEnd] { heard.withLock { $0 } }
        func end(_ end: CacheEnd) { heard.withLock { $0.append(end) } }
    }
}

extension CacheHit {
    static func stored(_ text: String, level: CacheLevel = .exact) -> CacheHit {
        let body = """
            {"id":"c1","object":"chat.completion","created":5,"model":"heavy-1","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"\(text)","refusal":null},"logprobs":null,"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,"cached":true}}
            """
        return CacheHit(
            id: "00000000-0000-8000-8000-000000000001", level: level, body: Array(body.utf8), model: World.heavyweight,
            tokens: TokenCount(input: 7, output: 3, source: .provider), ageSeconds: 12)
    }
}

extension CacheEnd {
    var isServed: Bool { if case .served = self { true } else { false } }
    var isNothing: Bool { if case .nothing = self { true } else { false } }
}
