import Cascade
import Testing

@testable import RedisStore

@Suite struct PipelineTests {
    @Test func tenThousandCommandsAtOnceAllGetTheirOwnAnswer() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<10_000 {
                        group.addTask {
                            let reply = try await client.send(RedisCommand("ECHO", "answer \(index)"), deadline: soon)
                            return reply == .string(Array("answer \(index)".utf8)) ? 0 : 1
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(wrong == 0)
                #expect(client.pendingCommands == 0)
                #expect(try await server.connections() == 1)
            }
        }
    }

    @Test func aGroupIsAnsweredAsAGroup() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let commands = (0..<1_000).map { $0 == 500 ? RedisCommand("NONSENSE") : RedisCommand("ECHO", String($0)) }
                let replies = try await client.send(commands, deadline: soon)
                #expect(replies.count == 1_000)
                for (index, reply) in replies.enumerated() {
                    if case .error = reply { #expect(index == 500) } else { #expect(reply == .string(Array(String(index).utf8))) }
                }
                #expect(try await client.send([], deadline: soon).isEmpty)
            }
        }
    }

    @Test func valuesOfAMebibyteGoBothWaysTogether() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                let store = RedisAnswerStore(client: client)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<24 {
                        group.addTask {
                            let value = [UInt8](repeating: UInt8(index), count: (1 << 20) + index)
                            try await store.set(value, for: "\(index)", timeToLive: .seconds(60), deadline: soon)
                            #expect(try await store.value(for: "\(index)", deadline: soon) == value)
                        }
                    }
                    try await group.waitForAll()
                }
                let all = try await store.values(for: (0..<24).map(String.init), deadline: soon)
                #expect(all.enumerated().allSatisfy { $1?.count == (1 << 20) + $0 })
            }
        }
    }

    @Test func beyondItsBoundTheQueueRefusesAtOnceAndTakesAgainLater() async throws {
        try await RedisServer.with { server in
            var options = server.options
            options.maxPendingCommands = 100
            options.maxPendingBytes = 100_000
            try await server.withClient(options) { client in
                _ = try await client.send(RedisCommand("PING"), deadline: soon)
                server.freeze()
                try await withThrowingTaskGroup(of: StoreError?.self) { group in
                    for _ in 0..<150 {
                        group.addTask { await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(400)) } }
                    }
                    var kinds: [StoreError.Kind: Int] = [:]
                    for try await error in group { if let error { kinds[error.kind, default: 0] += 1 } }
                    #expect(kinds[.overloaded] == 50, "\(kinds)")
                    #expect(kinds.values.reduce(0, +) == 150, "\(kinds)")
                }
                let large = RedisCommand("ECHO", String(repeating: "x", count: 100_000))
                #expect(await failure { _ = try await client.send(large, deadline: soon) }?.kind == .overloaded)
                server.thaw()
                try await expectEventually {
                    await failure { _ = try await client.send(RedisCommand("PING"), deadline: within(2000)) } == nil
                }
                #expect(client.pendingCommands == 0)
            }
        }
    }

    @Test func aCallerWhoGivesUpIsReleasedAtOnce() async throws {
        try await RedisServer.with { server in
            try await server.withClient { client in
                _ = try await client.send(RedisCommand("PING"), deadline: soon)
                server.freeze()
                defer { server.thaw() }
                let error = try await withThrowingTaskGroup(of: StoreError?.self) { group in
                    group.addTask { await failure { _ = try await client.send(RedisCommand("PING"), deadline: .now + .seconds(3600)) } }
                    while client.pendingCommands == 0 { try await Task.sleep(for: .milliseconds(1)) }
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
                #expect(error?.kind == .closed)
            }
        }
    }
}
