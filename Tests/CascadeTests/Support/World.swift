import Cascade
import ChatAPI
import EntropyRouting
import GatewayTesting
import Synchronization
import Testing

typealias Step = ScriptedProvider.Step

/// One gateway with two scripted upstreams, for one request.
struct World {
    static let drafter = ModelName(provider: "small", model: "draft-1")
    static let heavyweight = ModelName(provider: "large", model: "heavy-1")

    var drafter: ScriptedProvider
    var heavyweight: ScriptedProvider
    /// One token decides: 0 bits are calm, 1 bit is doubt, 2 bits are too much.
    var strategy: WindowStrategy
    var release = ReleasePolicy(mode: .buffered)
    var prefire = PrefireRule.Settings()
    var limits = CascadeLimits()
    var budget = PrefireBudget()
    var prices = PriceBook()
    var minimumCharacters: [TaskClass: Int] = [:]
    var acceptsValidToolCalls = false
    let observer = RecordingObserver()
    var active = ActiveRequests()
    var handle = HandleBox()
    var cache: ScriptedCache?
    var oversight: ScriptedOversight?

    init(
        draft: [Step], heavyweight scripts: [[Step]] = [], delivery: ScriptedProvider.Delivery = .synchronous, isDeaf: Bool = false,
        capabilities: ProviderCapabilities = ProviderCapabilities()
    ) throws {
        drafter = ScriptedProvider(name: "small", scripts: [draft], delivery: delivery)
        heavyweight = ScriptedProvider(name: "large", scripts: scripts, capabilities: capabilities, delivery: delivery, isDeaf: isDeaf)
        strategy = try WindowStrategy(windowTokens: 1, thresholdBits: 1.9, prefireRatio: 0.5, earlyExitTokens: 1)
        limits.stall = nil
        // A loaded machine may keep a test waiting for longer than any real client would like.
        limits.keepAlive = .seconds(86_400)
    }

    /// Each piece is read on its own: the socket is paused behind every one until it has been worked through.
    func pieceByPiece() -> World {
        var world = self
        world.limits.legBufferBytes = 1
        return world
    }

    var executor: CascadeExecutor {
        CascadeExecutor(
            prices: prices, limits: limits, budget: budget, active: active, observer: observer, cache: cache, oversight: oversight)
    }

    var route: CascadeRoute {
        CascadeRoute(
            name: "auto", drafter: Self.drafter, heavyweight: Self.heavyweight, drafterProvider: drafter, heavyweightProvider: heavyweight,
            strategy: .window(strategy), release: release, prefire: prefire, gates: QualityGates(minimumCharacters: minimumCharacters),
            estimator: EntropyEstimator(), acceptsValidToolCalls: acceptsValidToolCalls)
    }

    /// Runs one routed request and checks what must hold whatever happened.
    func run(
        client: RecordingClient = RecordingClient(), encoder: PlainEncoder = PlainEncoder(), ticks: Bool = false,
        _ edit: (inout CascadeRequest) -> Void = { _ in }
    ) async throws -> Outcome {
        let chat = try ChatRequest.decode(Array(#"{"model":"auto","messages":[{"role":"user","content":"?"}],"stream":true}"#.utf8))
        var request = CascadeRequest(
            id: "r", decisionID: "d", createdAt: 0, chat: chat, isStreaming: true, taskClass: .simpleFactual, estimatedPromptTokens: 7,
            checker: FixedChecker())
        if cache != nil { request.cacheQuery = CacheQuery(chat: chat, view: try chat.routingView(), policy: "", promptTokens: 7) }
        edit(&request)
        async let _: Void = tickIfNeeded(ticks, active)
        var failure: CascadeFailure?
        do throws(CascadeFailure) {
            _ = try await executor.run(request, on: route, encoder: encoder, sink: client) { handle.set($0) }
        } catch {
            failure = error
        }
        let record = try #require(observer.records.last)
        await settle()
        check(record)
        return Outcome(record: record, failure: failure, client: client)
    }

    /// A draft that said its last word ends by itself: soon, but not before the run does.
    private func settle() async {
        for _ in 0..<2_000 where (drafter.calls + heavyweight.calls).contains(where: { !$0.counts.hasEnded && $0.counts.cancels == 0 }) {
            do { try await Task.sleep(for: .milliseconds(1)) } catch { return }
        }
    }

    /// Every call is in the ledger once, was closed at most once, and is not left open or paused; the outcome was heard once.
    func check(_ record: DecisionRecord) {
        #expect(observer.records.count == 1)
        #expect(active.count == 0)
        if let oversight { #expect(oversight.outcomes.count == 1) }
        let calls = drafter.calls + heavyweight.calls
        let legs = record.legs.filter { $0.leg != .embedding }
        #expect(legs.count == calls.count)
        #expect(Set(record.legs.map { "\($0.leg)-\($0.attempt)" }).count == record.legs.count)
        for call in calls {
            let counts = call.counts
            #expect(counts.cancels <= 1)
            #expect(!counts.isPaused || counts.cancels == 1)
            #expect(counts.hasEnded || counts.cancels == 1)
        }
        for leg in legs where leg.end != .completed { #expect(leg.isWasted) }
        #expect(cache?.sessions.allSatisfy { $0.ends.count == 1 } ?? true)
        #expect(record.prefires.allSatisfy { $0.outcome != nil && $0.endedMs != nil })
    }
}

private func tickIfNeeded(_ ticks: Bool, _ active: ActiveRequests) async {
    if ticks { await active.run(every: .milliseconds(1)) }
}

struct Outcome {
    let record: DecisionRecord
    let failure: CascadeFailure?
    let client: RecordingClient

    var text: String { client.text }
    func leg(_ leg: LegRecord.Leg, _ attempt: Int = 1) -> LegRecord? { record.legs.first { $0.leg == leg && $0.attempt == attempt } }
    func marks(_ kind: DecisionMark.Kind) -> Int { record.marks.filter { $0.kind == kind }.count }
}

/// The run's handle, for scripts that let the client leave.
final class HandleBox: Sendable {
    private let handle = Mutex<RunHandle?>(nil)

    func set(_ new: RunHandle) { handle.withLock { $0 = new } }
    func cancel() { handle.withLock { $0 }?.cancel() }
}

/// Scripts in a few words.
enum Script {
    /// Each piece is its own read, then the body ends.
    static func of(_ pieces: [[UInt8]]) -> [Step] { [.open] + pieces.map { .bytes($0) } + [.end] }

    static func tokens(_ words: [String], _ alternatives: Int) -> [[UInt8]] {
        words.map { ScriptedStream.token($0, alternatives: alternatives) }
    }

    static func sure(_ words: String...) -> [[UInt8]] { tokens(words, 1) }
    static func doubtful(_ words: String...) -> [[UInt8]] { tokens(words, 2) }
    static func hopeless(_ words: String...) -> [[UInt8]] { tokens(words, 4) }

    static let role = [ScriptedStream.role]
    static let end = [ScriptedStream.finish(), ScriptedStream.done]
    static func counted(_ input: Int, _ output: Int) -> [[UInt8]] {
        [ScriptedStream.finish(), ScriptedStream.usage(input: input, output: output), ScriptedStream.done]
    }

    /// The heavyweight's answer, from its own tokens without evidence.
    static let expert = of(role + tokens(["Considered", " answer."], 0) + counted(7, 2))
    static let expertText = "^Considered answer.$stop#"
}
