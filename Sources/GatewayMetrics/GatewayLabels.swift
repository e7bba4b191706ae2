/// Whose answer the client got.
public enum RouteLabel: Int, ClosedMetricLabel {
    public static let name = "route"
    /// The drafter's.
    case draft
    /// The heavyweight's: an escalation or a hand-over.
    case heavyweight
    /// A cached one.
    case cache
    /// The model the client named, without routing.
    case direct
    /// Nobody's: the request ended before a route was known.
    case none
}

/// How a client's request ended. Exactly one per request, counted when it is over.
public enum StatusLabel: Int, ClosedMetricLabel {
    public static let name = "status"
    /// The whole answer was handed to the client's socket.
    case ok
    /// The request itself was at fault: malformed, unknown model, too large, or refused by the provider with a 4xx of the client's making.
    case clientError
    /// Missing or wrong key (401, 403).
    case unauthorized
    /// Turned away by admission: over the concurrency limit (429) or draining (503).
    case rejected
    /// Every upstream that could answer failed (502), or failed in mid-stream.
    case upstreamError
    /// Every upstream that could answer was too slow (504).
    case upstreamTimeout
    /// The client went away first.
    case clientClosed
    /// A fault of the gateway (500).
    case internalError
}

/// What became of a request that reached the router.
public enum DecisionLabel: Int, ClosedMetricLabel {
    public static let name = "decision"
    /// The draft was the answer.
    case ship
    /// The draft was not trusted; the heavyweight answered.
    case escalate
    case cacheHit
    /// The client named a model; nothing was decided.
    case direct
    /// The drafter failed, stalled or was rate limited; the heavyweight answered.
    case handover
    /// Nobody could answer.
    case failed
}

/// Why a draft was escalated.
public enum EscalationReasonLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    /// The window statistic passed its threshold.
    case window
    /// The calibrated risk passed its threshold.
    case risk
    case emptyAnswer
    case length
    case structuredOutput
    case toolCalls
    case refusal
    case contentFilter
    /// The draft carried no usable log-probabilities, and missing evidence is never confidence.
    case noSignal
    /// The client asked for it (`x-qualm-escalate: always`).
    case requested
    /// Drawn for the comparison group of the savings (`audit.holdout_share`).
    case holdout
    /// The calibration ships nothing of this task class, or does not hold for this request.
    case uncertified
    /// A pre-fired heavyweight had begun to answer, and the draft was as good as lost.
    case expected
}

/// Why the drafter lost its turn without being judged.
public enum HandoverReasonLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    case error
    case rateLimit
    case stall
}

/// Why the heavyweight was started before it was known to be needed.
public enum PrefireReasonLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    case doubt
    /// The seconds it may save are worth more than what it may waste.
    case value
    case stall
}

/// Why a wanted pre-fire did not happen.
public enum PrefireDenialLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    /// The token bucket that caps pre-fires was empty.
    case budget
}

/// How far a pre-fired heavyweight had got when it was cancelled.
public enum CancelPhaseLabel: Int, ClosedMetricLabel {
    public static let name = "phase"
    case beforeFirstByte
    case streaming
}

/// One upstream call of a request.
public enum LegLabel: Int, ClosedMetricLabel {
    public static let name = "leg"
    case draft
    case heavyweight
    /// The single call of a request that named its model.
    case direct
    /// A text turned into a vector: for the cache, or for a client.
    case embedding
    /// The heavyweight's answer for an audit.
    case audit
    /// A model's verdict on an audited draft.
    case judge
}

/// Why tokens were paid for and not delivered.
public enum WasteReasonLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    /// A draft that was escalated.
    case escalated
    /// A pre-fired heavyweight that was cancelled.
    case prefireCancelled
    /// A stored answer was served in its place.
    case cached
    /// The client went away.
    case clientClosed
    /// The leg failed after it had produced tokens.
    case failed
}

/// Which side of a call tokens were on.
public enum DirectionLabel: Int, ClosedMetricLabel {
    public static let name = "direction"
    case input
    case output
}

/// How one upstream call ended.
public enum UpstreamOutcomeLabel: Int, ClosedMetricLabel {
    public static let name = "outcome"
    /// It ran to its terminal marker.
    case ok
    /// The gateway closed it: a recovered draft, an overtaken drafter, a client that left.
    case cancelled
    case error
    case timeout
    case rateLimited
}

/// What was wrong with an upstream call.
public enum UpstreamErrorLabel: Int, ClosedMetricLabel {
    public static let name = "kind"
    case refused
    case dns
    case tls
    case connectTimeout
    case firstByteTimeout
    case idleTimeout
    case reset
    /// The stream ended without its terminal marker.
    case truncated
    /// An answer that is not what the protocol says.
    case malformed
    /// 429.
    case rateLimited
    /// 401 or 403 from the provider: the gateway's own key is wrong.
    case unauthorized
    /// Any other 4xx.
    case clientError
    /// 5xx, or an error object inside a 200 stream.
    case serverError
    case other
}

/// What evidence a draft's stream carried.
public enum SignalLabel: Int, ClosedMetricLabel {
    public static let name = "signal"
    /// Two or more alternatives a token (tier K).
    case alternatives
    /// The best alternative only (tier 1).
    case top1
    /// The sampled token's log-probability only (tier S).
    case sampled
    /// Nothing usable, or more than 30 % of the tokens unobserved (tier N).
    case none
    /// Numbers that cannot be log-probabilities; treated as none.
    case invalid
}
