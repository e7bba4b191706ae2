import FastJSON
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Simulator

@Suite struct FaultTests {
    @Test(
        "Error statuses come in OpenAI's shape and are recorded as faulted",
        arguments: [
            (400, "invalid_request_error", "invalid_value"), (401, "invalid_request_error", "invalid_api_key"),
            (404, "invalid_request_error", "model_not_found"), (429, "requests", "rate_limit_exceeded"), (500, "server_error", nil),
            (503, "server_error", nil), (599, "server_error", nil),
        ] as [(Int, String, String?)])
    func statuses(status: Int, type: String, code: String?) async throws {
        try await withSimulator { simulator in
            let answer = try await WireClient.chat(ChatBody(model: "sim-err\(status)"), port: simulator.port)
            #expect(answer.status == status)
            #expect(try answer.json()["error"]?["type"]?.string == type)
            #expect(try answer.json()["error"]?["code"]?.string == code)
            let record = try #require(simulator.report().records.first)
            #expect(record.outcome == .faulted && record.status == status && record.fault == "err\(status)")
        }
    }

    @Test("429 says when to come back")
    func rateLimit() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "err429-r17", isStream: false), port: $0.port) }
        #expect(answer.headers["retry-after"] == "17")
        #expect(answer.headers["retry-after-ms"] == "17000")
        #expect(answer.headers["x-ratelimit-remaining-requests"] == "0")
    }

    @Test("A refused request gets not one byte")
    func refuse() async throws {
        try await withSimulator { simulator in
            let received = try await WireClient.send(ChatBody(model: "refuse").wire(headers: []), port: simulator.port)
            #expect(received.bytes.isEmpty)
            #expect(simulator.report().faulted == 1)
        }
    }

    @Test(
        "Streams break in the middle as asked: half of the tokens, then nothing that ends the body",
        arguments: [
            ("resetmid", true), ("cutmid", false),
        ])
    func brokenStreams(word: String, isReset: Bool) async throws {
        try await withSimulator { simulator in
            let received = try await WireClient.send(ChatBody(model: "\(word)-n10").wire(), port: simulator.port)
            let answer = HTTPAnswer(received.bytes)
            #expect(received.wasReset == isReset)
            #expect(!answer.isComplete)
            #expect(answer.events.count == 6)
            #expect(!answer.text.contains("[DONE]"))
            let record = try #require(simulator.report().records.first)
            #expect(record.outcome == .faulted && record.tokensSent == 5)
        }
    }

    @Test("Whole answers break too: half of the body", arguments: [("resetmid", true), ("cutmid", false)])
    func brokenBodies(word: String, isReset: Bool) async throws {
        try await withSimulator { simulator in
            let received = try await WireClient.send(ChatBody(model: word, isStream: false).wire(), port: simulator.port)
            let answer = HTTPAnswer(received.bytes)
            #expect(received.wasReset == isReset)
            #expect(answer.status == 200 && !answer.isComplete && !answer.body.isEmpty)
        }
    }

    @Test(
        "A stall gives what its name says and then nothing until the client leaves",
        arguments: [
            ("stallhead", true, 0), ("stallfirst", true, 0), ("stallmid-n10", true, 5), ("stallhead", false, 0), ("stallfirst", false, 0),
            ("stallmid-n10", false, 0),
        ])
    func stalls(word: String, isStream: Bool, tokens: Int) async throws {
        try await withSimulator { simulator in
            let request = ChatBody(model: word, isStream: isStream).wire()
            if word == "stallhead" {
                async let received = WireClient.send(request, port: simulator.port)
                #expect(await simulator.waitUntil { $0.open == 1 })
                try await simulator.stop()
                let nothing = try await received
                #expect(nothing.bytes.isEmpty)
            } else {
                let received = try await WireClient.send(request, port: simulator.port) {
                    let answer = HTTPAnswer($0)
                    return answer.status == 200 && answer.events.count == (tokens == 0 ? 0 : tokens + 1)
                }
                #expect(!HTTPAnswer(received.bytes).isComplete)
            }
            #expect(await simulator.waitUntil { $0.aborted == 1 && $0.open == 0 })
            #expect(simulator.report().records.first?.tokensSentBeforeAbort == tokens)
        }
    }

    @Test("One malformed event stands among sound ones")
    func malformed() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "malformed-n10"), port: $0.port) }
        let broken = answer.events.indices.filter { (try? JSONValue.parse(answer.events[$0])) == nil && answer.events[$0] != "[DONE]" }
        #expect(broken == [6])
        #expect(answer.events.last == "[DONE]" && answer.isComplete)
        #expect(Said(chunks: answer.chunksOfJSON).finishReason == "stop")
    }

    @Test("A malformed whole body does not parse")
    func malformedBody() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "malformed", isStream: false), port: $0.port) }
        #expect(answer.isComplete && (try? answer.json()) == nil)
    }

    @Test("An error event ends a stream that began with 200")
    func errorEvent() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "errorevent-n10"), port: $0.port) }
        #expect(answer.status == 200 && answer.isComplete)
        #expect(answer.chunksOfJSON.count == 7)
        #expect(answer.chunksOfJSON.last?["error"]?["type"] == "server_error")
        #expect(!answer.text.contains("[DONE]"))
    }

    @Test("A slow head waits before the head, a slow first token behind it")
    func slow() async throws {
        try await withSimulator { simulator in
            let late = ContinuousClock.now
            _ = try await WireClient.chat(ChatBody(model: "slowhead-f60000-n2"), port: simulator.port)
            #expect(ContinuousClock.now - late >= .milliseconds(60))
            let request = ChatBody(model: "f60000000-n2").wire()
            _ = try await WireClient.send(request, port: simulator.port) { HTTPAnswer($0).status == 200 }
            #expect(await simulator.waitUntil { $0.aborted == 1 })
            #expect(simulator.report().records.last?.tokensSent == 0)
        }
    }

    @Test("The gap lies between tokens: the stream takes at least their sum")
    func paced() async throws {
        try await withSimulator { simulator in
            let start = ContinuousClock.now
            let answer = try await WireClient.chat(ChatBody(model: "n6-d20000"), port: simulator.port)
            #expect(ContinuousClock.now - start >= .milliseconds(100))
            #expect(answer.isComplete)
            let whole = ContinuousClock.now
            _ = try await WireClient.chat(ChatBody(model: "n6-d20000", isStream: false), port: simulator.port)
            #expect(ContinuousClock.now - whole >= .milliseconds(100))
        }
    }
}

