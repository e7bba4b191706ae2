/// c_k: how many bits one unit of unseen tail mass adds to the coarse entropy on average, depending on how many tokens were listed.
///
/// The point estimate is `coarse + c_k * tailMass`, clamped between the bounds. Between the given points the coefficient is interpolated
/// linearly; outside them the nearest point's value holds.
public struct TailCoefficients: Sendable {
    /// Index k, 0...20. OpenAI, Together and DeepSeek list at most 20 tokens; longer lists use the value at 20.
    private var dense: InlineArray<21, Double>

    /// A measured value of c_k.
    public struct Point: Sendable, Hashable {
        /// Number of listed tokens, 1 or more.
        public var k: Int
        /// Bits per unit of tail mass, 0 or more.
        public var bits: Double

        public init(k: Int, bits: Double) {
            self.k = k
            self.bits = bits
        }
    }

    /// Coefficients measured on recorded top-20 and top-10 lists of OpenAI models. At k = 5 they cut the error against k = 20 from
    /// .163 to .017 bits.
    public static let measured = TailCoefficients(ascending: [
        Point(k: 1, bits: 1.49), Point(k: 2, bits: 2.28), Point(k: 3, bits: 2.74), Point(k: 5, bits: 3.17),
        Point(k: 8, bits: 3.05), Point(k: 10, bits: 2.73), Point(k: 20, bits: 3.0),
    ])

    /// - Parameter points: at least one; k from 1 to 20 in ascending order, finite non-negative bits.
    /// - Throws: ``ParameterError`` naming the first point that breaks this.
    public init(points: [Point]) throws(ParameterError) {
        guard !points.isEmpty else {
            throw ParameterError("tail coefficients", is: "empty", expected: "at least one point")
        }
        for (index, point) in points.enumerated() {
            guard (1...20).contains(point.k), index == 0 || point.k > points[index - 1].k else {
                throw ParameterError("tail coefficients", is: "k = \(point.k) at position \(index)", expected: "k from 1 to 20, ascending")
            }
            guard point.bits.isFinite, point.bits >= 0 else {
                throw ParameterError(
                    "tail coefficients", is: "\(point.bits) bits at k = \(point.k)", expected: "a finite number, 0 or more")
            }
        }
        self.init(ascending: points)
    }

    /// Coefficient for a list of `k` tokens; k below 1 is read as 1, above 20 as 20.
    @inline(__always)
    public subscript(k: Int) -> Double { dense[min(max(k, 0), 20)] }

    private init(ascending points: [Point]) {
        dense = InlineArray(repeating: 0)
        for k in 0...20 {
            let above = points.firstIndex { $0.k >= k }
            switch above {
            case nil: dense[k] = points[points.count - 1].bits
            case 0?: dense[k] = points[0].bits
            case let index?:
                let (low, high) = (points[index - 1], points[index])
                let share = Double(k - low.k) / Double(high.k - low.k)
                dense[k] = low.bits + share * (high.bits - low.bits)
            }
        }
    }
}
