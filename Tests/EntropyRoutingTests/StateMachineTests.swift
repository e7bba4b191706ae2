import EntropyRouting
import Testing

/// Every input of the machine, as a value: for tables and for random sequences.
enum MachineInput: Sendable, Hashable {
    case begin
    case token(Assessment.Level, statistic: Double)
    /// r_t at a landmark, seconds since the request.
    case landmark(Assessment.Level, escalation: Double, at: Double)
    case stalled
    case completed(EscalationReason?)
    case failed(HandOverReason)
    case released
    case holdLimit
    case granted
    case denied
    case spoke(attempt: Int)
    case heavyweightCompleted(attempt: Int)
    case heavyweightFailed(attempt: Int, hasReleased: Bool)
    case stored(hasReleased: Bool)

    static let calm = MachineInput.token(.calm, statistic: 0)
    static let doubt = MachineInput.token(.doubt, statistic: 0.9)
    static let reject = MachineInput.token(.reject, statistic: 1)
}

extension CascadeStateMachine {
    mutating func take(_ input: MachineInput) -> CascadeAction {
        switch input {
        case .begin: return begin()
        case .token(let level, let statistic):
            return draftTokenObserved(Assessment(level: level, statistic: statistic, threshold: 1, reason: .windowEntropy))
        case .landmark(let level, let escalation, let seconds):
            return draftTokenObserved(.looking(at: escalation, level: level, secondsLeft: 2, gapSeconds: 0.5), at: seconds)
        case .stalled: return draftStalled()
        case .completed(let rejection): return draftCompleted(rejection: rejection)
        case .failed(let reason): return draftFailed(reason)
        case .released:
            released()
            return .none
        case .holdLimit: return holdLimitReached()
        case .granted: return prefireGranted()
        case .denied:
            prefireDenied()
            return .none
        case .spoke(let attempt): return heavyweightSpoke(attempt: attempt)
        case .heavyweightCompleted(let attempt): return self.heavyweightCompleted(attempt: attempt)
        case .heavyweightFailed(let attempt, let hasReleased):
            return self.heavyweightFailed(attempt: attempt, hasReleased: hasReleased)
        case .stored(let hasReleased): return storedAnswerFound(hasReleased: hasReleased)
        }
    }

    /// A machine that has taken these inputs.
    init(_ inputs: [MachineInput], control: EscalationControl = .auto, settings: PrefireRule.Settings = .init()) {
        self.init(prefire: PrefireRule(settings), control: control)
        for input in inputs { _ = take(input) }
    }
}

@Suite("The cascade's state machine")
struct StateMachineTests {
    typealias Phase = CascadeStateMachine.Phase

    struct Row: Sendable, CustomTestStringConvertible {
        var history: [MachineInput]
        var input: MachineInput
        var action: CascadeAction
        var phase: Phase
        var control = EscalationControl.auto
        var testDescription: String { "\(control) \(history) <- \(input)" }

        init(_ history: [MachineInput], _ input: MachineInput, _ action: CascadeAction, _ phase: Phase, control: EscalationControl = .auto)
        {
            self.history = history
            self.input = input
            self.action = action
            self.phase = phase
            self.control = control
        }
    }

    private static let prefired: [MachineInput] = [.doubt, .granted]
    private static let committed: [MachineInput] = [.calm, .released]
    private static let escalated: [MachineInput] = [.reject]
    private static let handedOver: [MachineInput] = [.failed(.failure)]
    private static let finished: [MachineInput] = [.completed(nil)]