/// The handler alone, where every write can be counted.
@Suite struct WriteTests {
    private func writes(_ words: String) throws -> [ByteBuffer] {
        let recorder = Recorder(requestLimit: 4, bodyLimit: 4)
        let router = Router(options: SimulatorOptions(), recorder: recorder)
        let channel = EmbeddedChannel(handler: ConnectionHandler(router: router, recorder: recorder, maxBodyBytes: 4_096))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/chat/completions")))
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: ChatBody(model: words).json)))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        channel.embeddedEventLoop.run()
        var writes: [ByteBuffer] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { writes.append(buffer) }
        _ = try channel.finish()
        #expect(recorder.report().completed == 1)
        return writes
    }

    @Test("Every event is one write: the role with the head, [DONE] with the end of the body")
    func oneWriteAnEvent() throws {
        let writes = try writes("n100")
        #expect(writes.count == 1 + 100 + 1 + 1)
        #expect(String(buffer: writes[0]).contains("HTTP/1.1 200") && String(buffer: writes[0]).contains("\"role\""))
        #expect(String(buffer: writes[102]) == "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
    }

    @Test("bytesplit writes every byte on its own, and the bytes are the same")
    func bytes() throws {
        let split = try writes("bytesplit-n4")
        #expect(split.allSatisfy { $0.readableBytes == 1 })
        let joined = split.reduce(into: [UInt8]()) { $0 += $1.readableBytesView }
        let plain = try writes("n4-bytesplot").reduce(into: [UInt8]()) { $0 += $1.readableBytesView }
        #expect(HTTPAnswer(joined).isComplete)
        #expect(HTTPAnswer(joined).chunks.count == HTTPAnswer(plain).chunks.count)
        #expect(split.count == joined.count)
    }
}
