/// Sum, maximum and length over one sentence or line.
public struct SpanStatistics: Sendable, Hashable {
    /// Bits.
    public private(set) var sum = 0.0
    /// Bits.
    public private(set) var max = 0.0
    /// Observed tokens.
    public private(set) var count = 0

    public init() {}

    @inline(__always)
    mutating func append(_ value: Double) {
        sum += value
        max = Swift.max(max, value)
        count += 1
    }
}
