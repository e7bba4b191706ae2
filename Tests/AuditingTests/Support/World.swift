import ChatAPI
import EntropyRouting
import GatewayTesting
import Judging
import Synchronization

@testable import Auditing
@testable import Cascade

/// An oversight with a scripted heavyweight, a judge that knows the truth, and a clock and dice of its own.
final class World: Sendable {
    let oversight: AuditOversight
    let heard = RecordingOversightObserver()
    let heavyweight: ScriptedProvider
    let judge: TruthfulJudge
    let rule: RiskStrategy
    let clock = TestClock()
    private let made = Atomic<Int>(0)

    static let drafter = ModelName(provider: "p", model: "small")
    static let heavy = ModelName(provider: "p", model: "large")
    static let judgeModel = ModelName(provider: "p", model: "judge")
    /// A dollar for a million tokens of anything.
    static let prices = PriceBook(
        Dictionary(
            [drafter, heavy, judgeModel].map { ($0.qualified, PriceBook.Price(input: 1, output: 1)) },
            uniquingKeysWith: { first, _ in first }))

    init(
        seed: UInt64 = 1, loss: RiskCertificate.Loss = .joint, alpha: Double = 0.05, sensitivity: Double = 1, dataHash: String = "sha256:1",
        origin: RiskModel.Origin = RiskModel.Origin(), fallback: CalibrationFallback = .escalate, store: (any AuditStateStore)? = nil,
        log: AuditLog? = nil, prices: PriceBook = World.prices, judge: TruthfulJudge = TruthfulJudge(), hasJudge: Bool = true,
        scripts: [[ScriptedProvider.Step]] = [World.answer("the truth")], isMain: Bool = true, temperature: Double? = 1,
        threshold: Double? = nil, storeFailure: StoreError? = nil,
        _ change: (inout AuditSettings) -> Void = { _ in }
    ) throws {
        var settings = AuditSettings()
        settings.share = 1
        settings.usdPerDay = 1_000
        settings.retryPause = .milliseconds(1)
        settings.keepEvery = .milliseconds(20)
        change(&settings)
        let certified = try Self.rule(loss: loss, alpha: alpha, sensitivity: sensitivity, dataHash: dataHash, origin: origin)
        rule = try threshold.map { try RiskStrategy(model: certified.model, threshold: $0) } ?? certified
        self.judge = judge
        heavyweight = ScriptedProvider(name: "p", scripts: scripts)
        let window = RoutingStrategy.window(try WindowStrategy())
        let route = CascadeRoute(
            name: "auto", drafter: Self.drafter, heavyweight: Self.heavy, drafterProvider: heavyweight, heavyweightProvider: heavyweight,
            strategy: isMain ? .risk(rule) : window, alternatives: isMain ? ["window": window] : ["risk": .risk(rule)],
            release: ReleasePolicy(mode: .buffered), prefire: PrefireRule.Settings(), gates: QualityGates(),
            estimator: EntropyEstimator(vocabularySize: 200_019))
        let dice = Mutex(SeededGenerator(seed: seed))
        oversight = AuditOversight(
            routes: [AuditedRoute(route, fallback: fallback, temperature: temperature)], settings: settings, judge: hasJudge ? judge : nil,
            prices: prices, store: store, storeFailure: storeFailure,
            log: log, observer: heard,
            environment: AuditEnvironment(
                now: { .now }, wallTime: { [clock] in clock.now }, sleep: { try await Task.sleep(until: $0, clock: .continuous) },
                chance: { dice.withLock { $0.unit() } }, instance: "test-\(seed)"))
    }

    static func rule(
        loss: RiskCertificate.Loss = .joint, alpha: Double = 0.05, sensitivity: Double = 1, dataHash: String = "sha256:1",
        origin: RiskModel.Origin = RiskModel.Origin()
    ) throws -> RiskStrategy {
        let certificate = RiskCertificate(
            loss: loss, alpha: alpha, delta: 0.05, judgeSensitivity: sensitivity, grid: [0.05, 0.1, 0.2, 0.3, 1], losses: 10, labels: 600,
            bound: 0.04, coverage: 0.7)
        let model = try RiskModel(
            key: RiskModel.Key(
                drafter: "small", provider: "p", tier: .topK, topLogprobs: 20, temperature: 1, promptMode: "plain"),
            provenance: RiskModel.Provenance(date: "2026-01-01", labels: 600, dataHash: dataHash),
            terms: [try RiskTerm(.meanBits, mean: 0, deviation: 1, coefficient: 1)], defaultIntercept: -2, threshold: 0.2,
            certificate: certificate, origin: origin)
        return try RiskStrategy(model: model)
    }

