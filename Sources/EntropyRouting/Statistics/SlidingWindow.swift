/// The last W values and the mean over them. O(1) per value; one allocation, in `init`; the sum is taken afresh every W values, so rounding
/// cannot accumulate however long the stream is.
///
/// Copying a window and then adding to either copy allocates once, as with any Swift array: keep it in one place.
public struct SlidingWindow: Sendable, Hashable {
    /// W, 1 or more.
    public let capacity: Int
    /// Values in the window, 0...capacity.
    public private(set) var count = 0
    /// Sum of the values in the window.
    public private(set) var sum = 0.0

    private var values: [Double]
    private var next = 0
    private var greatestFullMean = -Double.infinity

    /// - Parameter capacity: W; below 1 counts as 1.
    public init(capacity: Int) {
        self.capacity = max(1, capacity)
        values = Array(repeating: 0, count: self.capacity)
    }

    public var isFull: Bool { count == capacity }

    /// Mean of what is in the window, full or not; 0 while it is empty.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// Sum over W whatever was seen: for values that are never negative, what the first full window will reach at least.
    public var certainMean: Double { sum / Double(capacity) }

    /// Greatest mean of a full window so far; the mean of what was seen while none was full.
    public var maxMean: Double { greatestFullMean == -.infinity ? mean : greatestFullMean }

    /// Adds a value; the oldest leaves a full window.
    public mutating func append(_ value: Double) {
        if isFull { sum -= values[next] } else { count += 1 }
        values[next] = value
        sum += value
        next += 1
        if next == capacity {
            next = 0
            sum = values.reduce(0, +)
        }
        if isFull { greatestFullMean = max(greatestFullMean, sum / Double(capacity)) }
    }
}
