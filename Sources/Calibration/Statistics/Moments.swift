/// Mean and variance of numbers that come one by one, without the cancellation of sums of squares (Welford, Technometrics 4, 1962); two of
/// them merge into that of all numbers (Chan, Golub and LeVeque, 1979).
public struct Moments: Sendable, Hashable {
    public private(set) var count = 0
    /// 0 while empty.
    public private(set) var mean = 0.0
    /// Sum of the squared distances from the mean.
    public private(set) var squares = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) {
        for value in values { add(value) }
    }

    public mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / Double(count)
        squares += distance * (value - mean)
    }

    public mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        let total = count + other.count
        let distance = other.mean - mean
        squares += other.squares + distance * distance * (Double(count) / Double(total)) * Double(other.count)
        mean += distance * Double(other.count) / Double(total)
        count = total
    }

    /// Of the sample, by n - 1; 0 below two numbers.
    public var variance: Double { count > 1 ? squares / Double(count - 1) : 0 }

    public var deviation: Double { variance.squareRoot() }
}