    /// The body of an answer that is not streamed.
    static func answer(_ text: String, input: Int = 100, output: Int = 50) -> [ScriptedProvider.Step] {
        let json =
            #"{"id":"c","object":"chat.completion","model":"large","choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output)}}"#
        return [.open, .bytes(Array(json.utf8)), .end]
    }

    // MARK: Requests

    func query(
        control: EscalationControl = .auto, temperature: Double? = nil, strategy: RoutingStrategy? = nil
    ) -> OversightQuery {
        OversightQuery(
            route: "auto", strategy: strategy ?? .risk(rule), taskClass: .simpleFactual, control: control, temperature: temperature)
    }

    static func request(_ id: String, prompt: String = "What is it?", body: String? = nil) throws -> CascadeRequest {
        let chat = try ChatRequest.decode(
            Array((body ?? #"{"model":"auto","messages":[{"role":"user","content":"\#(prompt)"}]}"#).utf8))
        return CascadeRequest(
            id: id, decisionID: id, createdAt: 0, chat: chat, isStreaming: false, taskClass: .simpleFactual, estimatedPromptTokens: 25,
            checker: FixedChecker())
    }

    /// One request from its plan to its end.
    ///
    /// - Parameters:
    ///   - risk: of the draft; it is shipped when the plan's rule says so.
    ///   - draft: what it says.
    @discardableResult
    func serve(
        _ id: String? = nil, risk: Double, draft: String = "an answer", cost: Double? = 0.001, identity: StreamIdentity? = nil,
        query given: OversightQuery? = nil, body: String? = nil, planned: OversightPlan? = nil,
        _ change: (inout OversightOutcome) -> Void = { _ in }
    ) throws -> OversightOutcome {
        let id = id ?? "d\(made.add(1, ordering: .relaxed).newValue)"
        let query = given ?? query()
        let plan = planned ?? oversight.plan(query)
        let request = try Self.request(id, body: body)
        var isShipped = false
        if !plan.isHoldout, case .risk(let rule) = plan.strategy { isShipped = rule.finalLevel(risk, query.taskClass) != .reject }
        var record = DecisionRecord.test(id)
        record.decision = isShipped ? .ship : .escalate
        record.route = isShipped ? .draft : .heavyweight
        record.status = .ok
        record.risk = plan.isHoldout ? nil : risk
        record.draftIdentity = plan.isHoldout ? nil : identity
        record.legs = [.test(cost: cost)]
        var outcome = OversightOutcome(
            query: query, plan: plan, record: record, request: request, draftText: plan.isAudited && isShipped ? draft : nil)
        change(&outcome)
        oversight.finished(outcome)
        return outcome
    }

    /// Runs the oversight beside `body`, and ends it.
    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.oversight.run() }
            defer { oversight.stop() }
            while !oversight.queue.isOpen { try await Task.sleep(for: .milliseconds(1)) }
            try await body()
        }
    }

    var state: CalibrationState? { oversight.snapshot.routes.first?.calibration }
    /// Of the certified level.
    var evidence: CalibrationState.Evidence? { state?.evidence.last }
}

/// A wall clock that stands still until it is set.
final class TestClock: Sendable {
    private let seconds = Mutex(1_000_000_000.0)
    var now: Double {
        get { seconds.withLock { $0 } }
        set { seconds.withLock { $0 = newValue } }
    }
}

extension DecisionRecord {
    static func test(_ id: String) -> DecisionRecord {
        DecisionRecord(
            id: id, requestID: id, createdAt: 0, requestedModel: "auto", route: .draft, decision: .ship, status: .ok, reason: "accepted",
            isStreaming: false)
    }
}

extension LegRecord {
    static func test(cost: Double?) -> LegRecord {
        LegRecord(
            leg: .draft, model: World.drafter, attempt: 1, tokens: TokenCount(), costUSD: cost, end: .completed, isWasted: false,
            startedMs: 0,
            endedMs: 1)
    }
}

/// Waits until it is true; false after ten seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return false
}
