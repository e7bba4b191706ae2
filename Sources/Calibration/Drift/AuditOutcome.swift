/// What an audit of one routed request found.
public struct AuditOutcome: Sendable, Hashable {
    /// The draft's final risk, 0...1.
    public var risk: Double
    /// The draft was the client's answer. A draft that was not, for whatever reason, needs no verdict.
    public var isShipped: Bool
    /// The draft is a loss as its certificate counts losses: unacceptable, and for the recoverable loss only where the heavyweight was
    /// acceptable.
    public var isBad: Bool

    public init(risk: Double, isShipped: Bool, isBad: Bool) {
        self.risk = risk
        self.isShipped = isShipped
        self.isBad = isBad
    }

    /// The client got an unacceptable draft.
    public var isLoss: Bool { isShipped && isBad }
}

/// An alarm has tightened the rule.
public struct AlarmStep: Sendable, Hashable {
    /// The level that was in force.
    public var from: Double
    /// The level in force now; 0 = nothing ships.
    public var to: Double
    /// The largest ln M of the level that was left.
    public var logEvidence: Double
}

/// What is known about one grid level.
public struct LevelSummary: Sendable, Hashable {
    public var level: Double
    /// Audits that say something about this level.
    public var audits: Int
    /// Losses among them.
    public var bad: Int
    /// Routed requests counted for feedback.
    public var requests: Int
    /// Complaints among them.
    public var complaints: Int
    /// ln M now.
    public var logEvidence: Double
    /// The largest ln M so far, at least 0.
    public var maximumLogEvidence: Double
    /// Audits that had been counted at the alarm; `nil` = no alarm.
    public var alarmedAfter: Int?

    public var isAlarmed: Bool { alarmedAfter != nil }
}
