import ChatAPI
import EntropyRouting

/// One routed request, from its first upstream call to its closed ledger.
///
/// The loop has one shape: wait for news, take all of it, let the state machine decide, do what it says, send what may be sent. Who runs
/// here: only the request's task. Who cancels whom: the run closes its upstream calls, always before it ends; the client's disconnect,
/// the task's cancellation and the drain post into the mailbox like everybody else.
final class CascadeRun {
    let request: CascadeRequest
    let route: CascadeRoute
    let executor: CascadeExecutor
    let mailbox: CascadeMailbox
    let sink: any AnswerSink
    /// What the oversight was asked and said; `nil` without one.
    let oversight: (query: OversightQuery, plan: OversightPlan)?
    /// Why the heavyweight answers whatever the draft would have been, other than by the client's wish.
    let forced: String?
    var encoder: any AnswerEncoder

    var machine: CascadeStateMachine
    var monitor: DraftMonitor
    var schedule: ReleaseSchedule

    var draft: UpstreamLeg?
    var heavyweight: UpstreamLeg?
    /// What the drafter has said, for the gates. Bounded by ``CascadeLimits/heldBytes``.
    var facts: DraftText
    var held = HeldAnswer()
    /// The encoder as it was when a complete draft was doubted; with `held` it can still become the answer.
    var doubtedEncoder: (any AnswerEncoder)?

    // The cache, when it is asked.
    var session: (any CacheSession)?
    /// The answer as it may be stored.
    var collector: AnswerCollector?
    var isLookupPending = false
    /// The model whose stored answer was found.
    var stored: ModelName?
    /// How the client's answer ended.
    var answerFinish: FinishReason?
    /// Nobody is asked before the lookup is over.
    var isHoldingDrafter = false

    var record: DecisionRecord
    var failures: [ProviderError] = []
    /// Bytes for the client that are sent when the news have been worked through.
    var output: [UInt8] = []
    /// Part of an answer, not just a keep-alive, is on its way to the client.
    var hasReleased = false
    /// Why the draft is shipped, when it is.
    var acceptance: String
    var isOver = false
    var failure: CascadeFailure?

    // Reused from read to read.
    var batch = CompletionBatch()
    var buffer: [UInt8] = []

    var lastSent: ContinuousClock.Instant
    var lastDraftNews: ContinuousClock.Instant
    var isStallKnown = false

    init(
        request: CascadeRequest, route: CascadeRoute, executor: CascadeExecutor, mailbox: CascadeMailbox, encoder: any AnswerEncoder,
        sink: any AnswerSink
    ) {
        self.request = request
        self.route = route
        self.executor = executor
        self.mailbox = mailbox
        self.encoder = encoder
        self.sink = sink

        let chosen = request.strategy.flatMap { route.alternatives[$0] } ?? route.strategy
        oversight = executor.oversight.map { oversight in
            let query = OversightQuery(
                route: route.name, strategy: chosen, taskClass: request.taskClass, control: request.control,
                temperature: request.chat.temperature)
            var plan = oversight.plan(query)
            // A client that wants a stored answer or none gets no model's.
            if request.cacheQuery?.directive == .onlyIfCached || request.control != .auto { plan.isHoldout = false }
            return (query, plan)
        }
        let strategy = oversight?.plan.strategy ?? chosen
        let release = request.effectiveRelease(of: route)
        var prefire = route.prefire
        let stopsBilling = route.heavyweightProvider.capabilities.stopsBillingOnDisconnect
        prefire.isCancellingWorthwhile = stopsBilling
        // A price that is unknown is not zero: then the ratio decides.
        if let economics = route.prefireEconomics, let price = executor.prices[route.heavyweight] {
            prefire.value = economics.value(price: price, promptTokens: request.estimatedPromptTokens, stopsBilling: stopsBilling)
        }
        forced = Self.forcedEscalation(request, strategy, isHoldout: oversight?.plan.isHoldout ?? false)
        let control = forced == nil ? request.control : .always
        machine = CascadeStateMachine(prefire: PrefireRule(prefire), control: control)
        monitor = DraftMonitor(
            strategy: strategy, estimator: route.estimator, taskClass: request.taskClass, promptTokens: request.estimatedPromptTokens)
        schedule = ReleaseSchedule(policy: release)
        facts = DraftText(limit: executor.limits.heldBytes)

        record = DecisionRecord(
            id: request.decisionID, requestID: request.id, createdAt: request.createdAt, requestedModel: request.chat.model,
            route: .pending,
            decision: .failed, status: .upstreamError, reason: "", isStreaming: request.isStreaming, drafter: route.drafter,
            heavyweight: route.heavyweight)
        record.strategy = strategy.name
        record.releaseMode = release.mode
        record.isAudited = oversight?.plan.isAudited ?? false
        record.trace = DecisionTrace(limit: executor.limits.traceTokens)
        acceptance = request.control == .never ? "not_judged" : "accepted"
        lastSent = request.acceptedAt
        lastDraftNews = request.acceptedAt
    }

