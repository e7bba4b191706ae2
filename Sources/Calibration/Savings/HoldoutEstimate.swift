/// What routing saves, from a randomised comparison: a small share of the requests is drawn, before anything is known about them, to go to
/// the heavyweight at once (the holdout); the rest is routed. The difference of the mean costs is what routing saves per request, without
/// any assumption about which requests are cheap.
///
/// The state is sums, so that the arms of several gateways add up.
public struct HoldoutEstimate: Sendable, Hashable {
    /// Requests of one arm.
    public struct Arm: Sendable, Hashable {
        /// Requests with a known cost.
        public var count: Int
        /// US dollars.
        public var sum: Double
        /// Of the costs' squares.
        public var sumOfSquares: Double
        /// Requests whose cost is not known, because a price is not.
        public var unpriced: Int

        public init(count: Int = 0, sum: Double = 0, sumOfSquares: Double = 0, unpriced: Int = 0) {
            self.count = count
            self.sum = sum
            self.sumOfSquares = sumOfSquares
            self.unpriced = unpriced
        }

        /// - Parameter cost: US dollars, all legs of the request; `nil` = unknown.
        public mutating func add(_ cost: Double?) {
            guard let cost, cost.isFinite else {
                unpriced += 1
                return
            }
            count += 1
            sum += cost
            sumOfSquares += cost * cost
        }

        public mutating func merge(_ other: Arm) {
            count += other.count
            sum += other.sum
            sumOfSquares += other.sumOfSquares
            unpriced += other.unpriced
        }

        /// 0 without requests.
        public var mean: Double { count > 0 ? sum / Double(count) : 0 }

        /// Of the sample, by n - 1; 0 below two requests.
        public var variance: Double { count > 1 ? max(0, sumOfSquares - sum * mean) / Double(count - 1) : 0 }
    }

    /// A number with its limits.
    public struct Estimate: Sendable, Hashable {
        public var value: Double
        public var low: Double
        public var high: Double

        fileprivate init(_ value: Double, margin: Double) {
            (self.value, low, high) = (value, value - margin, value + margin)
        }
    }

    public struct Saving: Sendable, Hashable {
        /// US dollars saved per routed request; below 0 when routing costs more.
        public var perRequest: Estimate
        /// US dollars saved on all routed requests so far.
        public var total: Estimate
        /// Of what the heavyweight would have cost, up to 1; `nil` when the holdout's mean cost is not above 0.
        public var share: Estimate?
    }

    public var routed: Arm
    public var holdout: Arm

    public init(routed: Arm = Arm(), holdout: Arm = Arm()) {
        self.routed = routed
        self.holdout = holdout
    }

    /// A request is over.
    ///
    /// - Parameter cost: US dollars, all legs: both models' tokens, cancelled pre-fires, discarded drafts, embeddings; `nil` = unknown.
    public mutating func add(_ cost: Double?, isHoldout: Bool) {
        if isHoldout { holdout.add(cost) } else { routed.add(cost) }
    }

    public mutating func merge(_ other: HoldoutEstimate) {
        routed.merge(other.routed)
        holdout.merge(other.holdout)
    }

    /// The saving with Welch's interval (Biometrika 34, 1947): the arms' variances may differ, and Student's quantile allows for small
    /// ones. The share's interval is by the delta method, with the same quantile.
    ///
    /// - Parameters:
    ///   - confidence: above 0, below 1; default .95.
    ///   - overhead: US dollars that were spent on routing as a whole and are in no request's cost, for example on audits; known, so it
    ///     only shifts the interval.
    /// - Returns: `nil` below two requests in an arm, or when the cost of a request is unknown.
    public func saving(confidence: Double = 0.95, overhead: Double = 0) -> Saving? {
        guard routed.count >= 2, holdout.count >= 2, routed.unpriced + holdout.unpriced == 0 else { return nil }
        let requests = Double(routed.count)
        let (routedError, holdoutError) = (routed.variance / requests, holdout.variance / Double(holdout.count))
        let routedMean = routed.mean + overhead / requests
        let quantile = Self.quantile(
            confidence, (routedError, requests), (holdoutError, Double(holdout.count)))
        let perRequest = Estimate(holdout.mean - routedMean, margin: quantile * (routedError + holdoutError).squareRoot())
        var share: Estimate?
        if holdout.mean > 0 {
            // 1 - r/h, whose derivatives are -1/h and r/h^2.
            let ratio = routedMean / holdout.mean
            let error = (routedError + ratio * ratio * holdoutError).squareRoot() / holdout.mean
            share = Estimate(1 - ratio, margin: quantile * error)
        }
        let total = Estimate(requests * perRequest.value, margin: requests * (perRequest.high - perRequest.value))
        return Saving(perRequest: perRequest, total: total, share: share)
    }

    /// Student's, with the degrees of freedom of Welch and Satterthwaite.
    private static func quantile(_ confidence: Double, _ a: (error: Double, count: Double), _ b: (error: Double, count: Double)) -> Double {
        let probability = 1 - (1 - min(max(confidence, 0), 1)) / 2
        let error = a.error + b.error
        guard error > 0 else { return NormalQuantile.quantile(probability) }
        let (x, y) = (a.error / error, b.error / error)
        return StudentQuantile.quantile(probability, degrees: 1 / (x * x / (a.count - 1) + y * y / (b.count - 1)))
    }
}
