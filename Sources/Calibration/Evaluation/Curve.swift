/// A point of a curve.
public struct CurvePoint: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Straight lines between points of ascending `x`.
enum Polyline {
    /// The value at `x`; beyond the ends that of the end; `nil` without points. Where several points share an `x`, the last one's.
    static func value(at x: Double, of points: [CurvePoint]) -> Double? {
        guard let first = points.first, let last = points.last else { return nil }
        if x < first.x { return first.y }
        if !(x < last.x) { return last.y }
        var (low, high) = (0, points.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if points[middle].x <= x { low = middle } else { high = middle }
        }
        let (a, b) = (points[low], points[high])
        return b.x > a.x ? a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) : b.y
    }

    /// The area between the curve and zero.
    static func area(_ points: [CurvePoint]) -> Double {
        zip(points, points.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.0.y + $1.1.y) / 2 }
    }

    /// The least `x` at which the curve is at or above `y`; `nil` when it never is.
    static func firstReaching(_ y: Double, of points: [CurvePoint]) -> Double? {
        guard let first = points.first else { return nil }
        if first.y >= y { return first.x }
        for (a, b) in zip(points, points.dropFirst()) where b.y >= y {
            return a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y)
        }
        return nil
    }
}
