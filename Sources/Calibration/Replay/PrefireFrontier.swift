internal import EntropyRouting

/// What pre-firing by value wastes and gains at every price of a second: the curve an operator picks lambda from.
public struct PrefireFrontier: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        /// US dollars per second.
        public var lambda: Double
        public var totals: ReplayPrefireTotals
        /// All seconds saved, per request.
        public var savedSecondsPerRequest: Double
        /// Cancelled and discarded pre-fires, US dollars per request.
        public var wastedUSDPerRequest: Double

        /// What a saved second cost in wasted pre-fires, US dollars; `nil` when none was saved.
        public var usdPerSavedSecond: Double? {
            savedSecondsPerRequest > 0 ? wastedUSDPerRequest / savedSecondsPerRequest : nil
        }
    }

    /// Why there is none.
    public enum Obstacle: Error, Sendable, Hashable, CustomStringConvertible {
        case noSpeedLayer
        case noTimes
        case noPrice

        public var description: String {
            switch self {
            case .noSpeedLayer:
                "the strategy has no speed layer; only a risk model that was calibrated with one knows when to pre-fire by value"
            case .noTimes: "the speed layer knows no times; calibrate it on recordings with token times"
            case .noPrice: "the heavyweight's price is unknown, or 'prefire.policy' is 'ratio'; a price belongs into 'prices'"
            }
        }
    }

    /// US dollars per second: nothing is fired at 0, and a second is worth ten cents at the end.
    public static let standardLambdas = [0, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1]

    /// Ascending by lambda.
    public let points: [Point]

    /// Replays all drafts at every lambda. The policy's own lambda and its allowance have no part in it: the one is what is looked for, the
    /// other would hide what a dearer second does.
    ///
    /// - Parameter lambdas: US dollars per second, 0 or more.
    /// - Throws: ``Obstacle`` when lambda would make no difference.
    public init(
        _ drafts: [LabelledDraft], _ policy: ReplayPolicy, lambdas: [Double] = PrefireFrontier.standardLambdas
    ) throws(Obstacle) {
        guard case .risk(let strategy) = policy.strategy, let speed = strategy.model.speed else { throw .noSpeedLayer }
        guard speed.hasTimes else { throw .noTimes }
        guard policy.prefireValue != nil, policy.heavyweightPrice != nil else { throw .noPrice }
        let lambdas = lambdas.sorted()
        var policy = policy
        policy.allowance = PrefireAllowance(ratio: 1, burst: 10_000)
        let requests = Double(max(1, drafts.count))
        points = zip(lambdas, WhatIf(policy).outcomes(drafts, lambdas: lambdas)).map { lambda, outcomes in
            var totals = ReplayPrefireTotals()
            for outcome in outcomes { totals.add(outcome.prefires, costs: outcome.costs) }
            return Point(
                lambda: lambda, totals: totals, savedSecondsPerRequest: totals.savedSeconds / requests,
                wastedUSDPerRequest: totals.wastedUSD / requests)
        }
    }
}
