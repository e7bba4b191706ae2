import Testing

@testable import GatewayMetrics

/// A small seeded generator, so that a failing case can be repeated from its seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct RecordingTests {
    @Test func noUpdateIsLostWhenEightTasksRecordAtOnce() async {
        let registry = PrometheusRegistry()
        let counter: Counter<DirectionLabel> = registry.counter("t_total", "T.")
        let amount: AmountCounter<> = registry.amount("t_usd_total", "T.")
        let gauge: Gauge<> = registry.gauge("t", "T.")
        let histogram: LabelledHistogram<> = registry.histogram("t_seconds", "T.", buckets: [1, 2])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { @concurrent in
                    for step in 0..<2_000 {
                        counter.increment(task % 2 == 0 ? .input : .output, by: 2)
                        amount.increment(by: 0.25)
                        gauge.increment()
                        histogram.record(value: Double(step % 3) + 0.5)
                        gauge.decrement()
                    }
                }
            }
        }
        #expect(counter.value(.input) == 16_000)
        #expect(counter.value(.output) == 16_000)
        #expect(counter.total == 32_000)
        #expect(amount.value() == 4_000)
        #expect(gauge.value() == 0)
        #expect(histogram.count() == 16_000)
        #expect(histogram.sum() == 8 * (667 * 0.5 + 667 * 1.5 + 666 * 2.5))
    }

    @Test func aCounterNeverFalls() {
        let registry = PrometheusRegistry()
        let counter: Counter<> = registry.counter("t_total", "T.")
        let amount: AmountCounter<> = registry.amount("t_usd_total", "T.")
        counter.increment(by: 5)
        counter.increment(by: -3)
        counter.increment(by: 0)
        amount.increment(by: 1.5)
        for bad in [-1, Double.nan, .infinity, -Double.infinity] { amount.increment(by: bad) }
        #expect(counter.value() == 5)
        #expect(amount.value() == 1.5)
    }

    @Test func everyCombinationOfLabelsHasItsOwnSeries() {
        let providers = ProviderLabels(["a", "b"])
        let registry = PrometheusRegistry(providers: providers)
        let counter: Counter<ProviderLabel, LegLabel, UpstreamOutcomeLabel> = registry.counter("t_total", "T.")
        var expected = 0
        for provider in ["a", "b", "unknown"] {
            for leg in LegLabel.allCases {
                for outcome in UpstreamOutcomeLabel.allCases {
                    expected += 1
                    counter.increment(providers[provider], leg, outcome, by: expected)
                }
            }
        }
        let text = String(decoding: registry.render(), as: UTF8.self)
        #expect(text.contains("t_total{provider=\"a\",leg=\"draft\",outcome=\"ok\"} 1\n"))
        #expect(text.contains("t_total{provider=\"b\",leg=\"direct\",outcome=\"rate_limited\"} 45\n"))
        #expect(text.contains("t_total{provider=\"other\",leg=\"direct\",outcome=\"rate_limited\"} 75\n"))
        #expect(counter.total == 90 * 91 / 2)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func histogramsAgreeWithANaiveCount(seed: UInt64) {
        var random = SplitMix(state: seed)
        let bounds = (0..<Int.random(in: 1...Histogram.maxBuckets, using: &random)).map { Double($0 * $0) / 4 }
        let registry = PrometheusRegistry()
        let single: LabelledHistogram<> = registry.histogram("t_single", "T.", buckets: bounds)
        let batched: LabelledHistogram<> = registry.histogram("t_batched", "T.", buckets: bounds)
        let spanned: LabelledHistogram<> = registry.histogram("t_spanned", "T.", buckets: bounds)
        // Multiples of 1/8 add up exactly, and many of them are bounds themselves.
        var values = (0..<500).map { _ in Double(Int.random(in: -8...2_400, using: &random)) / 8 }
        values += [.nan, .infinity, -.infinity]
        values.shuffle(using: &random)

        for value in values { single.record(value: value) }
        var batch = batched.makeBatch()
        for value in values {
            batch.record(value)
            if Int.random(in: 0..<7, using: &random) == 0 { batched.record(batch: &batch) }
        }
        batched.record(batch: &batch)
        #expect(batch.count == 0)
        spanned.record(contentsOf: values.span)

        let finite = values.filter(\.isFinite)
        for histogram in [single, batched, spanned] {
            let base = histogram.family.words
            for (index, bound) in bounds.enumerated() {
                let cumulative = (0...index).reduce(0) { $0 + Int(base.load($1)) }
                #expect(cumulative == finite.count(where: { $0 <= bound }), "le \(bound), seed \(seed)")
            }
            #expect(histogram.count() == finite.count)
            #expect(histogram.sum() == finite.reduce(0, +))
        }
    }

    @Test func providersBeyondTheBoundAndUnknownNamesShareOneLabel() {
        let labels = ProviderLabels((0..<100).map { "p\($0)" } + ["p0"])
        #expect(labels.texts.count == ProviderLabels.capacity + 1)
        #expect(labels["p0"] != .other)
        #expect(labels["p63"].slot == 64)
        #expect(labels["p64"] == .other)
        #expect(labels["whatever a client sends"] == .other)
        #expect(labels["other"] == .other)
    }
}