    /// Not asking the drafter is cheaper than rejecting all it says.
    private static func forcedEscalation(_ request: CascadeRequest, _ strategy: RoutingStrategy, isHoldout: Bool) -> String? {
        guard request.control == .auto else { return nil }
        if isHoldout { return "holdout" }
        if case .risk(let risk) = strategy, risk.thresholds[request.taskClass] == 0 { return "uncertified" }
        return nil
    }

    /// Milliseconds since the request was accepted.
    var elapsedMs: Double { (ContinuousClock.now - request.acceptedAt).milliseconds }

    /// Runs to the end. Returns why there is no answer, or `nil`.
    func run() async -> CascadeFailure? {
        begin()
        record.overheadMs = elapsedMs
        do {
            while true {
                // First, because a failure to start is already news for the client.
                if !output.isEmpty { try await flush() }
                if isOver { break }
                mailbox.setDeadline(nextDeadline)
                await mailbox.wait()
                switch mailbox.cancellation {
                case nil: break
                case .shuttingDown:
                    shutDown()
                    continue
                case let reason?: throw reason
                }
                takeLookup()
                takeDraftNews()
                takeHeavyweightNews()
                checkTimers()
            }
        } catch {
            // The client is gone: its socket refused the bytes, or the server said so.
            failure = .clientGone
            record.status = .clientClosed
            // What had been decided before stays said.
            if record.decision == .failed { record.reason = "client_gone" }
        }
        closeEverything(failure == .clientGone ? .clientGone : .failed)
        endSession(.nothing)
        record.totalMs = elapsedMs
        return failure
    }

    private func begin() {
        lookUp()
        if !isHoldingDrafter && !isOver { askModels() }
    }

    func askModels() {
        isHoldingDrafter = false
        perform(machine.begin(hasEvidence: route.drafterProvider.capabilities.sendsLogprobs))
        if machine.phase == .drafting { startDrafter() }
    }

    private func flush() async throws {
        if hasReleased && record.firstTokenMs == nil { record.firstTokenMs = elapsedMs }
        try await sink.send(
            output,
            head: AnswerHead(
                decisionID: request.decisionID, route: record.route, model: (record.answeredBy ?? route.drafter).qualified,
                overheadMs: record.overheadMs, cache: record.cache.flatMap { $0.isServed ? $0.hit : nil }))
        output.removeAll(keepingCapacity: true)
        lastSent = .now
    }

    // MARK: Time

    private var stallDeadline: ContinuousClock.Instant? {
        guard let stall = executor.limits.stall, draft != nil, !isStallKnown else { return nil }
        return lastDraftNews + stall
    }

    private var keepAliveDeadline: ContinuousClock.Instant? {
        encoder.keepAlive == nil ? nil : lastSent + executor.limits.keepAlive
    }

    private var nextDeadline: ContinuousClock.Instant? {
        switch (stallDeadline, keepAliveDeadline) {
        case (let stall?, let keepAlive?): min(stall, keepAlive)
        case (let stall?, nil): stall
        case (nil, let keepAlive): keepAlive
        }
    }

    private func checkTimers() {
        guard !isOver else { return }
        let now = ContinuousClock.now
        if let stallDeadline, stallDeadline <= now {
            isStallKnown = true
            mark(.stall)
            perform(machine.draftStalled())
        }
        if output.isEmpty, let keepAliveDeadline, keepAliveDeadline <= now, let comment = encoder.keepAlive {
            output.append(contentsOf: comment)
        }
    }

    func mark(_ kind: DecisionMark.Kind) {
        record.marks.append(DecisionMark(kind, token: record.observedTokens, ms: elapsedMs))
    }
}

extension Duration {
    /// As a number of milliseconds.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    }
}
