import CoreMetrics

// One object per series; swift-metrics keeps them for as long as the library's own handle lives.

final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    let counter: AmountCounter<>

    init(counter: AmountCounter<>) { self.counter = counter }

    func increment(by amount: Int64) { counter.increment(by: Double(amount)) }
    func increment(by amount: Double) { counter.increment(by: amount) }
    func reset() { counter.adopt(total: 0) }
}

final class GaugeSeries: MeterHandler, RecorderHandler {
    let family: MetricFamily

    init(family: MetricFamily) { self.family = family }

    func set(_ value: Int64) { family.words.storeDouble(Double(value), at: 0) }
    func set(_ value: Double) { family.words.storeDouble(value, at: 0) }
    func increment(by amount: Double) { family.words.addDouble(amount, at: 0) }
    func decrement(by amount: Double) { family.words.addDouble(-amount, at: 0) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

final class HistogramSeries: RecorderHandler, TimerHandler {
    let histogram: LabelledHistogram<>

    init(histogram: LabelledHistogram<>) { self.histogram = histogram }

    func record(_ value: Int64) { histogram.record(value: Double(value)) }
    func record(_ value: Double) { histogram.record(value: value) }
    func recordNanoseconds(_ duration: Int64) { histogram.record(value: Double(duration) * 1e-9) }
}
