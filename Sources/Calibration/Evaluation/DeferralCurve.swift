/// What the answers are worth when the riskiest share of the requests goes to the heavyweight: the trade of quality against cost over all
/// thresholds, and the numbers RouteLLM sums it up in (Ong et al., "RouteLLM: learning to route LLMs with preference data", 2024).
///
/// Requests of one score are deferred together; in between, the curve is straight, which is what deferring a random part of them gives on
/// average. Scores that are not numbers are deferred first. Arrays are cut to the shortest.
public struct DeferralCurve: Sendable, Hashable {
    /// `x`: share deferred, ascending from 0 to 1; `y`: mean goodness. Empty without requests.
    public let points: [CurvePoint]

    /// - Parameters:
    ///   - scores: one per request, higher = riskier.
    ///   - draftGoodness: 1 = the draft is acceptable, 0 = it is not; between, an expected value.
    ///   - heavyweightGoodness: the same of the heavyweight's answer; the caller's expectation where it was not judged.
    public init(scores: [Double], draftGoodness: [Double], heavyweightGoodness: [Double]) {
        let ranked = RankedScores(scores, count: min(scores.count, draftGoodness.count, heavyweightGoodness.count))
        let count = ranked.order.count
        guard count > 0 else {
            points = []
            return
        }
        var goodness = ranked.order.reduce(0.0) { $0 + draftGoodness[$1] }
        var points = [CurvePoint(x: 0, y: goodness / Double(count))]
        var end = count
        for start in ranked.ends.dropLast().reversed() + [0] {
            for index in ranked.order[start..<end] { goodness += heavyweightGoodness[index] - draftGoodness[index] }
            points.append(CurvePoint(x: Double(count - start) / Double(count), y: goodness / Double(count)))
            end = start
        }
        self.points = points
    }

    /// Of drafts and heavyweight answers that are acceptable or not.
    public init(scores: [Double], isDraftGood: [Bool], isHeavyweightGood: [Bool]) {
        self.init(
            scores: scores, draftGoodness: isDraftGood.map { $0 ? 1 : 0 }, heavyweightGoodness: isHeavyweightGood.map { $0 ? 1 : 0 })
    }

    /// Nothing deferred; `nil` without requests.
    public var draftAccuracy: Double? { points.first?.y }

    /// Everything deferred; `nil` without requests.
    public var heavyweightAccuracy: Double? { points.last?.y }

    /// Mean goodness with the riskiest `share` (0...1) deferred; `nil` without requests.
    public func accuracy(atDeferral share: Double) -> Double? { Polyline.value(at: share, of: points) }

    /// The part of the gap between drafter and heavyweight that is closed at a share, 1 = all of it; above 1 where both together are better
    /// than the heavyweight. `nil` when the heavyweight is no better.
    public func recovered(atDeferral share: Double) -> Double? {
        guard let gap, let draftAccuracy else { return nil }
        return accuracy(atDeferral: share).map { ($0 - draftAccuracy) / gap }
    }

    /// Average performance gap recovered: the mean of ``recovered(atDeferral:)`` over all shares. .5 for scores that know nothing. `nil`
    /// when the heavyweight is no better.
    public var apgr: Double? {
        guard let gap, let draftAccuracy else { return nil }
        return (Polyline.area(points) - draftAccuracy) / gap
    }

    /// Call-performance threshold: the least share deferred that recovers the part `part` of the gap, for example .5 for CPT(50 %). `nil`
    /// when no share does, or the heavyweight is no better.
    public func cpt(_ part: Double) -> Double? {
        guard let gap, let draftAccuracy else { return nil }
        // The end of the curve recovers exactly 1, whatever rounding says.
        if part == 1, let last = points.last { return Polyline.firstReaching(last.y, of: points) }
        return Polyline.firstReaching(draftAccuracy + part * gap, of: points)
    }

    /// Above 0.
    private var gap: Double? {
        guard let draftAccuracy, let heavyweightAccuracy, heavyweightAccuracy - draftAccuracy > 1e-12 else { return nil }
        return heavyweightAccuracy - draftAccuracy
    }
}
