import Cascade
import Testing

@testable import RedisStore

@Suite struct AuditStateTests {
    @Test func amountsOfTwoGatewaysAddUpExactly() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                try await server.withClient { other in
                    let stores = [AuditRedisState(client: client), AuditRedisState(client: other)]
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for (number, store) in stores.enumerated() {
                            group.addTask {
                                for round in 0..<50 {
                                    _ = try await store.add(
                                        ["audits": 3, "bad": round.isMultiple(of: 2) ? 1 : -1, "usd": 0.125], to: "k",
                                        batch: "\(number)-\(round)", removing: [], deadline: soon)
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await stores[0].load("k", deadline: soon) == ["audits": 300, "bad": 0, "usd": 12.5])
                    #expect(try await server.run("HGET", "qualm:audit:k", "audits") == .string(Array("300".utf8)))
                    #expect(try await server.run("PTTL", "qualm:audit:k") == .integer(-1))
                    let left = try await server.run("TTL", "qualm:audit-batch:0-0").integer("TTL")
                    #expect(left > 80_000 && left <= 86_400)
                }
            }
        }
    }

    @Test func anUnknownStateIsEmptyAndKeysDoNotMeet() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = AuditRedisState(client: client, keyPrefix: "p:")
                #expect(try await store.load("k", deadline: soon) == [:])
                let sums = try await store.add(["a": 1, "usd.day.1": 0.1], to: "k", batch: "b1", removing: [], deadline: soon)
                #expect(sums == ["a": 1, "usd.day.1": 0.1])
                #expect(try await store.add(["a": 1], to: "k", batch: "b2", removing: ["usd.day.1", "none"], deadline: soon) == ["a": 2])
                #expect(try await store.load("other", deadline: soon) == [:])
                #expect(try await AuditRedisState(client: client).load("k", deadline: soon) == [:])
            }
        }
    }

    /// The server carries a transaction out while nobody hears its reply: the second attempt must see that.
    @Test func aBatchWhoseReplyWasLostCountsOnce() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = AuditRedisState(client: client)
                _ = try await store.add(["a": 1], to: "k", batch: "b1", removing: [], deadline: soon)
                server.freeze()
                let lost = await failure {
                    _ = try await store.add(["a": 1], to: "k", batch: "b2", removing: [], deadline: within(100))
                }
                #expect(lost?.kind == .timeout)
                server.thaw()
                try await expectEventually { try await server.run("HGET", "qualm:audit:k", "a") == .string(Array("2".utf8)) }
                #expect(try await store.add(["a": 1], to: "k", batch: "b2", removing: [], deadline: soon) == ["a": 2])
                #expect(try await store.add(["a": 1], to: "k", batch: "b3", removing: [], deadline: soon) == ["a": 3])
            }
        }
    }

    @Test func aBatchThatNeverArrivedIsAddedByTheSecondAttempt() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = AuditRedisState(client: client)
                _ = try await store.add(["a": 1], to: "k", batch: "b1", removing: [], deadline: soon)
                server.kill()
                let lost = await failure {
                    _ = try await store.add(["a": 1], to: "k", batch: "b2", removing: [], deadline: within(200))
                }
                #expect(lost != nil)
                try server.start()
                // The server keeps nothing over a restart here: only the batch itself must be there.
                try await expectEventually {
                    (try? await store.add(["a": 1], to: "k", batch: "b2", removing: [], deadline: within(500))) == ["a": 1]
                }
            }
        }
    }

    @Test func whatIsNoStateIsRefused() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = AuditRedisState(client: client)
                try await server.run("SET", "qualm:audit:text", "1")
                try await server.run("HSET", "qualm:audit:words", "a", "many")
                #expect(await failure { _ = try await store.load("text", deadline: soon) }?.kind == .rejected)
                #expect(await failure { _ = try await store.load("words", deadline: soon) }?.kind == .malformed)
                #expect(
                    await failure { _ = try await store.add(["a": 1], to: "text", batch: "b", removing: [], deadline: soon) }?.kind
                        == .rejected
                )
                #expect(
                    await failure { _ = try await store.add(["a": 1], to: "words", batch: "c", removing: [], deadline: soon) }?.kind
                        == .rejected)
            }
        }
    }
}
