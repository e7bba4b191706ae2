import Synchronization

/// Everything `/metrics` shows, in the order it was registered.
///
/// Metrics are registered at start and live as long as the registry; there is no removal, so recording needs no lock.
public final class PrometheusRegistry: Sendable {
    private struct State {
        var families: [MetricFamily] = []
        var names: Set<String> = []
        var hooks: [@Sendable () -> Void] = []
        var sources: [any ExpositionSource] = []
    }

    /// The media type of ``render()``.
    public static let contentType = PrometheusText.contentType

    let providers: ProviderLabels
    private let state = Mutex(State())

    /// - Parameter providers: the values of every label of type ``ProviderLabel``.
    public init(providers: ProviderLabels = ProviderLabels([])) {
        self.providers = providers
    }

    /// The text exposition, version 0.0.4: families in registration order, then those that arrived through swift-metrics, by name.
    ///
    /// Runs the scrape hooks first. Safe to call from several threads; takes no lock that recording takes.
    public func render() -> [UInt8] {
        let (hooks, families, sources) = state.withLock { ($0.hooks, $0.families, $0.sources) }
        for hook in hooks { hook() }
        var text: [UInt8] = []
        text.reserveCapacity(64 * 1024)
        for family in families { family.render(into: &text) }
        for source in sources { source.render(into: &text) }
        return text
    }

    /// Runs `hook` at the start of every scrape, on the scraping thread: the place to set gauges that something else owns.
    /// It must not block.
    public func onScrape(_ hook: @escaping @Sendable () -> Void) {
        state.withLock { $0.hooks.append(hook) }
    }

    /// Everything registered so far, without what arrived through swift-metrics.
    public var descriptors: [MetricDescriptor] {
        state.withLock { $0.families.map(\.descriptor) }
    }

    /// Registers a counter; `name` ends in `_total`.
    public func counter<each Label: MetricLabel>(_ name: String, _ help: String) -> Counter<repeat each Label> {
        Counter(family: register(describe(name, .counter, help, [], repeat (each Label).self), .integerCounter))
    }

    /// Registers a counter of an amount that is not a whole number; `name` ends in `_total`.
    public func amount<each Label: MetricLabel>(_ name: String, _ help: String) -> AmountCounter<repeat each Label> {
        AmountCounter(family: register(describe(name, .counter, help, [], repeat (each Label).self), .doubleCounter))
    }

    /// Registers a gauge.
    public func gauge<each Label: MetricLabel>(_ name: String, _ help: String) -> Gauge<repeat each Label> {
        Gauge(family: register(describe(name, .gauge, help, [], repeat (each Label).self), .gauge))
    }

    /// Registers a histogram.
    ///
    /// - Parameter buckets: upper bounds, ascending, finite, 1 to ``Histogram/maxBuckets`` of them; `+Inf` is added.
    public func histogram<each Label: MetricLabel>(
        _ name: String, _ help: String, buckets: [Double], presence: Histogram.Presence = .always
    ) -> LabelledHistogram<repeat each Label> {
        precondition(
            (1...Histogram.maxBuckets).contains(buckets.count) && buckets.allSatisfy(\.isFinite)
                && zip(buckets, buckets.dropFirst()).allSatisfy(<),
            "buckets of \(name): 1 to \(Histogram.maxBuckets) finite, strictly ascending bounds")
        let descriptor = describe(name, .histogram, help, buckets, repeat (each Label).self)
        return LabelledHistogram(family: register(descriptor, .histogram(presence)))
    }

    /// Registers a gauge that is always 1 and carries facts as labels.
    func info(_ name: String, _ help: String, _ facts: [(name: String, value: String)]) {
        let labels = facts.map { MetricDescriptor.Label(name: $0.name, values: [$0.value]) }
        let family = register(
            MetricDescriptor(name: name, type: .gauge, help: help, labels: labels, buckets: []), .gauge)
        family.words.storeDouble(1, at: 0)
    }

    /// Adds families that come and go by their own rules.
    func add(_ source: any ExpositionSource) {
        state.withLock { $0.sources.append(source) }
    }

    /// Whether a family already shows samples under one of these names.
    func usesAny(of names: [String]) -> Bool {
        state.withLock { state in names.contains(where: state.names.contains) }
    }

    private func describe<each Label: MetricLabel>(
        _ name: String, _ type: MetricType, _ help: String, _ buckets: [Double], _ label: repeat (each Label).Type
    ) -> MetricDescriptor {
        var labels: [MetricDescriptor.Label] = []
        for type in repeat each label {
            labels.append(MetricDescriptor.Label(name: type.name, values: type.values(providers: providers)))
        }
        return MetricDescriptor(name: name, type: type, help: help, labels: labels, buckets: buckets)
    }

    private func register(_ descriptor: MetricDescriptor, _ kind: MetricKind) -> MetricFamily {
        let family = MetricFamily(descriptor: descriptor, kind: kind)
        let isNew = state.withLock { state in
            let isNew = state.names.isDisjoint(with: descriptor.sampleNames)
            state.families.append(family)
            state.names.formUnion(descriptor.sampleNames)
            return isNew
        }
        precondition(isNew, "metric \(descriptor.name) is declared twice")
        return family
    }
}

/// Families outside the catalogue.
protocol ExpositionSource: Sendable {
    func render(into text: inout [UInt8])
}
