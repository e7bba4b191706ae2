import CoreMetrics
import Testing

@testable import GatewayMetrics

@Suite struct SwiftMetricsTests {
    let metrics = GatewayMetrics(version: "1", providers: [])
    var factory: PrometheusMetricsFactory { metrics.swiftMetrics }

    @Test func whatALibraryEmitsIsShownUnderALegalName() {
        CoreMetrics.Counter(label: "hb.requests", dimensions: [("b-status", "200"), ("a", "x\"y")], factory: factory).increment(by: 3)
        CoreMetrics.FloatingPointCounter(label: "9lives", factory: factory).increment(by: 0.5)
        CoreMetrics.Meter(label: "pool.size", factory: factory).set(7)
        CoreMetrics.Recorder(label: "queue", dimensions: [("le", "q")], aggregate: true, factory: factory).record(3)
        CoreMetrics.Recorder(label: "last", aggregate: false, factory: factory).record(4.5)
        CoreMetrics.Timer(label: "hb.request.duration", factory: factory).recordNanoseconds(20_000_000)

        let samples = samples(of: metrics.registry)
        #expect(samples["hb_requests_total{a=\"x\\\"y\",b_status=\"200\"}"] == 3)
        #expect(samples["_9lives_total"] == 0.5)
        #expect(samples["pool_size"] == 7)
        #expect(samples["queue_bucket{le_=\"q\",le=\"2\"}"] == 0)
        #expect(samples["queue_bucket{le_=\"q\",le=\"5\"}"] == 1)
        #expect(samples["last"] == 4.5)
        #expect(samples["hb_request_duration_seconds_bucket{le=\"0.01\"}"] == 0)
        #expect(samples["hb_request_duration_seconds_bucket{le=\"0.025\"}"] == 1)
        #expect(samples["hb_request_duration_seconds_sum"] == 0.02)
        #expect(samples["qualm_dropped_series_total"] == 0)
    }

    @Test func theSameNameAndDimensionsAreTheSameSeriesInAnyOrder() {
        factory.makeCounter(label: "c", dimensions: [("x", "1"), ("y", "2")]).increment(by: 1)
        factory.makeCounter(label: "c", dimensions: [("y", "2"), ("x", "1")]).increment(by: 1)
        #expect(samples(of: metrics.registry)["c_total{x=\"1\",y=\"2\"}"] == 2)
    }

    @Test func atMostAThousandSeriesExist() {
        for index in 0..<1_200 {
            factory.makeCounter(label: "c", dimensions: [("client", "\(index)")]).increment(by: 1)
        }
        let samples = samples(of: metrics.registry)
        #expect(samples.keys.count(where: { $0.hasPrefix("c_total{") }) == 1_000)
        #expect(samples["qualm_dropped_series_total"] == 200)
    }

    @Test func aDestroyedSeriesIsGoneAndLeavesRoomForAnother() {
        var handlers: [any MeterHandler] = []
        for index in 0..<1_000 { handlers.append(factory.makeMeter(label: "m", dimensions: [("i", "\(index)")])) }
        factory.destroyMeter(handlers[17])
        #expect(samples(of: metrics.registry)["m{i=\"17\"}"] == nil)
        factory.makeMeter(label: "m", dimensions: [("i", "new")]).set(5 as Int64)
        let samples = samples(of: metrics.registry)
        #expect(samples["m{i=\"new\"}"] == 5)
        #expect(samples["qualm_dropped_series_total"] == 0)
    }

    @Test func aNameThatHasAnotherMeaningIsRefused() {
        factory.makeCounter(label: "qualm_requests_total", dimensions: []).increment(by: 1_000_000)
        factory.makeMeter(label: "twice", dimensions: []).set(1 as Int64)
        factory.makeRecorder(label: "twice", dimensions: [], aggregate: true).record(1 as Int64)
        factory.makeRecorder(label: "spread", dimensions: [], aggregate: true).record(1 as Int64)
        factory.makeMeter(label: "spread_count", dimensions: []).set(99 as Int64)
        let samples = samples(of: metrics.registry)
        #expect(samples["qualm_requests_total"] == nil)
        #expect(samples["twice"] == 1)
        #expect(samples["twice_count"] == nil)
        #expect(samples["spread_count"] == 1)
        #expect(samples["qualm_dropped_series_total"] == 3)
    }
}

/// One series of every kind, as a library would emit them.
func emitThroughSwiftMetrics(_ factory: PrometheusMetricsFactory) {
    factory.makeCounter(label: "http.server.requests", dimensions: [("endpoint", "/v1/{id}")]).increment(by: 1)
    factory.makeFloatingPointCounter(label: "work", dimensions: []).increment(by: 0.5)
    factory.makeMeter(label: "pool.size", dimensions: []).set(3 as Int64)
    factory.makeRecorder(label: "queue.length", dimensions: [], aggregate: true).record(4 as Int64)
    factory.makeTimer(label: "http.server.duration", dimensions: []).recordNanoseconds(1_000_000)
}
