import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whatever the cache needs is down, slow, or talks nonsense: requests do not notice.
@Suite struct CacheOutageTests {
    struct Embedder: Sendable {
        /// Words of its name.
        var words: String
        var kind: String
    }

    static let embedders = [
        Embedder(words: "refuse", kind: "unavailable"), Embedder(words: "err503", kind: "unavailable"),
        Embedder(words: "err401", kind: "unauthorized"), Embedder(words: "err429", kind: "overloaded"),
        Embedder(words: "stallhead", kind: "timeout"), Embedder(words: "stallmid", kind: "timeout"),
        Embedder(words: "malformed", kind: "malformed"), Embedder(words: "errorevent", kind: "malformed"),
        Embedder(words: "cutmid", kind: "unavailable"),
    ]

    @Test("An embedder that is down, slow or talks nonsense is a miss, and with its breaker open it is not asked any more")
    func embedders() async throws {
        // Most of the time of each is waiting.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for fault in Self.embedders { tasks.addTask { try await check(fault) } }
            try await tasks.waitForAll()
        }
    }

    private func check(_ fault: Embedder) async throws {
        let comment: Comment = "the embedder says \(fault.words)"
        var config = GatewayConfig.caching(
            ["deadline_ms: 500", "breaker_failures: 3", "breaker_open_ms: 600000"], embedder: "embed-\(fault.words)")
        config.drafter = "o-n12-f700000"
        try await withGateway(config) { gateway in
            let started = ContinuousClock.now
            let answers = try await gateway.chats((0..<6).map { ChatCall(streaming: $0 % 2 == 0, prompt: "Name tree number \($0).") })
            #expect(answers.allSatisfy { $0.status == 200 && $0.header("x-qualm-route") == "draft" }, comment)
            // The drafter takes 0.7 s, a lookup 0.5 s beside it, and room for a machine that is busy.
            #expect(ContinuousClock.now - started < .seconds(8), comment)
            #expect(try await eventually { try await gateway.metric("qualm_store_breaker_open", "store=\"embedder\"") == 1 }, comment)
            #expect(try await gateway.metric("qualm_store_errors_total", "store=\"embedder\"", "kind=\"\(fault.kind)\"") >= 1, comment)
            #expect(try await gateway.cacheStatistics()["open_breakers"]?.array == ["embedder"], comment)

            let next = try await gateway.chats((0..<4).map { ChatCall(prompt: "Name bird number \($0).") })
            for answer in next {
                #expect(answer.status == 200 && answer.header("x-qualm-route") == "draft", comment)
                let cache = try await gateway.decision(of: answer)["cache"]
                #expect(
                    cache?["exact"]?.string == "miss" && cache?["vector"]?.string == "breaker_open", "\(fault.words): \(cache ?? .null)")
            }
            // What had been begun before may still have come; nothing of these.
            let texts = gateway.simulator.report().records.filter { $0.path == "/v1/embeddings" }.compactMap(\.body)
            #expect(!texts.isEmpty && !texts.contains { String(decoding: $0, as: UTF8.self).contains("bird") }, comment)
            // The exact level needs no embedder.
            try await gateway.waitUntilStored(10)
            #expect(try await gateway.chat(ChatCall(prompt: "Name bird number 1.")).isFromCache, comment)
            #expect(try await gateway.chat(ChatCall(prompt: "Name tree number 1.")).isFromCache, comment)
        }
    }

    @Test("An embedder that is back is found again when its breaker's time is over")
    func recovery() async throws {
        var config = GatewayConfig.caching(["breaker_failures: 1", "breaker_open_ms: 50"])
        config.drafter = "o-n12-f150000"
        var options = SimulatorOptions()
        options.scenario.rules = [.init(model: "embed", behaviour: Behaviour(words: "err503"), times: 1)]
        try await withGateway(config, options: options) { gateway in
            _ = try await gateway.chat(ChatCall(prompt: "Name a tree."))
            #expect(try await gateway.metric("qualm_store_errors_total", "store=\"embedder\"") >= 1)
            let isBack = try await eventually(within: .seconds(10)) {
                _ = try await gateway.chat(ChatCall(prompt: "Name a stone.", headers: [("x-qualm-cache", "no-cache")]))
                return try await gateway.cacheStatistics()["vectors"]?.int == 1
            }
            #expect(isBack)
            #expect(try await eventually { try await gateway.metric("qualm_store_breaker_open") == 0 })
            #expect(try await gateway.chat(ChatCall(prompt: "name a stone")).isFromCache)
        }
    }

    @Test("Without Redis and Qdrant every request is answered in time, and their breakers open; the operator is told 503")
    func absentStores() async throws {
        let (redis, qdrant) = (try closedPort(), try closedPort())
        var config = GatewayConfig.caching(
            ["store: redis_qdrant", "deadline_ms: 200", "breaker_failures: 3", "breaker_open_ms: 600000"],
            sections: "redis:\n  url: redis://127.0.0.1:\(redis)/0\nqdrant:\n  url: http://127.0.0.1:\(qdrant)\n")
        config.drafter = "o-n12-f250000"
        try await withGateway(config) { gateway in
            // For the operator, unlike for a request, the failure is the answer.
            async let deletion = gateway.request("DELETE", "/v1/cache")
            let started = ContinuousClock.now
            for round in 0..<2 {
                let answers = try await gateway.chats(
                    (0..<5).map { ChatCall(streaming: $0 % 2 == 0, prompt: "Name tree number \($0 + round).") })
                for answer in answers {
                    #expect(answer.status == 200 && answer.header("x-qualm-route") == "draft")
                    let exact = try await gateway.decision(of: answer)["cache", "exact"]?.string
                    #expect(["error", "timeout", "breaker_open"].contains(exact), "\(exact ?? "nothing")")
                }
            }
            #expect(ContinuousClock.now - started < .seconds(10))
            #expect(try await eventually { try await gateway.metric("qualm_store_breaker_open", "store=\"redis\"") == 1 })
            #expect(try await gateway.metric("qualm_store_errors_total", "store=\"redis\"") >= 3)
            #expect(gateway.chatCalls == 10)
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["store"]?.string == "redis_qdrant" && statistics["entries"] == .some(.null), "\(statistics)")
            let refused = try await deletion
            #expect(refused.status == 503)
            #expect(try refused.errorCode()?.hasPrefix("store_") == true)
            #expect(
                try await gateway.chat(ChatCall(prompt: "Name tree number 1.", headers: [("x-qualm-cache", "only-if-cached")])).status
                    == 504)
        }
    }

    @Test("With lookups, followers and writes pending, SIGTERM lets what is in flight finish, and the process ends with 0")
    func drain() async throws {
        var config = GatewayConfig.caching(["deadline_ms: 60000", "single_flight_ms: 60000"], embedder: "embed-stallhead")
        config.drafter = "o-n12-f600000"
        try await withGateway(config, expectedExit: nil) { gateway in
            let calls = (0..<6).map { ChatCall(streaming: $0 % 2 == 0, prompt: "Name tree number \($0 / 3).") }
            var connections: [RawConnection] = []
            for call in calls { connections.append(try await gateway.open(call)) }
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 6 })
            #expect(await gateway.simulator.waitUntil { $0.records.count { $0.path == "/v1/embeddings" } >= 1 })
            gateway.process.signal(SIGTERM)
            for connection in connections {
                let answer = try await connection.answer()
                #expect(answer.status == 200 && answer.isComplete)
                #expect(try ReceivedAnswer(answer).finishReason == "stop")
            }
            let status = try await gateway.process.wait(for: .seconds(15))
            #expect(status == 0, "\(status): \(gateway.process.stderr.suffix(2_000))")
            #expect(await gateway.simulator.waitUntil { $0.open == 0 })
        }
    }

    @Test("Lookups that would outlast the drain are given up with it, and the process ends with 0")
    func drainTimeout() async throws {
        var config = GatewayConfig.caching(["deadline_ms: 60000"], embedder: "embed-stallhead")
        config.drainSeconds = 1
        try await withGateway(config, expectedExit: nil) { gateway in
            // Nobody but the embedder is asked for these.
            var connections: [RawConnection] = []
            for isStreaming in [false, true] {
                connections.append(
                    try await gateway.open(
                        ChatCall(streaming: isStreaming, headers: [("x-qualm-cache", "only-if-cached")])))
            }
            #expect(await gateway.simulator.waitUntil { $0.open >= 1 })
            gateway.process.signal(SIGTERM)
            let status = try await gateway.process.wait(for: .seconds(15))
            #expect(status == 0, "\(status): \(gateway.process.stderr.suffix(2_000))")
            #expect(await gateway.simulator.waitUntil { $0.open == 0 })
            for connection in connections {
                try? await connection.read()
                #expect(connection.reader.status != 200)
            }
        }
    }
}
