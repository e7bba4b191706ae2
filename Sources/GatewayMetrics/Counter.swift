/// A count that only grows, one per combination of labels. Updating is one atomic addition; reading is one atomic load.
public struct Counter<each Label: MetricLabel>: Sendable {
    let family: MetricFamily

    /// Adds `amount` (default 1). An amount below 1 is ignored: a counter never falls.
    public func increment(_ label: repeat each Label, by amount: Int = 1) {
        guard amount > 0 else { return }
        family.words.add(UInt64(amount), at: family.series(repeat each label))
    }

    /// The count so far.
    public func value(_ label: repeat each Label) -> Int {
        Int(truncatingIfNeeded: family.words.load(family.series(repeat each label)))
    }

    /// The sum over all combinations of labels.
    public var total: Int {
        (0..<family.words.count).reduce(0) { $0 &+ Int(truncatingIfNeeded: family.words.load($1)) }
    }
}

/// An amount that only grows (US dollars, seconds), one per combination of labels.
public struct AmountCounter<each Label: MetricLabel>: Sendable {
    let family: MetricFamily

    /// Adds `amount`. Negative, infinite and not-a-number amounts are ignored: a counter never falls.
    public func increment(_ label: repeat each Label, by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        family.words.addDouble(amount, at: family.series(repeat each label))
    }

    /// Takes over a total that something else keeps, such as the kernel.
    func adopt(_ label: repeat each Label, total: Double) {
        family.words.storeDouble(total, at: family.series(repeat each label))
    }

    /// The amount so far.
    public func value(_ label: repeat each Label) -> Double {
        family.words.loadDouble(family.series(repeat each label))
    }

    /// The sum over all combinations of labels.
    public var total: Double {
        (0..<family.words.count).reduce(0) { $0 + family.words.loadDouble($1) }
    }
}
