/// What every histogram shares, whatever its labels.
public enum Histogram {
    /// Which series a scrape shows.
    public enum Presence: Sendable {
        /// All of them from the start, with 0.
        case always
        /// Those that were recorded at least once: for labels whose combinations are many and rarely used.
        case onceRecorded
    }

    /// The most bucket bounds a histogram may have (`+Inf` is not counted).
    public static let maxBuckets = 31
}

/// How often a value fell into each of a fixed set of buckets, one such record per combination of labels.
///
/// A single value costs one atomic addition and one compare-and-swap; a batch costs the same per *touched bucket*, not per value.
public struct LabelledHistogram<each Label: MetricLabel>: Sendable {
    let family: MetricFamily

    /// Records one value. Values that are not finite are ignored, so that they cannot spoil the sum.
    public func record(_ label: repeat each Label, value: Double) {
        guard value.isFinite else { return }
        let bounds = family.descriptor.buckets
        let base = family.series(repeat each label) * family.width
        family.words.add(1, at: base + bucketIndex(of: value, in: bounds))
        family.words.addDouble(value, at: base + bounds.count + 1)
    }

    /// Records a duration in seconds.
    public func record(_ label: repeat each Label, duration: Duration) {
        record(repeat each label, value: duration.inSeconds)
    }

    /// Records many values with as few atomic operations as buckets they touch. No allocation.
    public func record(_ label: repeat each Label, contentsOf values: Span<Double>) {
        var batch = HistogramBatch(family: family)
        for index in values.indices {
            batch.record(values[index])
        }
        record(repeat each label, batch: &batch)
    }

    /// An empty batch for this histogram; keep one per stream, fill it token by token, hand it in once per socket read.
    public func makeBatch() -> HistogramBatch {
        HistogramBatch(family: family)
    }

    /// Records what `batch` holds and empties it. The batch must come from this histogram's ``makeBatch()``.
    public func record(_ label: repeat each Label, batch: inout HistogramBatch) {
        precondition(batch.family === family, "a batch belongs to the histogram that made it")
        guard batch.count > 0 else { return }
        let base = family.series(repeat each label) * family.width
        for index in 0...family.descriptor.buckets.count where batch.counts[index] > 0 {
            family.words.add(UInt64(batch.counts[index]), at: base + index)
        }
        family.words.addDouble(batch.sum, at: base + family.descriptor.buckets.count + 1)
        batch.removeAll()
    }

    /// How many values were recorded.
    public func count(_ label: repeat each Label) -> Int {
        let base = family.series(repeat each label) * family.width
        return (0...family.descriptor.buckets.count).reduce(0) { $0 &+ Int(truncatingIfNeeded: family.words.load(base + $1)) }
    }

    /// The sum of the values recorded.
    public func sum(_ label: repeat each Label) -> Double {
        family.words.loadDouble(family.series(repeat each label) * family.width + family.descriptor.buckets.count + 1)
    }
}

/// Values gathered on one thread before they are added to a histogram. Fixed size: recording never allocates.
public struct HistogramBatch: Sendable {
    let family: MetricFamily
    fileprivate(set) var counts = InlineArray<32, UInt32>(repeating: 0)
    fileprivate(set) var sum = 0.0
    /// Values recorded since the batch was last handed in.
    public fileprivate(set) var count = 0

    init(family: MetricFamily) {
        self.family = family
    }

    /// Adds one value; values that are not finite are ignored.
    public mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        counts[bucketIndex(of: value, in: family.descriptor.buckets)] += 1
        sum += value
        count += 1
    }

    mutating func removeAll() {
        counts = InlineArray(repeating: 0)
        sum = 0
        count = 0
    }
}

/// The first bucket whose bound is at least `value` (bounds are inclusive, as `le` says); the last one is `+Inf`.
private func bucketIndex(of value: Double, in bounds: [Double]) -> Int {
    var low = 0
    var high = bounds.count
    while low < high {
        let middle = (low + high) / 2
        if bounds[middle] < value {
            low = middle + 1
        } else {
            high = middle
        }
    }
    return low
}

extension Duration {
    /// As a Prometheus base unit.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
