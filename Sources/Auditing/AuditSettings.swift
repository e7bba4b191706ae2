/// How the oversight watches; `docs/audits.md` explains each.
public struct AuditSettings: Sendable, Hashable {
    /// Share of the requests of a certified rule that are drawn for an audit, 0...1; 0 draws none. Default 0.03.
    public var share = 0.03
    /// US dollars that audits may cost from midnight to midnight, UTC. Default 1.
    public var usdPerDay = 1.0
    /// One audit, from its start to its verdict. Default 120 s.
    public var timeout = Duration.seconds(120)
    /// Before a heavyweight that failed is asked a second and last time. Default 1 s.
    public var retryPause = Duration.seconds(1)
    /// Share of all routed requests that the heavyweight answers whatever the draft would have been, 0...0.5. Default 0.
    public var holdoutShare = 0.0
    /// Audits at a time. Default 2.
    public var workers = 2
    /// Audits that wait, and drawn requests that are not over, together; no request is drawn while there are so many. Default 64.
    public var queuedAudits = 64
    /// Audits of a route that fail in a row, for the heavyweight, the judge or time, until its evidence stands still. Default 5.
    public var failuresInARow = 5
    /// Bytes of a request's body and of a draft, each, that are kept for an audit. Default 256 KiB.
    public var maxAuditedBytes = 262_144
    /// Decisions that feedback can be given on; the oldest goes first. Default 10,000.
    public var rememberedDecisions = 10_000
    /// Between two additions to the kept state. Default 1 s.
    public var keepEvery = Duration.seconds(1)
    /// Between two looks at the kept state while there is nothing to add. Default 30 s.
    public var refreshEvery = Duration.seconds(30)

    public init() {}
}

/// What judges a request that the calibration does not cover: another temperature, or a drafter that calls itself otherwise than when it was recorded.
public enum CalibrationFallback: String, Sendable, Hashable, CaseIterable {
    /// The window rule of the route.
    case window
    /// Nothing is shipped.
    case escalate
}
