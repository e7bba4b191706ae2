public import CoreMetrics
import Synchronization

/// The swift-metrics back end: what libraries emit through swift-metrics appears in ``PrometheusRegistry/render()`` too.
///
/// Names become legal Prometheus names (`http.server.requests` reads `http_server_requests`); counters end in `_total` and timers, which
/// are histograms of seconds, in `_seconds`; recorders are histograms, or gauges when they do not aggregate. The same name and
/// dimensions mean the same series.
///
/// At most ``maxSeries`` series exist at one time. A series beyond that, one whose name is taken by the catalogue, or one whose name
/// already has another type, records nothing and is counted by `qualm_dropped_series_total`.
public final class PrometheusMetricsFactory: MetricsFactory {
    private struct Family {
        let descriptor: MetricDescriptor
        var series: [String: MetricFamily] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var nameOwners: [String: String] = [:]
        var seriesCount = 0
    }

    /// Bytes of a dimension's value that are kept.
    public static let maxValueBytes = 256

    /// The bound on series, default 1,000.
    public let maxSeries: Int
    private let registry: PrometheusRegistry
    private let dropped: Counter<>
    private let state = Mutex(State())

    /// Makes a back end that shows its series in `registry`.
    ///
    /// - Parameter dropped: counts the series that were refused.
    init(registry: PrometheusRegistry, dropped: Counter<>, maxSeries: Int = 1_000) {
        self.registry = registry
        self.maxSeries = maxSeries
        self.dropped = dropped
        registry.add(Source(factory: self))
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard let family = series(Self.name(label, suffix: "_total"), dimensions, .counter, .doubleCounter) else {
            return NOOPMetricsHandler.instance
        }
        return CounterSeries(counter: AmountCounter(family: family))
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        guard let family = series(Self.name(label, suffix: "_total"), dimensions, .counter, .doubleCounter) else {
            return NOOPMetricsHandler.instance
        }
        return CounterSeries(counter: AmountCounter(family: family))
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        guard let family = series(Self.name(label, suffix: ""), dimensions, .gauge, .gauge) else { return NOOPMetricsHandler.instance }
        return GaugeSeries(family: family)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let name = Self.name(label, suffix: "")
        if aggregate {
            guard let family = series(name, dimensions, .histogram, .histogram(.always)) else { return NOOPMetricsHandler.instance }
            return HistogramSeries(histogram: LabelledHistogram(family: family))
        }
        guard let family = series(name, dimensions, .gauge, .gauge) else { return NOOPMetricsHandler.instance }
        return GaugeSeries(family: family)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        guard let family = series(Self.name(label, suffix: "_seconds"), dimensions, .histogram, .histogram(.always)) else {
            return NOOPMetricsHandler.instance
        }
        return HistogramSeries(histogram: LabelledHistogram(family: family))
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget((handler as? CounterSeries)?.counter.family) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        forget((handler as? CounterSeries)?.counter.family)
    }
    public func destroyMeter(_ handler: any MeterHandler) { forget((handler as? GaugeSeries)?.family) }
    public func destroyRecorder(_ handler: any RecorderHandler) {
        forget((handler as? HistogramSeries)?.histogram.family ?? (handler as? GaugeSeries)?.family)
    }
    public func destroyTimer(_ handler: any TimerHandler) { forget((handler as? HistogramSeries)?.histogram.family) }

    /// The series of that name and those dimensions, made on first use; `nil` (and counted) when it may not exist.
    private func series(_ name: String, _ dimensions: [(String, String)], _ type: MetricType, _ kind: MetricKind) -> MetricFamily? {
        let descriptor = MetricDescriptor(
            name: name, type: type, help: "Emitted through swift-metrics by a library.", labels: Self.labels(dimensions),
            buckets: type == .histogram ? (name.hasSuffix("_seconds") ? Buckets.requestSeconds : Buckets.decades) : [])
        let isTaken = registry.usesAny(of: descriptor.sampleNames)
        let family = state.withLock { state -> MetricFamily? in
            guard !isTaken, descriptor.sampleNames.allSatisfy({ (state.nameOwners[$0] ?? name) == name }),
                state.families[name].map({ $0.descriptor.type == type }) ?? true
            else { return nil }
            let made = MetricFamily(descriptor: descriptor, kind: kind)
            let key = made.labelTexts[0]
            if let existing = state.families[name]?.series[key] { return existing }
            guard state.seriesCount < maxSeries else { return nil }
            for sampleName in descriptor.sampleNames { state.nameOwners[sampleName] = name }
            state.families[name, default: Family(descriptor: descriptor)].series[key] = made
            state.seriesCount += 1
            return made
        }
        if family == nil { dropped.increment() }
        return family
    }

    /// Takes a destroyed series out of the exposition and makes room for another.
    private func forget(_ family: MetricFamily?) {
        guard let family else { return }
        let name = family.descriptor.name
        state.withLock { state in
            guard state.families[name]?.series[family.labelTexts[0]] === family else { return }
            state.families[name]?.series[family.labelTexts[0]] = nil
            state.seriesCount -= 1
            if state.families[name]?.series.isEmpty == true {
                state.families[name] = nil
                for sampleName in family.descriptor.sampleNames { state.nameOwners[sampleName] = nil }
            }
        }
    }

    fileprivate func render(into text: inout [UInt8]) {
        let families = state.withLock { $0.families }
        for (_, family) in families.sorted(by: { $0.key < $1.key }) {
            family.descriptor.renderHead(into: &text)
            for (_, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.renderSamples(into: &text)
            }
        }
    }

    private static func name(_ label: String, suffix: String) -> String {
        let name = PrometheusText.metricName(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Sorted by name, so that the order in which a library lists its dimensions does not matter. Of two dimensions whose names become
    /// equal the first counts; `le` belongs to histograms and becomes `le_`.
    private static func labels(_ dimensions: [(String, String)]) -> [MetricDescriptor.Label] {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            var label = PrometheusText.labelName(name)
            if label == "le" { label = "le_" }
            if values[label] == nil {
                values[label] = String(decoding: value.utf8.prefix(maxValueBytes), as: UTF8.self)
            }
        }
        return values.sorted { $0.key < $1.key }.map { MetricDescriptor.Label(name: $0.key, values: [$0.value]) }
    }

    /// The registry keeps the source, the caller keeps the factory: no cycle.
    private struct Source: ExpositionSource {
        weak var factory: PrometheusMetricsFactory?

        func render(into text: inout [UInt8]) {
            factory?.render(into: &text)
        }
    }
}
