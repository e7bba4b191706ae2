import CurlHTTP
import GatewayTesting
import HTTPTransport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BackPressureTests {
    /// Set by the script, read by the test.
    final class Progress: Sendable {
        let sentWhenBlocked = Atomic<Int>(-1)
    }

    static func body(bytes: Int) -> [UInt8] {
        // 251 is prime to every buffer size, so a lost or repeated piece shows.
        var body = [UInt8](repeating: 0, count: bytes)
        for index in body.indices { body[index] = UInt8(truncatingIfNeeded: index % 251) }
        return body
    }

    @Test
    func aPausedExchangeStopsReadingUntilTheSenderBlocksAndLosesNothing() async throws {
        let progress = Progress()
        let body = Self.body(bytes: 12 << 20)
        try await withLoopback(
            sendBuffer: 64 * 1024,
            script: { connection in
                guard connection.readRequest() != nil else { return }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
                let sent = connection.sendUntilBlocked(body, limit: body.count, patience: 700)
                progress.sentWhenBlocked.store(sent, ordering: .sequentiallyConsistent)
                connection.send(Array(body[sent...]))
                _ = connection.waitForDeparture(seconds: 30)
            }
        ) { server, transport in
            let sink = RecordingSink(pausesAfter: { $0 == 1 })
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            try await eventually("the sender is blocked") { progress.sentWhenBlocked.load(ordering: .sequentiallyConsistent) >= 0 }
            let sent = progress.sentWhenBlocked.load(ordering: .sequentiallyConsistent)
            #expect(sent < body.count / 2, "the sender was never blocked: the socket was read while paused")
            #expect(sink.record.pieces == 1)
            #expect(sink.record.results.isEmpty)
            exchange.resume()
            _ = try await sink.result().get()
            #expect(sink.record.body == body)
        }
    }

    @Test(arguments: Framing.allCases)
    func pausingAfterEveryPieceLosesNothingAndRepeatsNothing(_ framing: Framing) async throws {
        let pieces = (0..<300).map { "event \($0): " + String(repeating: "x", count: $0 * 7 % 1999) + "\n" }
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil { if !framing.answer(connection, pieces) { break } }
        }) { server, transport in
            let sink = RecordingSink(pausesAfter: { _ in true })
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            var seen = 0
            while sink.record.results.isEmpty {
                let known = seen
                try await eventually("the next piece or the end comes") { sink.record.pieces > known || !sink.record.results.isEmpty }
                seen = sink.record.pieces
                exchange.resume()
            }
            _ = try await sink.result().get()
            #expect(sink.text == pieces.joined())
        }
    }

    /// The race that would lose a wake-up: the consumer resumes before the sink's `.pause` has been noted.
    @Test
    func aResumeFromInsideTheSinkIsNotLost() async throws {
        let pieces = (0..<200).map { "\($0) " + String(repeating: "y", count: 3000) }
        let held = Mutex<(any HTTPExchange)?>(nil)
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil { _ = Framing.chunked.answer(connection, pieces) }
        }) { server, transport in
            let sink = RecordingSink(
                pausesAfter: { _ in true },
                onBody: {
                    while true {
                        if let exchange = held.withLock({ $0 }) { return exchange.resume() }
                    }
                })
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            held.withLock { $0 = exchange }
            _ = try await sink.result().get()
            #expect(sink.text == pieces.joined())
            held.withLock { $0 = nil }
        }
    }

    @Test
    func resumingWhatIsNotPausedIsHarmless() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let sink = RecordingSink()
            let exchange = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            for _ in 0..<100 { exchange.resume() }
            _ = try await sink.result().get()
            for _ in 0..<100 { exchange.resume() }
            let outcome = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 2)
            #expect(outcome.body == Array("ok".utf8))
            #expect(sink.text == "ok")
        }
    }
}
