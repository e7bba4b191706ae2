import Cascade
import GatewayTesting
import Testing

@testable import RedisStore

/// Servers that do what Redis never does.
@Suite struct NonsenseTests {
    private func withFake(
        _ change: (inout RedisConnectionOptions) -> Void = { _ in }, script: @escaping @Sendable (FakeConnection) -> Void,
        _ body: (RedisClient, FakeRedis) async throws -> Void
    ) async throws {
        let fake = try FakeRedis(script)
        defer { fake.stop() }
        var options = RedisConnectionOptions(port: fake.port)
        options.maxBackoff = .milliseconds(50)
        change(&options)
        let client = try RedisClient(options: options)
        defer { client.shutdown() }
        try await body(client, fake)
    }

    private func get(_ client: RedisClient, _ milliseconds: Int = 10_000) async -> StoreError? {
        await failure { _ = try await RedisAnswerStore(client: client).value(for: "key", deadline: within(milliseconds)) }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "nonsense\r\n", "$-7\r\n", "*-7\r\n", ":12a\r\n", "\u{0}\u{0}\u{0}\u{0}\r\n",
        "*1000000000\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "+OK\r\n", ":1\r\n", "*0\r\n",
    ])
    func nonsenseInPlaceOfAnAnswerIsMalformed(_ nonsense: String) async throws {
        try await withFake(script: { connection in
            guard connection.logIn(), connection.readCommand() != nil else { return }
            connection.send(nonsense)
            // Until the client goes.
            while connection.readCommand() != nil {}
        }) { client, fake in
            #expect(await get(client)?.kind == .malformed)
            // What cannot be parsed costs the connection; an answer of the wrong type does not.
            if ![":1\r\n", "*0\r\n", "+OK\r\n"].contains(nonsense) { try await expectEventually { fake.acceptedConnections > 1 } }
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "+HELLO\r\n", ":1\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "+OK\r\n+PONG\r\n+MORE\r\n"])
    func aServerThatIsNoRedisNeverBecomesReady(_ greeting: String) async throws {
        try await withFake(script: { connection in
            connection.send(greeting)
            while connection.readCommand() != nil {}
        }) { client, fake in
            try await expectEventually { fake.acceptedConnections > 2 }
            let error = await get(client, 30)
            #expect(error.map { [.malformed, .timeout].contains($0.kind) } == true, "\(String(describing: error))")
            #expect(client.lastFailure?.kind == .malformed)
        }
    }

    /// Right after the login, or after an answer.
    @Test(arguments: [true, false])
    func aReplyThatNobodyAskedForCostsTheConnection(_ isEarly: Bool) async throws {
        try await withFake(script: { connection in
            guard connection.logIn() else { return }
            let isFirst = connection.number == 1
            if isFirst, isEarly { connection.send("$5\r\nwrong\r\n") }
            while connection.readCommand() != nil { connection.send(isFirst ? "$5\r\nright\r\n$5\r\nwrong\r\n" : "$5\r\nright\r\n") }
        }) { client, fake in
            if !isEarly {
                let reply = try await client.send(RedisCommand("GET", "a"), deadline: soon)
                #expect(reply == .string(Array("right".utf8)))
            }
            try await expectEventually { fake.acceptedConnections == 2 && client.isReady }
            #expect(try await client.send(RedisCommand("GET", "a"), deadline: soon) == .string(Array("right".utf8)))
        }
    }

    @Test func aConnectionClosedInMidReplyFailsItsCommandsAndOnlyThem() async throws {
        try await withFake(script: { connection in
            guard connection.logIn() else { return }
            while connection.readCommand() != nil {
                if connection.number == 1 {
                    connection.send("$5\r\nhal")
                    return
                }
                connection.send("$5\r\nwhole\r\n")
            }
        }) { client, _ in
            #expect(await get(client)?.kind == .unavailable)
            #expect(await get(client) == nil)
        }
    }

    @Test func answersThatComeByteByByteAreWhole() async throws {
        try await withFake(script: { connection in
            guard connection.logIn() else { return }
            while let command = connection.readCommand() {
                let text = command.last ?? ""
                for byte in "*2\r\n$\(text.utf8.count)\r\n\(text)\r\n:7\r\n" { connection.send(String(byte)) }
            }
        }) { client, fake in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let reply = try await client.send(RedisCommand("X", "value \(index)"), deadline: soon)
                        #expect(reply == .array([.string(Array("value \(index)".utf8)), .integer(7)]))
                    }
                }
                try await group.waitForAll()
            }
            #expect(fake.acceptedConnections == 1)
        }
    }

    @Test func aValueLongerThanTheLimitIsNotKeptInMemory() async throws {
        try await withFake({ $0.maxValueBytes = 100_000 }) { connection in
            guard connection.logIn(), connection.readCommand() != nil else { return }
            connection.send("$500000000\r\n")
            while connection.send(String(repeating: "x", count: 50_000)) {}
        } _: { client, _ in
            let error = await get(client)
            #expect(error?.kind == .malformed && error?.detail.contains("100000") == true)
        }
    }

    @Test func aServerThatNeverAnswersTheLoginTimesOutAndIsTriedAgain() async throws {
        try await withFake({ $0.connectTimeout = .milliseconds(100) }, script: { connection in while connection.readCommand() != nil {} }) {
            client, fake in
            #expect(await get(client, 50)?.kind == .timeout)
            try await expectEventually { fake.acceptedConnections > 2 }
            #expect(client.lastFailure?.detail.contains("no answer to the login") == true)
        }
    }

    @Test func aServerThatStopsAnsweringLosesItsConnection() async throws {
        try await withFake(
            { $0.silenceLimit = .milliseconds(100) },
            script: { connection in
                guard connection.logIn() else { return }
                while connection.readCommand() != nil { if connection.number > 1 { connection.send("$-1\r\n") } }
            }
        ) { client, fake in
            #expect(await get(client, 50)?.kind == .timeout)
            try await expectEventually { fake.acceptedConnections == 2 }
            try await expectEventually { await get(client, 2000) == nil }
        }
    }

    @Test(arguments: ["-LOADING Redis is loading the dataset in memory\r\n", "-BUSY Redis is busy\r\n"])
    func aBusyServerIsOverloadedAndNotGivenUp(_ refusal: String) async throws {
        try await withFake(script: { connection in
            while connection.readCommand() != nil { connection.send(refusal) }
        }) { client, fake in
            #expect(await get(client)?.kind == .overloaded)
            #expect(await get(client)?.kind == .overloaded)
            #expect(fake.acceptedConnections == 1)
        }
    }

    @Test(arguments: 0..<6)
    func randomBytesNeverHangOrCrash(_ seed: UInt64) async throws {
        try await withFake(script: { connection in
            var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(connection.number))
            let pieces = ["$", "*", "+", "-", ":", "5", "1", "0", "\r\n", "\r", "a", "PONG", "OK", "$-1\r\n", "*2\r\n", "$1\r\nx\r\n"]
            if UInt8.random(in: 0..<4, using: &random) != 0, !connection.logIn() { return }
            while connection.readCommand() != nil {
                var text = ""
                for _ in 0..<Int.random(in: 1..<12, using: &random) { text += pieces[Int.random(in: 0..<pieces.count, using: &random)] }
                connection.send(text)
                if UInt8.random(in: 0..<8, using: &random) == 0 { return }
            }
        }) { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<25 { _ = await failure { _ = try await client.send(RedisCommand("GET", "k"), deadline: within(40)) } }
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.pendingCommands <= 200)
        }
    }
}
