/// Percentile bootstrap (Efron, 1979): how much a statistic would vary over other samples of the same size. Seeded, so that the same report
/// has the same intervals.
public struct Bootstrap: Sendable, Hashable {
    public struct Interval: Sendable, Hashable {
        /// Of the sample itself.
        public var estimate: Double
        public var low: Double
        public var high: Double
        /// Resamples on which the statistic exists.
        public var resamples: Int
    }

    /// Limits of a curve at each place of its grid; each place by itself has the probability `level`, not all together.
    public struct Band: Sendable, Hashable {
        /// Of the sample itself.
        public var estimate: [Double]
        public var low: [Double]
        public var high: [Double]
    }

    /// 1 or more; default 1,000.
    public let resamples: Int
    public let seed: UInt64
    /// The probability of the interval, above 0, below 1; default .95.
    public let level: Double

    public init(resamples: Int = 1_000, seed: UInt64 = 1, level: Double = 0.95) {
        self.resamples = max(1, resamples)
        self.seed = seed
        self.level = min(max(level, 0), 1)
    }

    /// - Parameters:
    ///   - count: size of the sample.
    ///   - statistic: of the members with these indices, some of which are there more than once; `nil` where it does not exist.
    /// - Returns: `nil` when the statistic does not exist on the sample itself, or on less than half of the resamples.
    public func interval(count: Int, _ statistic: (_ indices: [Int]) -> Double?) -> Interval? {
        band(count: count) { indices in statistic(indices).map { [$0] } }.flatMap { band in
            Interval(estimate: band.band.estimate[0], low: band.band.low[0], high: band.band.high[0], resamples: band.used)
        }
    }

    /// - Parameter curve: its values on a fixed grid, always as many; `nil` or not a number where it does not exist.
    /// - Returns: `nil` when the curve does not exist on the sample itself, or on less than half of the resamples.
    public func band(count: Int, _ curve: (_ indices: [Int]) -> [Double]?) -> Band? {
        let result: (band: Band, used: Int)? = band(count: count, curve)
        return result?.band
    }

    private func band(count: Int, _ curve: (_ indices: [Int]) -> [Double]?) -> (band: Band, used: Int)? {
        guard count > 0, let estimate = curve(Array(0..<count)), estimate.allSatisfy({ !$0.isNaN }) else { return nil }
        var random = SeededRandom(seed: seed)
        var columns: [[Double]] = Array(repeating: [], count: estimate.count)
        var used = 0
        var indices = Array(repeating: 0, count: count)
        for _ in 0..<resamples {
            for place in indices.indices { indices[place] = random.index(below: count) }
            guard let values = curve(indices), values.count == estimate.count, values.allSatisfy({ !$0.isNaN }) else { continue }
            used += 1
            for (column, value) in values.enumerated() { columns[column].append(value) }
        }
        guard used * 2 >= resamples else { return nil }
        let sorted = columns.map { $0.sorted() }
        let tail = (1 - level) / 2
        return (
            Band(
                estimate: estimate, low: sorted.map { Quantile.of(sorted: $0, tail) ?? .nan },
                high: sorted.map { Quantile.of(sorted: $0, 1 - tail) ?? .nan }), used
        )
    }
}

/// Quantiles of a sample.
public enum Quantile {
    /// Between the two nearest order statistics, in proportion (Hyndman and Fan's type 7, the default of NumPy and R).
    ///
    /// - Parameters:
    ///   - sorted: ascending.
    ///   - share: 0...1, taken as the nearer end beyond.
    /// - Returns: `nil` for an empty sample.
    public static func of(sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = min(max(share, 0), 1) * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return last }
        let (low, high) = (sorted[below], sorted[below + 1])
        return low == high ? low : low + (high - low) * (place - Double(below))
    }
}
