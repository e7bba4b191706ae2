public import EntropyRouting

/// Shows what the oversight knows, for `GET /stats`, `/ready` and the gauges of `/metrics`.
public protocol OversightReporting: Sendable {
    var snapshot: OversightSnapshot { get }
}

/// The state of the oversight at one moment. Counts of audits, evidence and savings are those of all gateways that share the state, since
/// the artefact was put in place; skips and mismatches are this process's.
public struct OversightSnapshot: Sendable, Hashable {
    /// In the order of the configuration.
    public var routes: [RouteOversight]
    /// Audits that wait.
    public var queuedAudits: Int
    /// Spent on audits since midnight, UTC, and how much may be.
    public var spentTodayUSD: Double
    public var usdPerDay: Double
    /// Where the state is kept: `file`, `redis`, `memory`.
    public var store: String
    /// Why it cannot be kept at the moment; `nil` when it can.
    public var storeFailure: String?

    /// What somebody has to know and do something about, a sentence each; empty when all is well.
    public var concerns: [String] {
        var found: [String] = []
        for route in routes {
            guard let state = route.calibration else { continue }
            if let reason = state.staleReason {
                found.append("route '\(route.route)': the calibration is stale: \(reason); calibrate anew")
            }
            if state.isTightened {
                let level = state.level > 0 ? "ships up to a risk of \(state.level)" : "ships nothing"
                found.append(
                    "route '\(route.route)': drift alarm: the rule certified at \(state.certifiedLevel) \(level) until it is calibrated anew"
                )
            }
            if let reason = state.failingReason {
                found.append(
                    "route '\(route.route)': audits fail, the last \(state.failedInARow) in a row, at last for '\(reason.rawValue)': nobody looks "
                        + "at shipped drafts, and the evidence stands still until an audit succeeds")
            }
        }
        if let failure = storeFailure { found.append("the audit state is not kept: \(failure)") }
        return found
    }

    public init(
        routes: [RouteOversight], queuedAudits: Int, spentTodayUSD: Double, usdPerDay: Double, store: String, storeFailure: String? = nil
    ) {
        self.routes = routes
        self.queuedAudits = queuedAudits
        self.spentTodayUSD = spentTodayUSD
        self.usdPerDay = usdPerDay
        self.store = store
        self.storeFailure = storeFailure
    }
}

/// One route.
public struct RouteOversight: Sendable, Hashable {
    public var route: String
    /// `nil` for a route without a certified rule.
    public var calibration: CalibrationState?
    public var feedback: [DecisionFeedback.Verdict: Int]
    /// `nil` without a holdout.
    public var savings: SavingsState?

    public init(
        route: String, calibration: CalibrationState? = nil, feedback: [DecisionFeedback.Verdict: Int] = [:], savings: SavingsState? = nil
    ) {
        self.route = route
        self.calibration = calibration
        self.feedback = feedback
        self.savings = savings
    }
}

/// A certified rule in production.
public struct CalibrationState: Sendable, Hashable {
    /// The evidence about one level.
    public struct Evidence: Sendable, Hashable {
        public var level: Double
        public var audits: Int
        /// Losses among them.
        public var bad: Int
        /// Requests that could have had feedback, and bad verdicts on drafts of the level.
        public var requests: Int
        public var badFeedback: Int
        /// log10 of the evidence that the level's loss rate is above the promise; the alarm is at log10(1/delta).
        public var log10Evidence: Double
        /// It was reached once. Stays.
        public var isAlarmed: Bool

        public init(
            level: Double, audits: Int, bad: Int, requests: Int, badFeedback: Int, log10Evidence: Double, isAlarmed: Bool
        ) {
            self.level = level
            self.audits = audits
            self.bad = bad
            self.requests = requests
            self.badFeedback = badFeedback
            self.log10Evidence = log10Evidence
            self.isAlarmed = isAlarmed
        }
    }

