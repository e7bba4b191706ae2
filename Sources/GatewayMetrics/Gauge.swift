/// A value that goes up and down, one per combination of labels.
///
/// For a value that something else owns, set it from ``PrometheusRegistry/onScrape(_:)``.
public struct Gauge<each Label: MetricLabel>: Sendable {
    let family: MetricFamily

    public func set(_ label: repeat each Label, to value: Double) {
        family.words.storeDouble(value, at: family.series(repeat each label))
    }

    /// Adds 1.
    public func increment(_ label: repeat each Label) {
        family.words.addDouble(1, at: family.series(repeat each label))
    }

    /// Subtracts 1. Whoever increments pairs it with one decrement on every exit path.
    public func decrement(_ label: repeat each Label) {
        family.words.addDouble(-1, at: family.series(repeat each label))
    }

    /// The value last set; 0 before.
    public func value(_ label: repeat each Label) -> Double {
        family.words.loadDouble(family.series(repeat each label))
    }
}