    private static let drafting: [Row] = [
        Row([], .begin, .none, .drafting),
        Row([], .calm, .none, .drafting),
        Row([], .doubt, .requestPrefire(.doubt), .drafting),
        Row([], .reject, .escalate(.entropy, .start(attempt: 1)), .escalated),
        Row([], .stalled, .requestPrefire(.stall), .drafting),
        Row([], .completed(nil), .ship(discarding: nil), .finished),
        Row([], .completed(.risk), .escalate(.risk, .start(attempt: 1)), .escalated),
        Row([], .completed(.gate("length")), .escalate(.gate("length"), .start(attempt: 1)), .escalated),
        Row([], .failed(.rateLimit), .handOver(.rateLimit, .start(attempt: 1)), .handedOver),
        Row([], .released, .none, .committed),
        Row([], .holdLimit, .escalate(.holdLimit, .start(attempt: 1)), .escalated),
        Row([.doubt], .granted, .startPrefire(attempt: 1), .prefired),
        Row([.doubt], .denied, .none, .drafting),
        Row([], .spoke(attempt: 1), .none, .drafting),
        Row([], .heavyweightCompleted(attempt: 1), .none, .drafting),
        Row([], .heavyweightFailed(attempt: 1, hasReleased: false), .none, .drafting),
    ]
    private static let prefiredRows: [Row] = [
        Row(prefired, .calm, .none, .prefired),
        Row(prefired + [.calm], .calm, .cancelPrefire(attempt: 1), .drafting),
        Row(prefired, .doubt, .none, .prefired),
        Row(prefired, .reject, .escalate(.entropy, .adopt(attempt: 1)), .escalated),
        Row(prefired, .stalled, .none, .prefired),
        Row(prefired + [.spoke(attempt: 1)], .stalled, .handOver(.stall, .adopt(attempt: 1)), .handedOver),
        Row(prefired + [.stalled], .spoke(attempt: 1), .handOver(.stall, .adopt(attempt: 1)), .handedOver),
        Row(prefired + [.stalled, .calm], .spoke(attempt: 1), .none, .prefired),
        Row(prefired, .completed(nil), .ship(discarding: 1), .finished),
        Row(prefired, .completed(.noEvidence), .escalate(.noEvidence, .adopt(attempt: 1)), .escalated),
        Row(prefired, .failed(.failure), .handOver(.failure, .adopt(attempt: 1)), .handedOver),
        Row(prefired, .released, .none, .prefired),
        Row(prefired, .holdLimit, .escalate(.holdLimit, .adopt(attempt: 1)), .escalated),
        Row(prefired, .granted, .none, .prefired),
        Row(prefired, .spoke(attempt: 1), .none, .prefired),
        Row(prefired, .spoke(attempt: 2), .none, .prefired),
        Row(prefired, .heavyweightCompleted(attempt: 1), .none, .prefired),
        Row(prefired, .heavyweightFailed(attempt: 1, hasReleased: false), .none, .drafting),
        Row(prefired, .heavyweightFailed(attempt: 0, hasReleased: false), .none, .prefired),
    ]
    private static let committedRows: [Row] = [
        Row(committed, .calm, .none, .committed),
        Row(committed, .doubt, .none, .committed),
        Row(committed, .reject, .markOverrun(.entropy), .committed),
        Row(committed + [.reject], .reject, .none, .committed),
        Row(committed, .stalled, .none, .committed),
        Row(committed, .completed(nil), .ship(discarding: nil), .finished),
        Row(committed, .completed(.gate("refusal")), .markOverrun(.gate("refusal")), .committed),
        Row(committed + [.reject], .completed(.entropy), .ship(discarding: nil), .finished),
        Row(committed, .failed(.failure), .fail, .finished),
        Row(committed, .holdLimit, .markOverrun(.holdLimit), .committed),
        Row(committed + [.holdLimit], .holdLimit, .none, .committed),
        Row(committed, .granted, .none, .committed),
        Row(committed, .spoke(attempt: 1), .none, .committed),
        Row(committed, .heavyweightCompleted(attempt: 1), .none, .committed),
        Row(committed, .heavyweightFailed(attempt: 1, hasReleased: false), .none, .committed),
    ]
    private static let answering: [Row] = [escalated, handedOver].flatMap { history -> [Row] in
        let phase: Phase = history == escalated ? .escalated : .handedOver
        return [
            Row(history, .calm, .none, phase), Row(history, .doubt, .none, phase), Row(history, .reject, .none, phase),
            Row(history, .stalled, .none, phase), Row(history, .completed(nil), .none, phase),
            Row(history, .failed(.failure), .none, phase), Row(history, .released, .none, phase), Row(history, .holdLimit, .none, phase),
            Row(history, .granted, .none, phase), Row(history, .spoke(attempt: 1), .none, phase),
            Row(history, .heavyweightCompleted(attempt: 1), .finishHeavyweight, .finished),
            Row(history, .heavyweightCompleted(attempt: 2), .none, phase),
            Row(history, .heavyweightFailed(attempt: 1, hasReleased: false), .fail, .finished),
            Row(history, .heavyweightFailed(attempt: 1, hasReleased: true), .fail, .finished),
            Row(history, .heavyweightFailed(attempt: 2, hasReleased: false), .none, phase),
        ]
    }
    private static let doubted: [Row] = [EscalationReason.entropy, .risk].flatMap { reason in
        [
            Row([.completed(reason)], .heavyweightFailed(attempt: 1, hasReleased: false), .shipDoubtedDraft, .finished),
            Row([.completed(reason)], .heavyweightFailed(attempt: 1, hasReleased: true), .fail, .finished),
        ]
    }
    private static let controlled: [Row] = [
        Row([], .begin, .escalate(.requested, .start(attempt: 1)), .escalated, control: .always),
        Row([.begin], .heavyweightFailed(attempt: 1, hasReleased: false), .fail, .finished, control: .always),
        Row([], .begin, .none, .drafting, control: .never),
        Row([], .doubt, .none, .drafting, control: .never),
        Row([], .reject, .none, .drafting, control: .never),
        Row([], .stalled, .none, .drafting, control: .never),
        Row([], .completed(.entropy), .ship(discarding: nil), .finished, control: .never),
        Row([], .failed(.failure), .fail, .finished, control: .never),
        Row([], .holdLimit, .fail, .finished, control: .never),
    ]

