/// The only place that decides. Pure and replayable: the same inputs give the same actions, with no clock, task or I/O.
///
///     drafting --doubt--> (budget) --granted--> prefired --recovered--> drafting
///        |                                         |
///        |-- reject / gate ------> escalated <-----|          the drafter is aborted; also: a rejection is expected (value rule), and
///        |                                         |          the heavyweight has spoken
///        |-- failed / rate limit -> handedOver <---|          also: a stalled drafter whose hot standby spoke first
///        |-- first release ------> committed                  from here on the draft stays the answer
///        '-- accepted -----------> finished                   so do all others, when their answer is complete
///
/// A stored answer finishes every state but committed, as long as nobody's answer has begun to reach the client.
///
/// Heavyweight starts are stamped with an attempt number, 1, 2, ...; inputs that carry an older attempt are ignored.
public struct CascadeStateMachine: Sendable, Hashable {
    private enum State: Sendable, Hashable {
        /// The drafter streams alone. -> prefired, committed, escalated, handedOver, finished
        case drafting
        /// Both stream; nothing is released meanwhile. -> drafting, escalated, handedOver, finished
        case prefired(attempt: Int)
        /// Some of the draft was released. -> finished
        case committed
        /// The heavyweight answers because the draft was doubted. -> escalated (a second attempt), finished
        case escalated(attempt: Int)
        /// The heavyweight answers because the drafter broke. -> finished
        case handedOver(attempt: Int)
        /// Nothing more can happen.
        case finished
    }

