internal import EntropyRouting

/// One draft's replay: two clocks, one state machine. The drafter's clock ticks with its recorded tokens; the heavyweight's starts when it
/// is fired. Does what the machine says, as the running gateway does.
struct ReplayRun {
    private let draft: LabelledDraft
    private let policy: ReplayPolicy
    private let clock: DraftClock
    private let heavyweight: HeavyweightRun?
    /// The heavyweight is asked at once; the drafter is not.
    private let isUncertified: Bool
    private(set) var allowance: PrefireAllowance

    private var machine: CascadeStateMachine
    private var schedule: ReleaseSchedule
    private var draftedTokens = 0
    private var isComplete = false
    private var lastNews = 0.0
    private var isStallKnown = false
    private var firstRelease: Double?
    private var overrun: EscalationReason?

    /// When the heavyweight that runs was fired; `nil` while none does.
    private var fired: Double?
    private var hasSpoken = false
    private var prefires = ReplayPrefires()
    /// `nil` once something of unknown price was bought.
    private var wastedPrefireUSD: Double? = 0
    private var outcome: ReplayOutcome?

    init(_ draft: LabelledDraft, _ policy: ReplayPolicy, lambda: Double?, _ allowance: PrefireAllowance) {
        self.draft = draft
        self.policy = policy
        self.allowance = allowance
        clock = DraftClock(draft, assumedTokenSeconds: policy.assumedTokenSeconds)
        heavyweight = (draft.heavyweight ?? policy.assumedHeavyweight).map { HeavyweightRun($0, promptTokens: draft.trace.promptTokens) }
        isUncertified = policy.shipsNothing(of: draft.trace.taskClass)
        machine = CascadeStateMachine(
            prefire: PrefireRule(policy.prefire(promptTokens: draft.trace.promptTokens, lambda: lambda)),
            control: isUncertified ? .always : .auto)
        schedule = ReleaseSchedule(policy: policy.release)
    }

    mutating func run(_ readings: Readings) -> ReplayOutcome {
        perform(machine.begin(), at: 0)
        if let outcome { return outcome }
        let trace = draft.trace
        let text = trace.text
        for (index, token) in trace.tokens.enumerated() {
            let now = clock.seconds(token, at: index)
            advance(to: now)
            if let outcome { return outcome }
            (lastNews, isStallKnown) = (now, false)
            draftedTokens = index + 1
            let reading = readings.tokens[index]
            perform(machine.draftTokenObserved(reading.assessment, at: now), at: now)
            if let outcome { return outcome }
            // Rejected, but on its way to the client: nothing is left to decide.
            if machine.isVerdictClosed { break }
            schedule.hold(tokens: 1, text: text.span.extracting(Int(token.text.lowerBound)..<Int(token.text.upperBound)))
            if machine.mayRelease, reading.isEvident, schedule.release(isOpen: true) > 0 {
                if firstRelease == nil { firstRelease = now }
                machine.released()
            }
        }
        advance(to: clock.end)
        if let outcome { return outcome }
        draftedTokens = draft.trace.tokens.count
        isComplete = true
        perform(machine.draftCompleted(rejection: readings.rejection), at: clock.end)
        return outcome ?? end(overrun == nil ? .ship : .overrun, reason: overrun, at: clock.end, adopts: false)
    }

    /// What happens before the drafter's next news: the heavyweight speaks, the drafter stalls.
    private mutating func advance(to time: Double) {
        while outcome == nil {
            let speech = fired.flatMap { fired in hasSpoken ? nil : heavyweight.map { fired + $0.firstToken } } ?? .infinity
            let stall = isStallKnown ? .infinity : policy.stallSeconds.map { lastNews + $0 } ?? .infinity
            if speech <= time, speech <= stall {
                hasSpoken = true
                perform(machine.heavyweightSpoke(attempt: prefires.fired), at: speech)
            } else if stall < time {
                isStallKnown = true
                perform(machine.draftStalled(), at: stall)
            } else {
                return
            }
        }
    }

