import Testing

@testable import Cascade
@testable import GatewayHTTP

@Suite("The ring of decisions is bounded twice")
struct DecisionLogTests {
    private func record(_ id: Int, points: Int = 0) -> DecisionRecord {
        var record = DecisionRecord(
            id: "dec_\(id)", requestID: "req_\(id)", createdAt: 0, requestedModel: "auto", route: .draft, decision: .ship, status: .ok,
            reason: "accepted", isStreaming: true)
        for _ in 0..<points {
            record.trace.append(DecisionTrace.Point(ms: 0, entropy: 0, lower: 0, upper: 0, surprisal: 0, statistic: 0))
        }
        return record
    }

    @Test("The newest come first, and the oldest make room", arguments: [1, 2, 3, 7])
    func newestFirst(capacity: Int) {
        let log = DecisionLog(capacity: capacity)
        for id in 0..<20 { log.append(record(id)) }
        #expect(log.recent(100).map(\.id) == (0..<capacity).map { "dec_\(19 - $0)" })
        #expect(log.recent(1).map(\.id) == ["dec_19"])
        #expect(log["dec_19"] != nil)
        #expect(log["dec_\(19 - capacity)"] == nil)
    }

    @Test("A ring of none keeps none")
    func nothing() {
        let log = DecisionLog(capacity: 0)
        log.append(record(1, points: 5))
        #expect(log.recent(10).isEmpty)
    }

    @Test("Points over the total go from the oldest decisions, and only as many as must", arguments: [1, 4, 5, 50])
    func pointsAreBounded(capacity: Int) {
        let log = DecisionLog(capacity: capacity, maxPoints: 100)
        for id in 0..<40 {
            log.append(record(id, points: 30))
            let kept = log.recent(1_000).map(\.trace.points.count)
            #expect(kept.reduce(0, +) <= 100)
            // Newest first: what has its points stands before what has given them up.
            #expect(kept == kept.sorted(by: >))
            #expect(kept.count { $0 == 30 } == min(3, capacity, id + 1))
        }
        #expect(log.recent(1_000).dropFirst(3).allSatisfy { $0.trace.dropped == 30 })
    }

    @Test("One decision with more points than all may have gives them up at once")
    func oneTooLarge() {
        let log = DecisionLog(capacity: 4, maxPoints: 10)
        log.append(record(1, points: 11))
        #expect(log["dec_1"]?.trace.points.isEmpty == true)
        log.append(record(2, points: 10))
        #expect(log["dec_2"]?.trace.points.count == 10)
    }
}
