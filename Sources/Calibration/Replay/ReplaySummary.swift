/// What a policy would have done to all recorded traffic.
public struct ReplaySummary: Sendable, Hashable {
    public var requests: Int
    /// By route, 0 where none.
    public var routes: [ReplayOutcome.Route: Int] = [:]
    /// Escalations and overruns by reason.
    public var reasons: [String: Int] = [:]
    /// Shipped drafts, overruns among them, that nobody has judged.
    public var shippedUnjudged = 0
    /// The client got a bad draft, of all requests: the joint rate. Requests whose draft was not judged are left out, whoever answered: to
    /// count the escalated ones alone would make the rate too low.
    public var shippedBadOfAll: ReplayRate
    /// The client got a bad draft, of the judged drafts that were shipped: the selective rate.
    public var shippedBadOfShipped: ReplayRate
    public var prefires = ReplayPrefireTotals()
    public var costs = ReplayCostTotals()
    /// By route, in seconds, over the requests whose times are known; a route is absent where there are none.
    public var firstToken: [ReplayOutcome.Route: ReplayQuantiles] = [:]
    public var total: [ReplayOutcome.Route: ReplayQuantiles] = [:]
    /// The same over all routes.
    public var firstTokenOverall: ReplayQuantiles?
    public var totalOverall: ReplayQuantiles?
    /// Had the heavyweight alone been asked, over the requests for which both are known.
    public var heavyweightOnlyFirstToken: ReplayQuantiles?
    public var heavyweightOnlyTotal: ReplayQuantiles?

    public init(_ outcomes: [ReplayOutcome]) {
        requests = outcomes.count
        var (judged, judgedShipped, bad) = (0, 0, 0)
        for outcome in outcomes {
            routes[outcome.route, default: 0] += 1
            if let reason = outcome.reason { reasons[reason, default: 0] += 1 }
            if outcome.isBad != nil { judged += 1 }
            if outcome.route.isDraft {
                switch outcome.isBad {
                case nil: shippedUnjudged += 1
                case true?: (judgedShipped, bad) = (judgedShipped + 1, bad + 1)
                case false?: judgedShipped += 1
                }
            }
            prefires.add(outcome.prefires, costs: outcome.costs)
            costs.add(outcome)
        }
        shippedBadOfAll = ReplayRate(bad, of: judged)
        shippedBadOfShipped = ReplayRate(bad, of: judgedShipped)
        for route in ReplayOutcome.Route.allCases {
            let taken = outcomes.filter { $0.route == route }
            firstToken[route] = ReplayQuantiles(taken.compactMap(\.firstTokenSeconds))
            total[route] = ReplayQuantiles(taken.compactMap(\.totalSeconds))
        }
        firstTokenOverall = ReplayQuantiles(outcomes.compactMap(\.firstTokenSeconds))
        totalOverall = ReplayQuantiles(outcomes.compactMap(\.totalSeconds))
        heavyweightOnlyFirstToken = ReplayQuantiles(
            outcomes.compactMap { $0.firstTokenSeconds == nil ? nil : $0.heavyweightOnlyFirstTokenSeconds })
        heavyweightOnlyTotal = ReplayQuantiles(outcomes.compactMap { $0.totalSeconds == nil ? nil : $0.heavyweightOnlyTotalSeconds })
    }

    /// Requests whose answer was the draft.
    public var shipped: Int { routes.reduce(0) { $0 + ($1.key.isDraft ? $1.value : 0) } }
    /// Requests that the heavyweight answered, whatever for.
    public var escalated: ReplayRate { ReplayRate(requests - shipped, of: requests) }
}

/// Pre-fires of many requests.
public struct ReplayPrefireTotals: Sendable, Hashable {
    public var fired = 0
    public var cancelled = 0
    public var discarded = 0
    public var used = 0
    public var denied = 0
    /// Sum of min(D - f, L): what the pre-fires gained over heavyweights started at the decision.
    public var savedSeconds = 0.0
    /// US dollars, over the requests whose costs are known.
    public var wastedUSD = 0.0

    public init() {}

    mutating func add(_ prefires: ReplayPrefires, costs: ReplayCosts?) {
        fired += prefires.fired
        cancelled += prefires.cancelled
        discarded += prefires.discarded
        used += prefires.used
        denied += prefires.denied
        if prefires.headStartSeconds.isFinite { savedSeconds += prefires.headStartSeconds }
        wastedUSD += costs?.wastedPrefireUSD ?? 0
    }

    /// Of the pre-fires that became the answer; `nil` without one.
    public var meanHeadStartSeconds: Double? { used > 0 ? savedSeconds / Double(used) : nil }
}

/// Money over the requests whose every cost is known.
public struct ReplayCostTotals: Sendable, Hashable {
    /// Requests with known costs.
    public var known = 0
    /// Requests of which some cost is unknown; they are in no sum.
    public var unknown = 0
    public var sum = ReplayCosts()
    /// Requests with known costs for which the heavyweight alone could be priced too.
    public var compared = 0
    /// US dollars over the compared requests: what was spent, and what the heavyweight alone would have cost.
    public var comparedUSD = 0.0
    public var heavyweightOnlyUSD = 0.0

    public init() {}

    mutating func add(_ outcome: ReplayOutcome) {
        guard let costs = outcome.costs else {
            unknown += 1
            return
        }
        known += 1
        sum += costs
        guard let alone = outcome.heavyweightOnlyUSD else { return }
        compared += 1
        comparedUSD += costs.totalUSD
        heavyweightOnlyUSD += alone
    }

    /// US dollars; `nil` when no request's costs are known.
    public var perRequestUSD: Double? { known > 0 ? sum.totalUSD / Double(known) : nil }
    /// Of everything spent, 0...1; `nil` when nothing was.
    public var wasteShare: Double? { sum.totalUSD > 0 ? sum.wastedUSD / sum.totalUSD : nil }
    /// Share of the heavyweight-only cost that is saved, net of all waste; below 0 when it costs more. `nil` when there is nothing to
    /// compare.
    public var savedShare: Double? { heavyweightOnlyUSD > 0 ? 1 - comparedUSD / heavyweightOnlyUSD : nil }
}
