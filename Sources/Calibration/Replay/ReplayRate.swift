/// How often something was seen, with what that says about how often it happens: exact two-sided bounds (``ClopperPearson``).
public struct ReplayRate: Sendable, Hashable {
    public var count: Int
    public var trials: Int
    /// Probability that the interval misses the true rate.
    public static let delta = 0.05

    public init(_ count: Int, of trials: Int) {
        self.count = count
        self.trials = trials
    }

    /// 0...1; `nil` without trials.
    public var estimate: Double? { trials > 0 ? Double(count) / Double(trials) : nil }
    /// 0...1; with ``upper`` a 95 % interval.
    public var lower: Double { ClopperPearson.lower(failures: count, trials: trials, delta: Self.delta / 2) }
    /// 0...1; 1 without trials.
    public var upper: Double { ClopperPearson.upper(failures: count, trials: trials, delta: Self.delta / 2) }
}

/// Nearest-rank quantiles: each is a value that was seen.
public struct ReplayQuantiles: Sendable, Hashable {
    public var count: Int
    public var p50: Double
    public var p90: Double
    public var p99: Double

    /// `nil` without values. They must be finite.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)] }
        count = sorted.count
        p50 = quantile(0.5)
        p90 = quantile(0.9)
        p99 = quantile(0.99)
    }
}