    /// The state's name, for records and tests.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        case drafting, prefired, committed, escalated
        case handedOver = "handed_over"
        case finished
    }

    private var state: State
    private var prefire: PrefireRule
    private let control: EscalationControl
    private var attempts = 0
    private var isStalled = false
    private var hasHeavyweightSpoken = false
    /// The draft is whole and was refused for its uncertainty alone: poor, but an answer.
    private var isDraftPresentable = false
    private var isOverrun = false

    /// - Parameters:
    ///   - prefire: when to fire and when to cancel.
    ///   - control: whether the heavyweight may be asked at all.
    public init(prefire: PrefireRule, control: EscalationControl = .auto) {
        self.prefire = prefire
        self.control = control
        self.state = .drafting
    }

    public var phase: Phase {
        switch state {
        case .drafting: .drafting
        case .prefired: .prefired
        case .committed: .committed
        case .escalated: .escalated
        case .handedOver: .handedOver
        case .finished: .finished
        }
    }

    /// Drafted text may reach the client now: nobody is in doubt, and no heavyweight runs that could still win.
    public var mayRelease: Bool {
        switch state {
        case .drafting: !prefire.isInDoubt
        case .committed: !prefire.isInDoubt || isOverrun || control == .never
        case .prefired, .escalated, .handedOver, .finished: false
        }
    }

    /// The verdict is closed in the draft's favour whatever follows, so that holding back has no purpose left.
    public var isVerdictClosed: Bool { isOverrun }

    // MARK: The drafter

    /// Before anything was sent upstream.
    ///
    /// - Parameter hasEvidence: the drafter sends logprobs. A draft that could never be accepted is not asked for (tier N).
    public mutating func begin(hasEvidence: Bool = true) -> CascadeAction {
        switch control {
        case .always: escalate(.requested)
        case .auto: hasEvidence ? .none : escalate(.noEvidence)
        case .never: .none
        }
    }

    /// After each token of the draft.
    ///
    /// - Parameters:
    ///   - assessment: the monitor's, after that token.
    ///   - seconds: when it came, on any clock that starts with the request or before; only the value rule of ``PrefireRule`` looks at it.
    public mutating func draftTokenObserved(_ assessment: Assessment, at seconds: Double = 0) -> CascadeAction {
        isStalled = false
        guard control == .auto else { return .none }
        let signal = prefire.observe(assessment, at: seconds)
        switch (state, assessment.level) {
        case (.drafting, .reject), (.prefired, .reject):
            return escalate(EscalationReason(assessment.reason))
        case (.committed, .reject):
            guard !isOverrun else { return .none }
            isOverrun = true
            return .markOverrun(EscalationReason(assessment.reason))
        case (.drafting, .doubt), (.drafting, .calm):
            guard case .fire(let reason) = signal else { return .none }
            return .requestPrefire(reason)
        case (.prefired(let attempt), .doubt), (.prefired(let attempt), .calm):
            if hasHeavyweightSpoken, prefire.expectsEscalation { return escalate(.expected) }
            guard signal == .cancel else { return .none }
            state = .drafting
            hasHeavyweightSpoken = false
            return .cancelPrefire(attempt: attempt)
        case (.committed, _), (.escalated, _), (.handedOver, _), (.finished, _):
            return .none
        }
    }

    /// The drafter has been silent for longer than is usual.
    public mutating func draftStalled() -> CascadeAction {
        guard control == .auto else { return .none }
        isStalled = true
        switch state {
        case .drafting:
            return prefire.mayFireForStall ? .requestPrefire(.stall) : .none
        case .prefired(let attempt):
            guard hasHeavyweightSpoken else { return .none }
            return handOver(.stall, .adopt(attempt: attempt))
        case .committed, .escalated, .handedOver, .finished:
            return .none
        }
    }

    /// The stream names a drafter that the rule was not calibrated for: nothing that it says may be shipped. Comes with the first chunk, before
    /// anything was released.
    public mutating func draftUncovered() -> CascadeAction {
        switch state {
        case .drafting, .prefired: control == .auto ? escalate(.uncertified) : .none
        case .committed, .escalated, .handedOver, .finished: .none
        }
    }

    /// The draft ended properly and was judged; `rejection` is `nil` for an accepted one.
    public mutating func draftCompleted(rejection: EscalationReason?) -> CascadeAction {
        isDraftPresentable = rejection == .entropy || rejection == .risk
        switch state {
        case .drafting, .prefired:
            if let rejection, control != .never { return escalate(rejection) }
            let running = runningPrefire
            state = .finished
            return .ship(discarding: running)
        case .committed:
            if let rejection, !isOverrun {
                isOverrun = true
                return .markOverrun(rejection)
            }
            state = .finished
            return .ship(discarding: nil)
        case .escalated, .handedOver, .finished:
            return .none
        }
    }

    /// The drafter refused, broke or was cut.
    public mutating func draftFailed(_ reason: HandOverReason) -> CascadeAction {
        switch state {
        case .drafting:
            guard control == .auto else { return fail() }
            attempts += 1
            return handOver(reason, .start(attempt: attempts))
        case .prefired(let attempt):
            return handOver(reason, .adopt(attempt: attempt))
        case .committed:
            return fail()
        case .escalated, .handedOver, .finished:
            return .none
        }
    }

    /// The first bytes of the draft are about to reach the client.
    public mutating func released() {
        if case .drafting = state { state = .committed }
    }

    /// The draft cannot be held back any longer for lack of room.
    public mutating func holdLimitReached() -> CascadeAction {
        switch state {
        case .drafting, .prefired:
            return control == .auto ? escalate(.holdLimit) : fail()
        case .committed:
            guard !isOverrun else { return .none }
            isOverrun = true
            return .markOverrun(.holdLimit)
        case .escalated, .handedOver, .finished:
            return .none
        }
    }

    // MARK: The heavyweight

    /// The budget allows the pre-fire that was asked for.
    ///
    /// - Parameter seconds: when, on the clock of ``draftTokenObserved(_:at:)``; `nil` = with the last token.
    public mutating func prefireGranted(at seconds: Double? = nil) -> CascadeAction {
        guard case .drafting = state else { return .none }
        attempts += 1
        prefire.fired(at: seconds)
        hasHeavyweightSpoken = false
        state = .prefired(attempt: attempts)
        return .startPrefire(attempt: attempts)
    }

    /// The budget is spent: the draft goes on alone, and the question is not asked again before the doubt has passed once.
    public mutating func prefireDenied() {
        prefire.denied()
    }

    /// The heavyweight's first bytes came.
    public mutating func heavyweightSpoke(attempt: Int) -> CascadeAction {
        guard case .prefired(attempt) = state else { return .none }
        hasHeavyweightSpoken = true
        if isStalled { return handOver(.stall, .adopt(attempt: attempt)) }
        return prefire.expectsEscalation ? escalate(.expected) : .none
    }

    /// The heavyweight's answer is complete. While the verdict is open that changes nothing.
    public mutating func heavyweightCompleted(attempt: Int) -> CascadeAction {
        switch state {
        case .escalated(attempt), .handedOver(attempt):
            state = .finished
            return .finishHeavyweight
        default:
            return .none
        }
    }

    /// The heavyweight refused, broke or was cut. `hasReleased`: part of *its* answer has reached the client.
    public mutating func heavyweightFailed(attempt: Int, hasReleased: Bool) -> CascadeAction {
        switch state {
        case .prefired(attempt):
            state = .drafting
            prefire.denied()
            return .none
        case .escalated(attempt):
            guard !hasReleased, isDraftPresentable, control == .auto else { return fail() }
            state = .finished
            return .shipDoubtedDraft
        case .handedOver(attempt):
            return fail()
        default:
            return .none
        }
    }

    // MARK: The cache

    /// A stored answer was found. `hasReleased`: part of a model's answer has reached the client; then the stored one comes too late.
    public mutating func storedAnswerFound(hasReleased: Bool) -> CascadeAction {
        switch state {
        case .drafting, .prefired, .escalated, .handedOver:
            guard !hasReleased else { return .none }
            state = .finished
            return .serveStored
        case .committed, .finished:
            return .none
        }
    }

    /// The client wanted a stored answer or none, and there is none.
    public mutating func storedAnswerMissing() -> CascadeAction { fail() }

    // MARK: Transitions

    private var runningPrefire: Int? {
        if case .prefired(let attempt) = state { attempt } else { nil }
    }

    private mutating func escalate(_ reason: EscalationReason) -> CascadeAction {
        let source: HeavyweightSource
        if let attempt = runningPrefire {
            source = .adopt(attempt: attempt)
        } else {
            attempts += 1
            source = .start(attempt: attempts)
        }
        state = .escalated(attempt: source.attempt)
        return .escalate(reason, source)
    }

    private mutating func handOver(_ reason: HandOverReason, _ source: HeavyweightSource) -> CascadeAction {
        state = .handedOver(attempt: source.attempt)
        return .handOver(reason, source)
    }

    private mutating func fail() -> CascadeAction {
        state = .finished
        return .fail
    }
}