    @Test(
        "one input, one action, one phase",
        arguments: drafting + prefiredRows + committedRows + answering + doubted + controlled)
    func transition(_ row: Row) {
        var machine = CascadeStateMachine(row.history, control: row.control)
        #expect(machine.take(row.input) == row.action)
        #expect(machine.phase == row.phase)
    }

    @Test(
        "a gate's refusal, missing evidence and a full memory leave no draft worth shipping",
        arguments: [
            MachineInput.completed(.gate("length")), .completed(.noEvidence), .holdLimit,
        ])
    func notPresentable(_ input: MachineInput) {
        var machine = CascadeStateMachine([input])
        #expect(machine.take(.heavyweightFailed(attempt: 1, hasReleased: false)) == .fail)
    }

    @Test(
        "a drafter without evidence is not asked, unless nobody else may be",
        arguments: [
            (EscalationControl.auto, CascadeAction.escalate(.noEvidence, .start(attempt: 1))), (.never, .none),
            (.always, .escalate(.requested, .start(attempt: 1))),
        ])
    func withoutEvidence(_ control: EscalationControl, _ action: CascadeAction) {
        var machine = CascadeStateMachine([], control: control)
        #expect(machine.begin(hasEvidence: false) == action)
    }

    @Test("a draft that was cut short is not worth shipping either")
    func cutShort() {
        var machine = CascadeStateMachine([.reject])
        #expect(machine.take(.heavyweightFailed(attempt: 1, hasReleased: false)) == .fail)
    }

    @Test(
        "may release: sure and alone, or closed in the draft's favour",
        arguments: [
            ([], true), ([.doubt], false), ([.doubt, .calm], true), (prefired, false), (prefired + [.calm], false),
            (prefired + [.calm, .calm], true), (committed, true), (committed + [.doubt], false), (committed + [.reject], true),
            (escalated, false), (handedOver, false), (finished, false),
        ] as [([MachineInput], Bool)])
    func mayRelease(_ history: [MachineInput], _ expected: Bool) {
        #expect(CascadeStateMachine(history).mayRelease == expected)
    }

    @Test(
        "a stored answer wins as long as nobody's answer has begun to reach the client",
        arguments: [
            ([], false, true), ([.doubt], false, true), (prefired, false, true), (escalated, false, true), (escalated, true, false),
            (handedOver, false, true), (handedOver, true, false), (committed, true, false), (committed, false, false),
            (finished, false, false),
        ] as [([MachineInput], Bool, Bool)])
    func storedAnswer(_ history: [MachineInput], _ hasReleased: Bool, _ wins: Bool) {
        var machine = CascadeStateMachine(history)
        let before = machine.phase
        #expect(machine.storedAnswerFound(hasReleased: hasReleased) == (wins ? .serveStored : .none))
        #expect(machine.phase == (wins ? .finished : before))
    }

    @Test("the verdict is closed by an overrun only")
    func verdict() {
        #expect(!CascadeStateMachine(Self.committed).isVerdictClosed)
        #expect(CascadeStateMachine(Self.committed + [.reject]).isVerdictClosed)
    }

    @Test(
        "short names are a closed set of words",
        arguments: [
            (EscalationReason.entropy, "entropy"), (.risk, "risk"), (.noEvidence, "no_evidence"), (.gate("length"), "gate_length"),
            (.requested, "requested"), (.expected, "expected"), (.holdLimit, "hold_limit"),
        ])
    func names(_ reason: EscalationReason, _ name: String) { #expect(reason.name == name) }
}
