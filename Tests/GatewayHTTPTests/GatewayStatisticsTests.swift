import Testing

@testable import Cascade
@testable import GatewayHTTP

@Suite("The counters of /stats")
struct GatewayStatisticsTests {
    private func record(model: String, reason: String = "accepted") -> DecisionRecord {
        var record = DecisionRecord(
            id: "d", requestID: "r", createdAt: 0, requestedModel: model, route: .draft, decision: .ship, status: .ok, reason: reason,
            isStreaming: true)
        record.legs = [
            LegRecord(
                leg: .draft, model: ModelName(provider: "p", model: model), attempt: 1,
                tokens: TokenCount(input: 2, output: 3, source: .provider), costUSD: nil, end: .completed, isWasted: false, startedMs: 0,
                firstByteMs: nil, endedMs: 1)
        ]
        return record
    }

    @Test("Names that clients make up do not grow the counters without bound, and nothing goes uncounted")
    func modelsAreBounded() {
        let statistics = GatewayStatistics(now: { 0 })
        let names = GatewayStatistics.maxModels + 500
        for _ in 0..<2 {
            for index in 0..<names { statistics.add(record(model: "m\(index)"), savedUSD: nil) }
        }
        let models = statistics.snapshot.totals.models
        #expect(models.count == GatewayStatistics.maxModels + 1)
        #expect(models["p:m0"]?.calls == 2)
        #expect(models["other"]?.calls == 1_000)
        #expect(models.values.reduce(0) { $0 + $1.outputTokens } == 2 * 3 * names)
    }

    @Test("A draft that nobody judged is not an accepted one")
    func unjudged() {
        let statistics = GatewayStatistics(now: { 0 })
        statistics.add(record(model: "m"), savedUSD: nil)
        statistics.add(record(model: "m", reason: "not_judged"), savedUSD: nil)
        let body = String(decoding: StatsEndpoint(statistics: statistics).show().body, as: UTF8.self)
        #expect(body.contains(#""drafts":{"accepted":1,"rejected":0"#))
    }
}
