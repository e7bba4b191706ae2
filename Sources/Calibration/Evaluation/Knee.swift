/// Where a curve bends most: beyond it, more of `x` buys little `y`. Kneedle (Satopää, Albrecht, Irwin and Raghavan, "Finding a 'kneedle'
/// in a haystack", 2011): the axes are scaled to 0...1 and the curve is turned to be concave and increasing; a knee is where its distance
/// from the diagonal is largest. Of the several knees that Kneedle finds in a wavy curve this is the farthest one; that replaces its
/// smoothing.
///
/// For the picture, and for a choice *within* what is certified; from few labels the knee wanders.
public enum Knee {
    /// How the curve runs from left to right.
    public enum Shape: Sendable, Hashable, CaseIterable {
        /// Steep, then flat: a deferral curve.
        case concaveIncreasing
        /// Flat, then steep: losses over coverage.
        case convexIncreasing
        /// Flat, then falling.
        case concaveDecreasing
        /// Falling, then flat.
        case convexDecreasing
    }

    /// The index of the knee, the first one of equals.
    ///
    /// - Parameters:
    ///   - points: with strictly ascending `x`.
    ///   - sensitivity: Kneedle's S: the curve has to fall back from the knee by more than so many mean steps of `x`; 1 is the paper's
    ///     default, 0 the most eager.
    /// - Returns: `nil` when nothing bends so much, or the curve has fewer than 3 points, no height, or values that are not numbers.
    public static func index(of points: [CurvePoint], shape: Shape, sensitivity: Double = 1) -> Int? {
        guard points.count >= 3, zip(points, points.dropFirst()).allSatisfy({ $0.x < $1.x }) else { return nil }
        let distances = distances(points, shape)
        guard distances.allSatisfy(\.isFinite) else { return nil }
        var best = 0
        for place in distances.indices where distances[place] > distances[best] { best = place }
        let isInside = best > 0 && best < points.count - 1
        let lowestAfter = distances[best...].min() ?? 0
        return isInside && distances[best] - lowestAfter > sensitivity / Double(points.count - 1) && distances[best] > 0 ? best : nil
    }

    /// How far each point is above the straight line between the ends, both axes scaled to 0...1 and the curve turned to be concave and
    /// increasing.
    private static func distances(_ points: [CurvePoint], _ shape: Shape) -> [Double] {
        let (left, right) = (points[0].x, points[points.count - 1].x)
        let ys = points.map(\.y)
        let (bottom, top) = (ys.min() ?? 0, ys.max() ?? 0)
        return points.map { point in
            let x = (point.x - left) / (right - left)
            let y = (point.y - bottom) / (top - bottom)
            return switch shape {
            case .concaveIncreasing: y - x
            case .convexIncreasing: x - y
            case .concaveDecreasing: y - (1 - x)
            case .convexDecreasing: 1 - x - y
            }
        }
    }
}
