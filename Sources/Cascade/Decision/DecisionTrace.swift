/// The numbers of each observed token: 24 bytes a token, no text.
public struct DecisionTrace: Sendable {
    public struct Point: Sendable, Hashable {
        /// Milliseconds since the request was accepted.
        public var ms: Float
        /// Estimated entropy and its bounds, in bits.
        public var entropy: Float
        public var lower: Float
        public var upper: Float
        public var surprisal: Float
        /// The strategy's statistic after this token, in its unit.
        public var statistic: Float

        public init(ms: Float, entropy: Float, lower: Float, upper: Float, surprisal: Float, statistic: Float) {
            self.ms = ms
            self.entropy = entropy
            self.lower = lower
            self.upper = upper
            self.surprisal = surprisal
            self.statistic = statistic
        }
    }

    public private(set) var points: [Point] = []
    /// Points beyond the limit, counted but not kept.
    public private(set) var dropped = 0
    private let limit: Int

    /// - Parameter limit: points kept. Default 2,048.
    public init(limit: Int = 2_048) {
        self.limit = limit
    }

    @inline(__always)
    public mutating func append(_ point: Point) {
        if points.count < limit { points.append(point) } else { dropped += 1 }
    }

    /// Gives up the points, for a ring that is over its total.
    public mutating func forget() {
        dropped += points.count
        points = []
    }
}
