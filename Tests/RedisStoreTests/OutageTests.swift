import Cascade
import Synchronization
import Testing

@testable import RedisStore

/// What 32 callers have seen.
private final class Load: Sendable {
    let stop = Atomic<Bool>(false)
    let answered = Atomic<Int>(0)
    let failed = Atomic<Int>(0)
}

@Suite struct OutageTests {
    @Test func killedAndRestartedInMidLoadTheServerIsUsedAgain() async throws {
        try await RedisServer.with { server in
            var options = server.options
            options.maxBackoff = .milliseconds(200)
            try await server.withClient(options) { client in
                let load = Load()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<32 {
                        group.addTask {
                            var round = 0
                            while !load.stop.load(ordering: .relaxed) {
                                round += 1
                                do throws(StoreError) {
                                    let text = "\(worker) \(round)"
                                    let reply = try await client.send(RedisCommand("ECHO", text), deadline: within(1000))
                                    // Never another's answer, whatever happens to the connection.
                                    #expect(reply == .string(Array(text.utf8)))
                                    load.answered.add(1, ordering: .relaxed)
                                } catch {
                                    #expect([.unavailable, .timeout].contains(error.kind), "\(error)")
                                    load.failed.add(1, ordering: .relaxed)
                                    try await Task.sleep(for: .milliseconds(1))
                                }
                            }
                        }
                    }
                    for _ in 0..<3 {
                        let before = load.answered.load(ordering: .relaxed)
                        try await expectEventually { load.answered.load(ordering: .relaxed) > before + 500 }
                        let failures = load.failed.load(ordering: .relaxed)
                        server.kill()
                        try await expectEventually { load.failed.load(ordering: .relaxed) > failures }
                        try server.start()
                    }
                    let before = load.answered.load(ordering: .relaxed)
                    try await expectEventually { load.answered.load(ordering: .relaxed) > before + 500 }
                    load.stop.store(true, ordering: .relaxed)
                    try await group.waitForAll()
                }
                #expect(client.pendingCommands == 0 && client.isReady)
                #expect(try await server.connections() == 1)
            }
        }
    }

    @Test func whileTheServerStandsStillDeadlinesHold() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                _ = try await client.send(RedisCommand("PING"), deadline: soon)
                server.freeze()
                for _ in 0..<6 {
                    let start = ContinuousClock.now
                    let error = await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(100)) }
                    // Unavailable, once the silent connection has been dropped.
                    #expect(error.map { [.timeout, .unavailable].contains($0.kind) } == true)
                    #expect(ContinuousClock.now - start < .seconds(5))
                }
                try await expectEventually { client.lastFailure != nil }
                server.thaw()
                try await expectEventually {
                    await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(2000)) } == nil
                }
                for index in 0..<100 {
                    #expect(try await client.send(RedisCommand("ECHO", "\(index)"), deadline: soon) == .string(Array("\(index)".utf8)))
                }
                try await expectEventually { try await server.connections() == 1 }
            }
        }
    }

    @Test func lateRepliesAreDroppedInOrder() async throws {
        try await RedisServer.with { server in
            var options = server.options
            // The connection is not to be dropped here.
            options.silenceLimit = .seconds(20)
            try await server.withClient(options) { client in
                let id = try await client.send(RedisCommand("CLIENT", "ID"), deadline: soon)
                for round in 0..<3 {
                    server.freeze()
                    let kinds = try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
                        for index in 0..<200 {
                            group.addTask {
                                await failure {
                                    _ = try await client.send(RedisCommand("ECHO", "late \(round) \(index)"), deadline: within(50))
                                }?.kind
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    server.thaw()
                    #expect(kinds.allSatisfy { $0 == .timeout })
                    for index in 0..<50 {
                        let text = "in time \(round) \(index)"
                        #expect(try await client.send(RedisCommand("ECHO", text), deadline: soon) == .string(Array(text.utf8)))
                    }
                }
                #expect(try await client.send(RedisCommand("CLIENT", "ID"), deadline: soon) == id)
                #expect(client.pendingCommands == 0)
            }
        }
    }

    @Test func aServerThatIsNotThereFailsWithinTheDeadlineAndThenAtOnce() async throws {
        let client = try RedisClient(options: RedisConnectionOptions(port: try freePort()))
        defer { client.shutdown() }
        var kinds: Set<StoreError.Kind> = []
        for _ in 0..<20 {
            let error = await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(100)) }
            if let error { kinds.insert(error.kind) }
            #expect(error?.detail.contains("127.0.0.1") == true)
        }
        #expect(kinds.contains(.unavailable) && kinds.isSubset(of: [.unavailable, .timeout]))
        #expect(client.pendingCommands == 0)
    }

    @Test func commandsGivenBeforeTheServerIsUpWaitForIt() async throws {
        try await RedisServer.with { server in
            server.kill()
            try await server.withClient { client in
                try await expectEventually { client.lastFailure != nil }
                async let reply = client.send(RedisCommand("ECHO", "patient"), deadline: soon)
                try server.start()
                #expect(try await reply == .string(Array("patient".utf8)))
            }
        }
    }

    @Test func aNameThatCannotBeResolvedIsUnavailable() async throws {
        let client = try RedisClient(options: RedisConnectionOptions(host: "no-such-host.invalid"))
        defer { client.shutdown() }
        let error = await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(3000)) }
        #expect(error.map { [.timeout, .unavailable].contains($0.kind) } == true)
    }

    @Test func aNameIsResolved() async throws {
        try await RedisServer.with { server in
            var options = server.options
            // Where it is ::1 first, the second attempt takes the second address.
            options.host = "localhost"
            try await server.withClient(options) { client in
                let reply = try await client.send(RedisCommand("PING"), deadline: soon)
                #expect(reply == .status("PONG"))
            }
        }
    }

    @Test func shutdownEndsAllWaitingAndTheConnection() async throws {
        try await RedisServer.with { server in
            for _ in 0..<20 {
                let client = try RedisClient(options: server.options)
                _ = try await client.send(RedisCommand("PING"), deadline: soon)
                client.shutdown()
                client.shutdown()
                #expect(await failure { _ = try await client.send(RedisCommand("PING"), deadline: soon) }?.kind == .closed)
            }
            let client = try RedisClient(options: server.options)
            _ = try await client.send(RedisCommand("PING"), deadline: soon)
            server.freeze()
            async let error = failure { _ = try await client.send(RedisCommand("PING"), deadline: soon) }
            while client.pendingCommands == 0 { try await Task.sleep(for: .milliseconds(1)) }
            client.shutdown()
            #expect(await error?.kind == .closed)
            server.thaw()
            try await expectEventually { try await server.connections() == 0 }
        }
    }

    @Test func aForgottenClientEndsItsThreadAndConnection() async throws {
        try await RedisServer.with { server in
            for _ in 0..<10 {
                let client = try RedisClient(options: server.options)
                _ = try await client.send(RedisCommand("PING"), deadline: soon)
            }
            try await expectEventually { try await server.connections() == 0 }
        }
    }

    @Test func connectionsThatTheServerClosesAreMadeAnewAndNotLeaked() async throws {
        try await RedisServer.with { server in
            var options = server.options
            options.maxBackoff = .milliseconds(20)
            try await server.withClient(options) { client in
                for _ in 0..<20 {
                    let id = try await client.send(RedisCommand("CLIENT", "ID"), deadline: soon).integer("CLIENT ID")
                    try await server.run("CLIENT", "KILL", "ID", String(id))
                    try await expectEventually {
                        let reply = try? await client.send(RedisCommand("CLIENT", "ID"), deadline: within(1000))
                        return reply.map { $0 != .integer(id) } ?? false
                    }
                }
                try await expectEventually { try await server.connections() == 1 }
            }
        }
    }
}
