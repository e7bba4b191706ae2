import Cascade
import Foundation
import Testing

@testable import RedisStore

@Suite struct LoginTests {
    private func outcome(_ server: RedisServer, _ change: (inout RedisConnectionOptions) -> Void) async throws -> StoreError? {
        var options = server.options
        change(&options)
        return try await server.withClient(options) { client in
            await failure { _ = try await RedisAnswerStore(client: client).value(for: "key", deadline: soon) }
        }
    }

    @Test func onlyTheRightPasswordLetsIn() async throws {
        try await RedisServer.with(["--requirepass", "right p@ss\"word"]) { server in
            #expect(try await outcome(server) { $0.password = "right p@ss\"word" } == nil)
            #expect(
                try await outcome(server) {
                    $0.user = "default"; $0.password = "right p@ss\"word"
                } == nil)
            let without = try await outcome(server) { _ in }
            let wrong = try await outcome(server) { $0.password = "WRONGSECRET" }
            let stranger = try await outcome(server) {
                $0.user = "nobody"; $0.password = "WRONGSECRET"
            }
            for error in [without, wrong, stranger] {
                #expect(error?.kind == .unauthorized)
                #expect(error?.detail.contains("SECRET") == false && error?.detail.contains("logging in") == true)
            }
        }
    }

    @Test func aPasswordForAServerWithoutOneIsRefused() async throws {
        try await RedisServer.with { server in
            // As redis-cli does it: a password that nobody asked for is a mistake worth knowing.
            let error = try await outcome(server) { $0.password = "SECRET" }
            #expect(error?.kind == .unauthorized)
        }
    }

    @Test func aUserNeedsTheDocumentedRightsAndNoMore() async throws {
        let rights = "+get +mget +set +unlink +del +scan +hincrby +hgetall +select +client|setname +ping"
        try await RedisServer.with(
            prepare: { folder in
                let users = """
                    user app on >pw ~qualm:* -@all \(rights)
                    user none on >pw ~* -@all
                    user other on >pw ~other:* +@all
                    user default off

                    """
                try users.write(to: folder.appendingPathComponent("users.acl"), atomically: true, encoding: .utf8)
                return ["--aclfile", "users.acl"]
            }
        ) { server in
            var options = server.options
            (options.user, options.password, options.database) = ("app", "pw", 1)
            try await server.withClient(options) { client in
                let store = RedisAnswerStore(client: client)
                try await store.set([1], for: "a", timeToLive: .seconds(60), deadline: soon)
                try await store.set([2], for: "b", timeToLive: .seconds(60), deadline: soon)
                try await store.add(["n": 1], deadline: soon)
                #expect(try await store.value(for: "a", deadline: soon) == [1])
                #expect(try await store.values(for: ["b", "c"], deadline: soon) == [[2], nil])
                #expect(try await store.counters(deadline: soon) == ["n": 1])
                #expect(try await store.count(deadline: soon) == 2)
                #expect(try await store.remove("a", deadline: soon))
                #expect(try await store.removeAll(deadline: soon) == 1)
                let foreign = RedisAnswerStore(client: client, keyPrefix: "other:")
                #expect(await failure { _ = try await foreign.value(for: "a", deadline: soon) }?.kind == .unauthorized)
            }
            // Lets in, but not to do anything: not even PING.
            #expect(
                try await outcome(server) {
                    $0.user = "none"; $0.password = "pw"
                }?.kind == .unauthorized)
            #expect(
                try await outcome(server) {
                    $0.user = "other"; $0.password = "pw"
                }?.kind == .unauthorized)
        }
    }

    @Test func aDatabaseThatIsNotThereIsRejected() async throws {
        try await RedisServer.with(["--databases", "2"]) { server in
            let error = try await outcome(server) { $0.database = 7 }
            #expect(error?.detail.contains("SELECT 7") == true)
            #expect(error?.kind == .rejected)
        }
    }

    @Test func onceThePasswordIsRightTheClientGetsInByItself() async throws {
        try await RedisServer.with { server in
            var options = server.options
            options.password = "later"
            options.maxBackoff = .milliseconds(100)
            try await server.withClient(options) { client in
                #expect(await failure { _ = try await client.send(RedisCommand("GET", "a"), deadline: soon) }?.kind == .unauthorized)
                #expect(!client.isReady && client.lastFailure?.kind == .unauthorized)
                try await server.run("CONFIG", "SET", "requirepass", "later")
                try await expectEventually { client.isReady }
                #expect(client.lastFailure == nil)
                #expect(try await client.send(RedisCommand("GET", "a"), deadline: soon) == .null)
            }
        }
    }
}
