/// Replays audits in the order they were counted: what the online watch has seen, and when it would have stepped.
public struct DriftAnalysis: Sendable {
    /// A step of the level in force.
    public struct Step: Sendable, Hashable {
        /// The audit that caused it, counted from 1.
        public var audit: Int
        public var id: String
        public var alarm: AlarmStep
    }

    public private(set) var grid: EProcessGrid
    public private(set) var steps: [Step] = []
    /// Audits, each once.
    public private(set) var audits = 0
    /// Later verdicts on audits that had been counted.
    public private(set) var overruled = 0
    private var outcomes: [String: AuditOutcome] = [:]

    /// - Parameter grid: as it stood before the first audit.
    public init(_ grid: EProcessGrid) { self.grid = grid }

    /// The next verdict. An id that was there before is a later verdict on the same draft: it takes the earlier one's place. Its risk and
    /// whether it was shipped are then those of the first time.
    public mutating func add(_ outcome: AuditOutcome, id: String) {
        let alarm: AlarmStep?
        if let earlier = outcomes[id] {
            overruled += 1
            alarm = grid.overrule(earlier, isBad: outcome.isBad)
            outcomes[id]?.isBad = outcome.isBad
        } else {
            audits += 1
            alarm = grid.audit(outcome)
            outcomes[id] = outcome
        }
        if let alarm { steps.append(Step(audit: audits, id: id, alarm: alarm)) }
    }
}
