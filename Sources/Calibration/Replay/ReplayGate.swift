/// Limits that a policy must keep on recorded traffic, for continuous integration. A limit that cannot be checked is not kept.
public struct ReplayGate: Sendable, Hashable {
    /// Which number of a rate is held against its limit.
    public enum Bound: String, Sendable, Hashable, CaseIterable {
        /// The upper end of the 95 % interval: what the recording can vouch for.
        case upper
        /// The rate that was seen.
        case estimate
    }

    /// Shipped and bad, of all requests, 0...1.
    public var maxBad: Double?
    /// US dollars per request.
    public var maxCostUSD: Double?
    /// Answered by the heavyweight, of all requests, 0...1. Always the rate that was seen: it has no unseen labels.
    public var maxEscalated: Double?
    /// Of ``maxBad``.
    public var bound: Bound

    public init(maxBad: Double? = nil, maxCostUSD: Double? = nil, maxEscalated: Double? = nil, bound: Bound = .upper) {
        self.maxBad = maxBad
        self.maxCostUSD = maxCostUSD
        self.maxEscalated = maxEscalated
        self.bound = bound
    }

    /// What is not kept, a sentence each; empty when all is.
    ///
    /// - Parameter obstacle: why the recordings say nothing about the policy at all; then no limit is kept. `nil`: they do.
    public func violations(_ summary: ReplaySummary, obstacle: String? = nil) -> [String] {
        if let obstacle {
            let limits = [("max-bad", maxBad), ("max-cost", maxCostUSD), ("max-escalated", maxEscalated)]
            return limits.compactMap { name, limit in limit.map { "\(name) \($0): a limit that cannot be checked: \(obstacle)" } }
        }
        return [badViolation(summary), costViolation(summary), escalationViolation(summary)].compactMap(\.self)
    }

    private func badViolation(_ summary: ReplaySummary) -> String? {
        guard let maxBad else { return nil }
        let rate = summary.shippedBadOfAll
        guard rate.trials > 0, let estimate = rate.estimate else {
            return "max-bad \(maxBad): the share of bad shipped drafts is unknown, since no draft has a verdict; judge the recordings first"
        }
        let value = bound == .upper ? rate.upper : estimate
        guard value > maxBad else { return nil }
        let name = bound == .upper ? "the 95 % upper bound of the share" : "the share"
        return "max-bad \(maxBad): \(name) of bad shipped drafts is \(value.significant), from \(rate.count) of \(rate.trials)"
    }

    private func costViolation(_ summary: ReplaySummary) -> String? {
        guard let maxCostUSD else { return nil }
        guard let cost = summary.costs.perRequestUSD, summary.costs.unknown == 0 else {
            return "max-cost \(maxCostUSD): the cost of \(summary.costs.unknown) of \(summary.requests) requests is unknown; "
                + "add the models to 'prices', and record the heavyweight"
        }
        return cost > maxCostUSD ? "max-cost \(maxCostUSD): a request costs \(cost.significant) USD" : nil
    }

    private func escalationViolation(_ summary: ReplaySummary) -> String? {
        guard let maxEscalated, let share = summary.escalated.estimate, share > maxEscalated else { return nil }
        return "max-escalated \(maxEscalated): \(share.significant) of the requests are escalated"
    }
}

extension Double {
    /// With four significant digits, for messages.
    fileprivate var significant: String {
        guard self != 0, isFinite else { return "\(self)" }
        var unit = 1.0
        while magnitude * unit < 1000 { unit *= 10 }
        return "\((self * unit).rounded() / unit)"
    }
}