    public var dataHash: String
    public var loss: RiskCertificate.Loss
    public var alpha: Double
    public var delta: Double
    /// Where the rule began, and the level in force; 0 ships nothing.
    public var certifiedLevel: Double
    public var level: Double
    /// What is not as it was calibrated; `nil` while nothing is known to be.
    public var staleReason: String?
    /// Requests of another temperature, which the certified rule did not judge.
    public var temperatureMismatches: Int
    /// Drafts drawn for an audit and not audited.
    public var skips: [AuditSkip: Int]
    /// Audits that have failed since the last one that succeeded, for the heavyweight, the judge or time.
    public var failedInARow: Int
    /// Why the last of them failed, when there were so many that the evidence stands still; `nil` else.
    public var failingReason: AuditSkip?
    /// Ascending by level, up to the certified one.
    public var evidence: [Evidence]

    public var isTightened: Bool { level < certifiedLevel }

    public init(
        dataHash: String, loss: RiskCertificate.Loss, alpha: Double, delta: Double, certifiedLevel: Double, level: Double,
        staleReason: String? = nil, temperatureMismatches: Int = 0, skips: [AuditSkip: Int] = [:], failedInARow: Int = 0,
        failingReason: AuditSkip? = nil, evidence: [Evidence] = []
    ) {
        self.dataHash = dataHash
        self.loss = loss
        self.alpha = alpha
        self.delta = delta
        self.certifiedLevel = certifiedLevel
        self.level = level
        self.staleReason = staleReason
        self.temperatureMismatches = temperatureMismatches
        self.skips = skips
        self.failedInARow = failedInARow
        self.failingReason = failingReason
        self.evidence = evidence
    }
}

/// What routing saved against the heavyweight alone, from the randomised holdout.
public struct SavingsState: Sendable, Hashable {
    /// Share of requests that are held out.
    public var holdoutShare: Double
    public var routedRequests: Int
    public var heldOutRequests: Int
    /// Mean cost of a request, in US dollars; `nil` when there was none, or a price is unknown.
    public var routedUSDPerRequest: Double?
    public var heldOutUSDPerRequest: Double?
    /// Saved by all routed requests, in US dollars, with the ends of the 95 % interval; audits are not taken off. `nil` below two requests in
    /// either group, and when a price is unknown.
    public var savedUSD: Double?
    public var savedLowUSD: Double?
    public var savedHighUSD: Double?
    /// The same as a share of what the heavyweight alone would have cost.
    public var savedShare: Double?
    public var savedShareLow: Double?
    public var savedShareHigh: Double?
    /// Spent on audits: heavyweight and judge.
    public var auditUSD: Double
    /// Requests of either group whose cost is unknown.
    public var unpricedRequests: Int

    /// Saved, less what the audits cost.
    public var netUSD: Double? { savedUSD.map { $0 - auditUSD } }
    public var netLowUSD: Double? { savedLowUSD.map { $0 - auditUSD } }
    public var netHighUSD: Double? { savedHighUSD.map { $0 - auditUSD } }

    public init(
        holdoutShare: Double, routedRequests: Int, heldOutRequests: Int, routedUSDPerRequest: Double? = nil,
        heldOutUSDPerRequest: Double? = nil, savedUSD: Double? = nil, savedLowUSD: Double? = nil, savedHighUSD: Double? = nil,
        savedShare: Double? = nil, savedShareLow: Double? = nil, savedShareHigh: Double? = nil, auditUSD: Double = 0,
        unpricedRequests: Int = 0
    ) {
        self.holdoutShare = holdoutShare
        self.routedRequests = routedRequests
        self.heldOutRequests = heldOutRequests
        self.routedUSDPerRequest = routedUSDPerRequest
        self.heldOutUSDPerRequest = heldOutUSDPerRequest
        self.savedUSD = savedUSD
        self.savedLowUSD = savedLowUSD
        self.savedHighUSD = savedHighUSD
        self.savedShare = savedShare
        self.savedShareLow = savedShareLow
        self.savedShareHigh = savedShareHigh
        self.auditUSD = auditUSD
        self.unpricedRequests = unpricedRequests
    }
}
