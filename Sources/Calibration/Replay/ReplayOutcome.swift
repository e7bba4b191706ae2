/// What became of one recorded draft under a ``ReplayPolicy``. Times are seconds since the request.
public struct ReplayOutcome: Sendable, Hashable {
    public enum Route: String, Sendable, Hashable, CaseIterable {
        /// The draft was the answer.
        case ship
        /// The draft was the answer although it was rejected: part of it had reached the client.
        case overrun
        /// The heavyweight answered.
        case escalate
        /// The heavyweight answered because the drafter stalled.
        case handOver = "handover"

        /// The client got the draft.
        public var isDraft: Bool { self == .ship || self == .overrun }
    }

    public var route: Route
    /// ``EscalationReason/name``, that of the hand-over, or `uncertified` where the strategy ships nothing of the class and the drafter is
    /// not asked; `nil` for an accepted draft.
    public var reason: String?
    /// D: when it was settled whose answer the client gets; `nil` when no times are known.
    public var decisionSeconds: Double?
    /// The answer's first token reaches the client; `nil` when that is not known.
    public var firstTokenSeconds: Double?
    /// The answer is complete; `nil` when that is not known.
    public var totalSeconds: Double?
    public var prefires: ReplayPrefires
    /// `nil` when a price or the heavyweight's side is unknown.
    public var costs: ReplayCosts?
    /// US dollars and seconds to the first token and to the end, had the heavyweight alone been asked; `nil` when unknown.
    public var heavyweightOnlyUSD: Double?
    public var heavyweightOnlyFirstTokenSeconds: Double?
    public var heavyweightOnlyTotalSeconds: Double?
    /// The draft is unacceptable, whoever answered; `nil` while nobody has judged it.
    public var isBad: Bool?
    /// Tokens the drafter had written when it was done or aborted.
    public var draftedTokens: Int
}

/// Heavyweights started before the verdict.
public struct ReplayPrefires: Sendable, Hashable {
    public var fired = 0
    /// Taken back before the verdict.
    public var cancelled = 0
    /// Still running when the draft was shipped.
    public var discarded = 0
    /// Became the answer.
    public var used = 0
    /// Asked for, and refused by the allowance.
    public var denied = 0
    /// f: when the one that became the answer was fired.
    public var usedFiredSeconds: Double?
    /// min(D - f, L): by how much the answer came earlier than from a heavyweight started at the decision.
    public var headStartSeconds = 0.0

    public init() {}
}

/// US dollars, by what they were spent on.
public struct ReplayCosts: Sendable, Hashable {
    /// Drafts that were the answer.
    public var draftUSD = 0.0
    /// Heavyweights that were the answer.
    public var heavyweightUSD = 0.0
    /// Drafts that were thrown away.
    public var wastedDraftUSD = 0.0
    /// Pre-fires that were cancelled or thrown away.
    public var wastedPrefireUSD = 0.0

    public init() {}

    public var wastedUSD: Double { wastedDraftUSD + wastedPrefireUSD }
    public var totalUSD: Double { draftUSD + heavyweightUSD + wastedUSD }

    static func += (left: inout ReplayCosts, right: ReplayCosts) {
        left.draftUSD += right.draftUSD
        left.heavyweightUSD += right.heavyweightUSD
        left.wastedDraftUSD += right.wastedDraftUSD
        left.wastedPrefireUSD += right.wastedPrefireUSD
    }
}
