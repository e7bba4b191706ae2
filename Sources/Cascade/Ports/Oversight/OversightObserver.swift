/// Hears what the oversight finds, for metrics and the log. Calls come from any thread and must return quickly.
public protocol OversightObserver: Sendable {
    /// A drawn request became an observation.
    func audited(_ audit: AuditObservation)
    /// A drawn draft could not be audited; it is no observation.
    func skipped(_ reason: AuditSkip, route: String)
    /// So many audits of a route failed in a row that nobody looks at what it ships: its evidence stands still until one succeeds. Once for
    /// each such stretch.
    ///
    /// - Parameter reason: of the last one: ``AuditSkip/heavyweight``, ``AuditSkip/judge`` or ``AuditSkip/timeout``.
    func auditsFailing(route: String, failures: Int, reason: AuditSkip)
    /// An audit has succeeded: the evidence goes on.
    func auditsRecovered(route: String)
    /// An upstream call of an audit is over.
    func spent(_ spending: AuditSpending)
    /// The rule of a route was tightened, by this gateway's evidence or by what another one has found. Once for each step.
    func tightened(_ alarm: DriftAlarm)
    /// The drafter is not the one that was calibrated. Once for each route and process.
    func becameStale(route: String, reason: String)
    func received(_ feedback: DecisionFeedback, effect: FeedbackReceipt.Effect)
    /// What has been counted could not be kept; it is tried again.
    func stateFailed(_ error: StoreError)
    /// It is kept again.
    func stateRecovered()
}

/// One audit that counts.
public struct AuditObservation: Sendable, Hashable {
    /// Who said it. A closed set: also a metric label.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// Not shipped, which cannot be a loss: nobody had to be asked.
        case rule
        case judge
        /// A verdict of `POST /v1/feedback`.
        case human
    }

    public var route: String
    public var isShipped: Bool
    public var isBad: Bool
    public var source: Source

    public init(route: String, isShipped: Bool, isBad: Bool, source: Source) {
        self.route = route
        self.isShipped = isShipped
        self.isBad = isBad
        self.source = source
    }
}

/// Why a draft that was drawn was not audited. A closed set: also a metric label.
public enum AuditSkip: String, Sendable, Hashable, CaseIterable {
    /// The day's money is spent.
    case budget
    /// Audits do not run.
    case queue
    /// The draft has no text to judge.
    case incomplete
    /// The draft is too long to be kept.
    case size
    /// The heavyweight did not answer.
    case heavyweight
    /// The judge did not answer, or not with a verdict.
    case judge
    case timeout
    /// The gateway ended first.
    case shutdown
}

/// What one upstream call of an audit used.
public struct AuditSpending: Sendable, Hashable {
    /// A closed set: also a metric label.
    public enum Leg: String, Sendable, Hashable, CaseIterable {
        /// The heavyweight's answer, for comparison.
        case audit
        case judge
    }

    public var route: String
    public var leg: Leg
    public var model: ModelName
    public var tokens: TokenCount
    /// US dollars; `nil` = unknown price.
    public var costUSD: Double?

    public init(route: String, leg: Leg, model: ModelName, tokens: TokenCount, costUSD: Double?) {
        self.route = route
        self.leg = leg
        self.model = model
        self.tokens = tokens
        self.costUSD = costUSD
    }
}

/// The evidence says that the promise of a level does not hold any more.
public struct DriftAlarm: Sendable, Hashable {
    public var route: String
    /// The level that was in force.
    public var level: Double
    /// The level in force now; 0 ships nothing.
    public var newLevel: Double
    /// log10 of the evidence against the promise; the alarm is at log10(1/delta).
    public var log10Evidence: Double
    /// Audits of the level, and bad drafts among them.
    public var audits: Int
    public var bad: Int
    /// Bad verdicts of `POST /v1/feedback` on drafts of the level that were not drawn for an audit.
    public var badFeedback: Int
    /// The loss rate that was promised, and the probability of a false alarm.
    public var alpha: Double
    public var delta: Double

    public init(
        route: String, level: Double, newLevel: Double, log10Evidence: Double, audits: Int, bad: Int, badFeedback: Int, alpha: Double,
        delta: Double
    ) {
        self.route = route
        self.level = level
        self.newLevel = newLevel
        self.log10Evidence = log10Evidence
        self.audits = audits
        self.bad = bad
        self.badFeedback = badFeedback
        self.alpha = alpha
        self.delta = delta
    }
}
