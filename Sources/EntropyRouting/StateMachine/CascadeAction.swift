/// What the executor must do next. The machine decides, the executor obeys; one input yields exactly one action.
public enum CascadeAction: Sendable, Hashable {
    case none
    /// Ask the budget for one pre-fire and answer with ``CascadeStateMachine/prefireGranted()`` or ``CascadeStateMachine/prefireDenied()``.
    case requestPrefire(PrefireReason)
    /// Start the heavyweight in parallel, stamped with this attempt.
    case startPrefire(attempt: Int)
    /// The drafter recovered: close this attempt's connection.
    case cancelPrefire(attempt: Int)
    /// Abort the drafter; the heavyweight's answer becomes the client's.
    case escalate(EscalationReason, HeavyweightSource)
    /// The drafter failed or stalled; the heavyweight's answer becomes the client's, invisibly.
    case handOver(HandOverReason, HeavyweightSource)
    /// The draft is the answer. A pre-fire that still runs must be cancelled.
    case ship(discarding: Int?)
    /// The draft would have been escalated, but part of it has reached the client: finish on the drafter and say so.
    case markOverrun(EscalationReason)
    /// The heavyweight answered to the end.
    case finishHeavyweight
    /// The heavyweight failed after a complete but doubted draft: the draft is better than no answer, and is marked.
    case shipDoubtedDraft
    /// A stored answer wins: close every upstream call and replay it.
    case serveStored
    /// Nothing can answer.
    case fail
}

/// Where the heavyweight that takes over comes from.
public enum HeavyweightSource: Sendable, Hashable {
    /// It has to be started now.
    case start(attempt: Int)
    /// It was pre-fired and already runs.
    case adopt(attempt: Int)

    public var attempt: Int {
        switch self {
        case .start(let attempt), .adopt(let attempt): attempt
        }
    }
}

/// Why the heavyweight was started before the verdict.
public enum PrefireReason: String, Sendable, Hashable, CaseIterable {
    /// The statistic crossed `prefire_ratio` of its threshold, or evidence is missing (ratio rule).
    case doubt
    /// The seconds that are expected to be saved are worth more than what is expected to be wasted.
    case value
    /// The drafter fell silent.
    case stall
}

/// Why a draft was not accepted.
public enum EscalationReason: Sendable, Hashable {
    /// The window statistic reached its threshold.
    case entropy
    /// The calibrated risk of the finished draft exceeds its threshold.
    case risk
    /// The draft is all but certain to be escalated, and the pre-fired heavyweight has spoken: nothing is gained by waiting for the end.
    case expected
    /// Too few tokens came with evidence (tier N): missing evidence is never confidence.
    case noEvidence
    /// The drafter is not the one that the rule was calibrated for.
    case uncertified
    /// A quality gate refused the draft; the gate's name.
    case gate(String)
    /// The client or the operator asked for the heavyweight.
    case requested
    /// The draft outgrew the memory that may hold it back.
    case holdLimit

    /// The strategy's own word for a rejection.
    public init(_ reason: Assessment.Reason) {
        self =
            switch reason {
            case .windowEntropy: .entropy
            case .risk: .risk
            case .noEvidence, .tierMismatch: .noEvidence
            }
    }

    /// A closed set of short names for logs and metadata.
    public var name: String {
        switch self {
        case .entropy: "entropy"
        case .risk: "risk"
        case .expected: "expected"
        case .noEvidence: "no_evidence"
        case .uncertified: "uncertified"
        case .gate(let gate): "gate_\(gate)"
        case .requested: "requested"
        case .holdLimit: "hold_limit"
        }
    }
}

/// Why the drafter was replaced without having been judged.
public enum HandOverReason: String, Sendable, Hashable, CaseIterable {
    case failure
    case rateLimit = "rate_limit"
    case stall
}

/// Whether the heavyweight may be asked: the client's `x-qualm-escalate`.
public enum EscalationControl: String, Sendable, Hashable, CaseIterable {
    /// The drafter alone; it fails when the drafter fails.
    case never
    case auto
    /// The heavyweight at once; the drafter is not asked.
    case always
}
