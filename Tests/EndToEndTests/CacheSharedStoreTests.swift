import FastJSON
import Simulator
import Synchronization
import Testing

/// Several gateways on the stores that they share: a real Redis, and Qdrant's engine where it is at hand.
@Suite struct CacheSharedStoreTests {
    private static func config(_ cache: [String] = [], redis: Int, qdrant: Int? = nil) throws -> GatewayConfig {
        var config = GatewayConfig.caching(
            ["store: redis_qdrant"] + cache, embedder: qdrant == nil ? nil : "embed",
            sections: "redis:\n  url: redis://127.0.0.1:\(redis)/0\nqdrant:\n  url: http://127.0.0.1:\(qdrant ?? 9)\n")
        config.drafter = "r-n12-f150000"
        return config
    }

    @Test("Two gateways on one Redis share their answers, and what one deletes is gone for both")
    func sharedAnswers() async throws {
        try await RedisServer.with { redis in
            let config = try Self.config(redis: redis.port)
            try await withGateway(config) { first in
                try await withGateway(config) { second in
                    try await waitForStore(first)
                    try await waitForStore(second)
                    let calls = (0..<5).map { ChatCall(prompt: "Name tree number \($0).") }
                    let originals = try await first.chats(calls)
                    try await first.waitUntilStored(calls.count)
                    for (call, original) in zip(calls, originals) {
                        for isStreaming in [false, true] {
                            var asking = call
                            asking.isStreaming = isStreaming
                            let hit = try await second.chat(asking)
                            #expect(hit.isFromCache)
                            #expect(try ReceivedAnswer(hit) == ReceivedAnswer(original))
                        }
                    }
                    // Redis had to be asked, and the drafter with it: those calls were cancelled.
                    #expect(await second.simulator.waitUntil { $0.open == 0 })
                    #expect(second.simulator.report().completed == 0)
                    #expect(try await second.cacheStatistics()["entries"]?.int == calls.count)
                    let id = try #require(try await second.chat(calls[0]).header("x-qualm-cache-id"))
                    #expect(try await second.request("DELETE", "/v1/cache/\(id)").status == 200)
                    #expect(try await !first.chat(calls[0]).isFromCache)
                    #expect(try await second.request("DELETE", "/v1/cache").json()["deleted"]?.int ?? 0 >= 4)
                    #expect(try await !first.chat(calls[1]).isFromCache)
                }
            }
        }
    }

    @Test("Redis is killed in mid-load: no request fails; when it is back, answers are stored and found again")
    func outage() async throws {
        try await RedisServer.with { redis in
            var config = try Self.config(["deadline_ms: 500", "breaker_failures: 3", "breaker_open_ms: 200"], redis: redis.port)
            config.drafter = "r-n12-f20000"
            try await withGateway(config) { gateway in
                try await waitForStore(gateway)
                let isDown = Flag()
                let statuses = try await withThrowingTaskGroup(of: [Int].self) { tasks in
                    for worker in 0..<6 {
                        tasks.addTask {
                            var (statuses, whileDown) = ([Int](), 0)
                            // Every other question is one that was asked before.
                            while whileDown < 8, statuses.count < 2_000 {
                                let prompt = "Name tree number \(worker) of grove \(statuses.count / 2)."
                                whileDown += isDown.isSet ? 1 : 0
                                statuses.append(try await gateway.chat(ChatCall(streaming: statuses.count % 3 == 0, prompt: prompt)).status)
                            }
                            return statuses
                        }
                    }
                    #expect(try await eventually { try await gateway.metric("qualm_requests_total", "route=\"cache\"") >= 5 })
                    redis.crash()
                    isDown.set()
                    return try await tasks.reduce(into: []) { $0 += $1 }
                }
                #expect(statuses.count >= 48 && statuses.allSatisfy { $0 == 200 })
                #expect(try await eventually { try await gateway.metric("qualm_store_errors_total", "store=\"redis\"") > 0 })

                try redis.start()
                let call = ChatCall(prompt: "Name a flower.")
                #expect(try await eventually(within: .seconds(30)) { try await gateway.chat(call).isFromCache })
                #expect(try await eventually { try await gateway.metric("qualm_store_breaker_open", "store=\"redis\"") == 0 })
            }
        }
    }

    @Test("Two gateways on one Redis and one Qdrant share what means the same")
    func sharedVectors() async throws {
        try await RedisServer.with { redis in
            try await QdrantStandIn.with { qdrant in
                let config = try Self.config(redis: redis.port, qdrant: qdrant.port)
                try await withGateway(config) { first in
                    try await withGateway(config) { second in
                        try await waitForStore(first)
                        try await waitForStore(second)
                        let original = try await first.chat(ChatCall(prompt: "What is the capital of Italy?"))
                        try await first.waitUntilStored(1, vectors: 1)
                        second.simulator.setScenario(
                            Scenario(rules: [.init(model: "r-n12-f150000", behaviour: Behaviour(words: "n12-f5000000"))]))
                        let hit = try await second.chat(ChatCall(prompt: "what is the capital of Italy"))
                        #expect(hit.isFromCache)
                        #expect(try hit.metadata()?["reason"]?.string == "cache_vector")
                        #expect(try ReceivedAnswer(hit) == ReceivedAnswer(original))
                        #expect(await second.simulator.waitUntil { $0.requests(model: "r-n12-f150000").last?.outcome == .aborted })
                        // Guards work on what the other gateway stored, too.
                        second.simulator.setScenario(Scenario())
                        let other = try await second.chat(ChatCall(prompt: "What is the capital of Spain?"))
                        #expect(other.status == 200 && !other.isFromCache)

                        #expect(try await second.request("DELETE", "/v1/cache").status == 200)
                        #expect(try await first.cacheStatistics()["vectors"]?.int == 0)
                        #expect(try await !first.chat(ChatCall(prompt: "what is the capital of Italy")).isFromCache)
                    }
                }
            }
        }
    }

    /// A gateway connects in the background: until it has, everything is a miss.
    private func waitForStore(_ gateway: GatewayUnderTest) async throws {
        #expect(try await eventually { try await gateway.cacheStatistics()["entries"]?.int != nil })
    }
}

/// Something that happened, for tasks that go on meanwhile.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