    private mutating func perform(_ action: CascadeAction, at now: Double) {
        switch action {
        case .requestPrefire:
            guard allowance.take() else {
                prefires.denied += 1
                return machine.prefireDenied()
            }
            guard case .startPrefire = machine.prefireGranted(at: now) else { return }
            prefires.fired += 1
            (fired, hasSpoken) = (now, false)
        case .cancelPrefire:
            prefires.cancelled += 1
            abandonPrefire(at: now)
        case .escalate(let reason, let source):
            outcome = end(.escalate, reason: reason, at: now, adopts: source.isAdopted)
        case .handOver(_, let source):
            outcome = end(.handOver, reason: nil, at: now, adopts: source.isAdopted)
        case .ship(let discarding):
            if discarding != nil {
                prefires.discarded += 1
                abandonPrefire(at: now)
            }
            outcome = end(overrun == nil ? .ship : .overrun, reason: overrun, at: now, adopts: false)
        case .markOverrun(let reason):
            overrun = reason
            if isComplete { perform(machine.draftCompleted(rejection: nil), at: now) }
        case .none, .startPrefire, .finishHeavyweight, .shipDoubtedDraft, .serveStored, .fail:
            // Nobody fails in a replay, and nothing is stored.
            break
        }
    }

    // MARK: Money

    /// The prompt is sunk; the output is paid for until now, or to its end where the bill does not stop.
    private mutating func abandonPrefire(at now: Double) {
        let start = fired ?? now
        fired = nil
        guard let wasted = wastedPrefireUSD, let price = policy.heavyweightPrice, let heavyweight,
            let output = policy.prefire.isCancellingWorthwhile ? heavyweight.streamed(after: now - start) : Double(heavyweight.outputTokens)
        else {
            wastedPrefireUSD = nil
            return
        }
        wastedPrefireUSD = wasted + price.cost(input: heavyweight.inputTokens, cached: heavyweight.cachedInputTokens, output: output)
    }

    private var heavyweightOnlyUSD: Double? {
        guard let price = policy.heavyweightPrice, let heavyweight else { return nil }
        return price.cost(
            input: heavyweight.inputTokens, cached: heavyweight.cachedInputTokens, output: Double(heavyweight.outputTokens))
    }

    private func costs(_ route: ReplayOutcome.Route) -> ReplayCosts? {
        guard let price = policy.drafterPrice, let wastedPrefireUSD else { return nil }
        let facts = draft.draft
        let isWhole = isComplete || route.isDraft || !policy.stopsDrafterBilling
        let output = isWhole ? max(facts.outputTokens, draft.trace.tokens.count) : draftedTokens
        let input = facts.inputTokens > 0 ? facts.inputTokens : draft.trace.promptTokens
        let drafted = isUncertified ? 0 : price.cost(input: input, cached: facts.cachedInputTokens, output: Double(output))
        var costs = ReplayCosts()
        costs.wastedPrefireUSD = wastedPrefireUSD
        if route.isDraft {
            costs.draftUSD = drafted
        } else {
            guard let heavyweightOnlyUSD else { return nil }
            costs.wastedDraftUSD = drafted
            costs.heavyweightUSD = heavyweightOnlyUSD
        }
        return costs
    }

    // MARK: The end

    private func name(_ route: ReplayOutcome.Route, _ reason: EscalationReason?) -> String? {
        if isUncertified { return "uncertified" }
        return route == .handOver ? HandOverReason.stall.rawValue : reason?.name
    }

    /// - Parameters:
    ///   - now: D.
    ///   - adopts: the pre-fired heavyweight answers; else it is started now, if it is wanted.
    private mutating func end(_ route: ReplayOutcome.Route, reason: EscalationReason?, at now: Double, adopts: Bool) -> ReplayOutcome {
        let start = adopts ? fired ?? now : now
        var (first, total) = (firstRelease ?? now, clock.end)
        if !route.isDraft {
            // What it has said by now is here; the rest comes as it comes.
            first = max(now, start + (heavyweight?.firstToken ?? .infinity))
            total = max(now, start + (heavyweight?.total ?? .infinity))
        }
        if adopts, let heavyweight {
            prefires.used += 1
            prefires.usedFiredSeconds = start
            prefires.headStartSeconds = min(now - start, heavyweight.firstToken)
        }
        let isTimed = clock.isKnown || isUncertified
        func known(_ seconds: Double) -> Double? { isTimed && seconds.isFinite ? seconds : nil }
        return ReplayOutcome(
            route: route, reason: name(route, reason), decisionSeconds: known(now),
            firstTokenSeconds: known(first), totalSeconds: known(total), prefires: prefires, costs: costs(route),
            heavyweightOnlyUSD: heavyweightOnlyUSD,
            heavyweightOnlyFirstTokenSeconds: heavyweight.flatMap { $0.firstToken.isFinite ? $0.firstToken : nil },
            heavyweightOnlyTotalSeconds: heavyweight.flatMap { $0.total.isFinite ? $0.total : nil }, isBad: draft.isBad,
            draftedTokens: draftedTokens)
    }
}

extension HeavyweightSource {
    fileprivate var isAdopted: Bool {
        if case .adopt = self { true } else { false }
    }
}
