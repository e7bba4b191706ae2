import FastJSON
import Testing

@testable import Simulator

@Suite struct ReportTests {
    @Test(
        "A client that leaves is seen: before the head, before the first token, between tokens, during a whole answer",
        arguments: [
            ("slowhead-f60000000", true), ("f60000000", true), ("n1000-d5000", true), ("f60000000", false), ("slowhead-f60000000", false),
            ("stallhead", true), ("stallhead", false), ("err500-f60000000", true),
        ])
    func aborts(words: String, isStream: Bool) async throws {
        try await withSimulator { simulator in
            try await disconnectAfterOpen(ChatBody(model: words, isStream: isStream), simulator)
            #expect(await simulator.waitUntil { $0.aborted == 1 && $0.connectionsOpen == 0 })
            let report = simulator.report()
            let record = try #require(report.requests(model: words).first)
            #expect(record.outcome == .aborted && record.isStream == isStream)
            #expect(try #require(record.abortedAfterMilliseconds) < 30_000)
            #expect(try #require(record.tokensSentBeforeAbort) < 1_000)
            #expect(report.requests == 1 && report.completed == 0 && report.open == 0)
        }
    }

    /// Sends a request, waits until the simulator has it, and leaves.
    private func disconnectAfterOpen(_ body: ChatBody, _ simulator: Simulator) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let port = simulator.port
            group.addTask { _ = try await WireClient.send(body.wire(), port: port) }
            #expect(await simulator.waitUntil { $0.open == 1 })
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    @Test("Every one of 100 streams is accounted for: those left at random places as aborted, the others as completed")
    func crowd() async throws {
        try await withSimulator { simulator in
            let port = simulator.port
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    let isLeft = number % 2 == 0
                    let request = ChatBody(model: isLeft ? "n1000-d20000" : "n12-d2000", prompt: "\(number)").wire()
                    group.addTask {
                        _ = try await WireClient.send(request, port: port) { isLeft && HTTPAnswer($0).events.count >= 1 + number % 7 }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await simulator.waitUntil { $0.connectionsOpen == 0 && $0.open == 0 })
            let report = simulator.report()
            #expect(report.requests == 100 && report.connectionsAccepted == 100)
            #expect(report.completed == 50 && report.aborted == 50)
            #expect(report.requests(model: "n12-d2000").allSatisfy { $0.outcome == .completed && $0.tokensSent == 12 })
            #expect(report.requests(model: "n1000-d20000").allSatisfy { $0.outcome == .aborted && $0.tokensSent < 1_000 })
            #expect(report.records.map(\.tokensSent).reduce(0, +) == report.tokensSent)
        }
    }

    @Test("A finished answer is counted before its last byte can be read")
    func countsFirst() async throws {
        try await withSimulator { simulator in
            for round in 1...50 {
                _ = try await WireClient.chat(ChatBody(model: "n3", isStream: round % 2 == 0), port: simulator.port)
                #expect(simulator.report().completed == round)
            }
        }
    }

    @Test("A client that stops reading pauses the stream; what was not written is not counted")
    func slowReader() async throws {
        try await withSimulator { simulator in
            let request = ChatBody(model: "n10000", topLogprobs: 20).wire()
            _ = try await WireClient.send(request, port: simulator.port) { $0.count > 1_000 }
            #expect(await simulator.waitUntil { $0.aborted == 1 })
            #expect(simulator.report().tokensSent < 10_000)
        }
    }

    @Test("A record holds the raw body, the header names and no secret")
    func records() async throws {
        try await withSimulator { simulator in
            let body = ChatBody(model: "sim-n2", rest: #","x_unknown": [1, 2]"#)
            _ = try await WireClient.send(
                body.wire(headers: [
                    "connection: close", "Authorization: Bearer sk-very-secret", "X-Api-Key: other-secret", "Traceparent: 00-ab",
                ]),
                port: simulator.port)
            let record = try #require(simulator.report().records.first)
            #expect(record.body == Array(body.json.utf8) && record.bodyBytes == body.json.utf8.count)
            #expect(record.headers.map(\.name) == ["host", "content-length", "connection", "authorization", "x-api-key", "traceparent"])
            #expect(record.header("authorization") == "(redacted)" && record.header("x-api-key") == "(redacted)")
            #expect(record.header("traceparent") == "00-ab")
            #expect(record.model == "sim-n2" && record.isStream && record.path == "/v1/chat/completions" && record.status == 200)
            #expect(record.startedAt > 1_700_000_000)
            let json = try await WireClient.get("/_sim/report", port: simulator.port)
            #expect(!json.text.contains("secret"))
            #expect(try json.json()["records"]?.array?.first?["body"]?.string == body.json)
            #expect(try json.json()["completed"] == 1)
        }
    }

    @Test("Equal prompts have equal hashes, whether streamed or not")
    func hashes() async throws {
        try await withSimulator { simulator in
            for (prompt, isStream) in [("a", true), ("a", false), ("b", true)] {
                _ = try await WireClient.chat(ChatBody(model: "n1", prompt: prompt, isStream: isStream), port: simulator.port)
            }
            let hashes = simulator.report().records.map(\.promptHash)
            #expect(hashes[0] == hashes[1] && hashes[0] != hashes[2])
        }
    }

    @Test("Only the latest records and bodies are kept; the totals count on")
    func bounds() async throws {
        try await withSimulator {
            $0.recordedRequests = 5
            $0.recordedBodies = 2
        } _: { simulator in
            for number in 0..<23 { _ = try await WireClient.chat(ChatBody(model: "n1-x\(number)"), port: simulator.port) }
            let report = simulator.report()
            #expect(report.requests == 23 && report.completed == 23)
            #expect(report.records.map(\.sequence) == [19, 20, 21, 22, 23])
            #expect(report.records.map { $0.body != nil } == [false, false, false, true, true])
        }
    }

    @Test("Reset forgets what ended and keeps what is open")
    func reset() async throws {
        try await withSimulator { simulator in
            _ = try await WireClient.chat(ChatBody(model: "n3"), port: simulator.port)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let port = simulator.port
                group.addTask { _ = try await WireClient.send(ChatBody(model: "stallhead").wire(), port: port) }
                #expect(await simulator.waitUntil { $0.open == 1 })
                _ = try await WireClient.post("/_sim/reset", "", port: port)
                let report = simulator.report()
                #expect(report.requests == 1 && report.open == 1 && report.completed == 0 && report.tokensSent == 0)
                #expect(report.records.map(\.model) == ["stallhead"])
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
            #expect(await simulator.waitUntil { $0.aborted == 1 && $0.open == 0 })
        }
    }

    @Test("waitUntil gives up at its timeout")
    func timeout() async throws {
        try await withSimulator { simulator in
            #expect(await simulator.waitUntil(timeout: .milliseconds(20)) { $0.requests == 1 } == false)
        }
    }

    @Test("Stopping closes what is open")
    func stop() async throws {
        try await withSimulator { simulator in
            let port = simulator.port
            async let received = WireClient.send(ChatBody(model: "stallfirst").wire(), port: port)
            #expect(await simulator.waitUntil { $0.open == 1 })
            try await simulator.stop()
            #expect(try await !HTTPAnswer(received.bytes).isComplete)
            #expect(simulator.report().aborted == 1 && simulator.report().connectionsOpen == 0)
        }
    }

    @Test("run serves until its task is cancelled")
    func run() async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Simulator.run(options: SimulatorOptions()) {
                    continuation.yield($0.port)
                    continuation.finish()
                }
            }
            for await port in ports { #expect(try await WireClient.get("/health", port: port).status == 200) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
