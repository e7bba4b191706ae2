import Cascade
import GatewayTesting
import Testing

@testable import RedisStore

@Suite struct AnswerStoreTests {
    @Test(arguments: AnswerStoreConformance.Promise.allCases)
    func redisKeepsThePromisesOfAnAnswerStore(_ promise: AnswerStoreConformance.Promise) async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                #expect(await AnswerStoreConformance(store: RedisAnswerStore(client: client)).breaches(of: promise) == [])
            }
        }
    }

    @Test func whatRedisHoldsIsAStringWithATimeToLive() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                try await store.set([1, 2], for: "key", timeToLive: .milliseconds(90_000), deadline: soon)
                try await store.add(["hits": 2], deadline: soon)
                #expect(try await server.run("GET", "qualm:e:key") == .string([1, 2]))
                let left = try await server.run("PTTL", "qualm:e:key").integer("PTTL")
                #expect(left > 60_000 && left <= 90_000)
                #expect(try await server.run("HGET", "qualm:counters", "hits") == .string(Array("2".utf8)))
                #expect(try await server.run("PTTL", "qualm:counters") == .integer(-1))
                // Not more than Redis' clock can hold.
                try await store.set([3], for: "long", timeToLive: .seconds(Int64.max), deadline: soon)
                #expect(try await store.value(for: "long", deadline: soon) == [3])
            }
        }
    }

    @Test func databasesAndPrefixesDoNotMeet() async throws {
        try await RedisServer.with { server in
            var second = server.options
            second.database = 5
            try await server.withClient { client in
                try await server.withClient(second) { other in
                    let prefixes = ["qualm:", "other:", "g*b?[x]\\:", "gab?x\\:"]
                    var stores = prefixes.map { RedisAnswerStore(client: client, keyPrefix: $0) }
                    stores.append(RedisAnswerStore(client: other))
                    for (index, store) in stores.enumerated() {
                        try await store.set([UInt8(index)], for: "key", timeToLive: .seconds(60), deadline: soon)
                        try await store.add(["n": index + 1], deadline: soon)
                    }
                    try await server.run("SET", "foreign", "1")
                    for (index, store) in stores.enumerated() {
                        #expect(try await store.value(for: "key", deadline: soon) == [UInt8(index)])
                        #expect(try await store.count(deadline: soon) == 1)
                        #expect(try await store.counters(deadline: soon) == ["n": index + 1])
                    }
                    for (index, store) in stores.enumerated() {
                        #expect(try await store.removeAll(deadline: soon) == 1)
                        for other in stores[(index + 1)...] { #expect(try await other.count(deadline: soon) == 1) }
                        #expect(try await store.counters(deadline: soon) == ["n": index + 1])
                    }
                    #expect(try await server.run("GET", "foreign") == .string([0x31]))
                }
            }
        }
    }

    @Test func thousandsAreCountedAndRemovedInSteps() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                let commands =
                    (0..<5_000).map { RedisCommand("SET", "qualm:e:\($0)", "x") }
                    + (0..<5_000).map { RedisCommand("SET", "foreign:\($0)", "x") }
                _ = try await client.send(commands, deadline: soon)
                #expect(try await store.count(deadline: soon) == 5_000)
                #expect(try await store.removeAll(deadline: soon) == 5_000)
                #expect(try await store.count(deadline: soon) == 0)
                #expect(try await server.run("DBSIZE") == .integer(5_000))
            }
        }
    }

    @Test func aServerWithoutUnlinkIsToldToDelete() async throws {
        try await RedisServer.with(["--rename-command", "UNLINK", ""]) { server in
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                for key in ["a", "b", "c"] { try await store.set([1], for: key, timeToLive: .seconds(60), deadline: soon) }
                #expect(try await store.remove("a", deadline: soon))
                #expect(try await !store.remove("a", deadline: soon))
                #expect(try await store.removeAll(deadline: soon) == 2)
            }
        }
    }

    @Test func keysOfOtherTypesAreRefusedOrMalformed() async throws {
        try await RedisServer.with { server in
            try await server.run("RPUSH", "qualm:e:list", "x")
            try await server.run("SET", "qualm:counters", "no hash")
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                #expect(await failure { _ = try await store.value(for: "list", deadline: soon) }?.kind == .rejected)
                #expect(await failure { try await store.add(["n": 1], deadline: soon) }?.kind == .rejected)
                #expect(await failure { _ = try await store.counters(deadline: soon) }?.kind == .rejected)
                // MGET calls a list nothing, and SET replaces it.
                try await store.set([1], for: "b", timeToLive: .seconds(60), deadline: soon)
                #expect(try await store.values(for: ["list", "b"], deadline: soon) == [nil, [1]])
                try await server.run("DEL", "qualm:counters")
                try await server.run("HSET", "qualm:counters", "n", "many")
                #expect(await failure { _ = try await store.counters(deadline: soon) }?.kind == .malformed)
                #expect(await failure { try await store.add(["n": 1], deadline: soon) }?.kind == .rejected)
            }
        }
    }

    @Test func aFullServerRefuses() async throws {
        try await RedisServer.with(["--maxmemory", "1", "--maxmemory-policy", "noeviction"]) { server in
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                let error = await failure { try await store.set([1], for: "a", timeToLive: .seconds(60), deadline: soon) }
                #expect(error?.kind == .rejected && error?.detail.contains("OOM") == true)
                let kept = try await store.value(for: "a", deadline: soon)
                #expect(kept == nil)
            }
        }
    }

    @Test func tooMuchAtOnceIsRefusedWithoutAskingTheServer() async throws {
        try await RedisServer.with { server in
            var options = server.options
            options.maxValueBytes = 1000
            try await server.withClient(options) { client in
                let store = RedisAnswerStore(client: client)
                let long = [UInt8](repeating: 0, count: 1001)
                #expect(await failure { try await store.set(long, for: "a", timeToLive: .seconds(60), deadline: soon) }?.kind == .rejected)
                try await store.set([UInt8](repeating: 0, count: 1000), for: "a", timeToLive: .seconds(60), deadline: soon)
                #expect(try await store.value(for: "a", deadline: soon)?.count == 1000)
                let keys = (0..<65).map(String.init)
                #expect(await failure { _ = try await store.values(for: keys, deadline: soon) }?.kind == .rejected)
            }
        }
    }
}
