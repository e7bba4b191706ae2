public import ChatAPI
public import EntropyRouting

/// Everything that is known about one request when it is over: the unit of the decisions ring, the metrics and the trailing metadata.
public struct DecisionRecord: Sendable {
    /// What was decided. A closed set: the label of `qualm_decisions_total`.
    public enum Decision: String, Sendable, Hashable, CaseIterable {
        case ship, escalate
        case cacheHit = "cache_hit"
        case direct
        case handover
        case failed
    }

    /// How it ended for the client. A closed set: the label of `qualm_requests_total{status}`.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case ok
        case clientError = "client_error"
        case upstreamError = "upstream_error"
        case upstreamTimeout = "upstream_timeout"
        /// The gateway ended first.
        case rejected
        case clientClosed = "client_closed"
    }

    public var id: String
    public var requestID: String
    /// Seconds since 1970.
    public var createdAt: Double
    /// The model name the client asked for.
    public var requestedModel: String
    public var route: AnswerRoute
    public var decision: Decision
    public var status: Status
    /// A short name from a closed set: `accepted`, an ``EscalationReason``, a ``HandOverReason``, ...
    public var reason: String
    /// What a quality gate found, in words; never quotes the answer.
    public var gateDetail: String?
    public var isStreaming: Bool
    public var drafter: ModelName?
    public var heavyweight: ModelName?
    /// The model that answered, as the upstream names it; `nil` when nothing answered.
    public var answeredBy: ModelName?

    /// What the drafter's stream called itself; `nil` when no draft came.
    public var draftIdentity: StreamIdentity?

    // The doubt.
    /// The request was drawn for an audit of its draft.
    public var isAudited = false
    public var strategy: String?
    public var releaseMode: ReleaseMode?
    /// In the unit of the strategy: bits for `window`, probability for `risk`.
    public var threshold: Double?
    public var statistic: Double?
    public var windowMaxBits: Double?
    /// P(bad) of the finished draft, when a risk model is loaded.
    public var risk: Double?
    public var signalTier: String?
    public var observedTokens = 0
    /// The draft would have been escalated, but part of it had been released.
    public var isOverrun = false
    /// The heavyweight failed, and a doubted draft was shipped instead.
    public var isDoubtedDraftShipped = false
    public var prefires: [PrefireRecord] = []
    public var marks: [DecisionMark] = []
    public var trace = DecisionTrace()

    /// What the cache said; `nil` when it was not asked, or had not answered when the request was over.
    public var cache: CacheRecord?

    // The ledger.
    public var legs: [LegRecord] = []

    // The times, in milliseconds since the request was accepted.
    public var firstTokenMs: Double?
    public var totalMs = 0.0
    /// Time spent in the gateway itself before the first upstream call left.
    public var overheadMs = 0.0
    /// Only with `record_text: true`.
    public var draftText: String?

    /// Sum over all legs; `nil` when one price is unknown.
    public var costUSD: Double? { sum(legs) }
    /// Sum over the legs whose answer was not used.
    public var wastedCostUSD: Double? { sum(legs.filter(\.isWasted)) }

    private func sum(_ legs: [LegRecord]) -> Double? {
        var total = 0.0
        for leg in legs {
            guard let cost = leg.costUSD else { return nil }
            total += cost
        }
        return total
    }
}

/// A request's dealings with the cache.
public struct CacheRecord: Sendable, Hashable {
    public var outcome: CacheOutcome
    /// The entry that was found.
    public var hit: CacheHitRecord?
    /// It became the client's answer.
    public var isServed = false

    public init(outcome: CacheOutcome, hit: CacheHitRecord? = nil, isServed: Bool = false) {
        self.outcome = outcome
        self.hit = hit
        self.isServed = isServed
    }
}

/// A ``CacheHit`` without its body.
public struct CacheHitRecord: Sendable, Hashable {
    public var id: String
    public var level: CacheLevel
    public var ageSeconds: Int
    /// What the answer took when it was made.
    public var tokens: TokenCount

    public init(_ hit: CacheHit) {
        id = hit.id
        level = hit.level
        ageSeconds = hit.ageSeconds
        tokens = hit.tokens
    }
}

/// One start of the heavyweight before the verdict.
public struct PrefireRecord: Sendable, Hashable {
    /// How a pre-fire ended. A closed set.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// Its answer became the client's.
        case used
        /// Cancelled because the drafter recovered or was accepted.
        case cancelled
        case failed
        /// The request ended first.
        case abandoned
    }

    public var attempt: Int
    public var reason: PrefireReason
    /// Drafted tokens when it was fired.
    public var token: Int
    public var firedMs: Double
    public var endedMs: Double?
    public var outcome: Outcome?
    /// Bytes of its answer had come when it was cancelled.
    public var hadFirstByte = false
    /// min(D - f, L) of a used pre-fire: the latency it saved, in milliseconds.
    public var headStartMs: Double?
}

/// Something that happened at a token of the draft.
public struct DecisionMark: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case prefire, prefireDenied = "prefire_denied", cancel, firstRelease = "first_release", overrun, escalate, handover, stall, ship
        case cacheHit = "cache_hit"
    }

    public var kind: Kind
    /// Drafted tokens observed so far.
    public var token: Int
    public var ms: Double

    public init(_ kind: Kind, token: Int, ms: Double) {
        self.kind = kind
        self.token = token
        self.ms = ms
    }
}

extension DecisionRecord.Status {
    /// How a request ends for the client whose upstreams failed in this way.
    init(_ error: ProviderError?) {
        switch error {
        case let error? where error.kind == .invalidRequest: self = .clientError
        case let error? where error.kind.isTimeout || error.status == 408 || error.status == 504: self = .upstreamTimeout
        default: self = .upstreamError
        }
    }
}
