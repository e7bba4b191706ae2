import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TimeoutTests {
    @Test
    func aHandshakeThatNeverAnswersIsAConnectTimeout() async throws {
        try await withLoopback(script: { _ = $0.waitForDeparture(seconds: 30) }) { server, transport in
            let sink = RecordingSink()
            let timeouts = HTTPTimeouts(connect: .milliseconds(150))
            _ = transport.start(HTTPExchangeRequest(url: "https://127.0.0.1:\(server.port)/", timeouts: timeouts), sink: sink)
            let outcome = try await sink.failure()
            #expect(outcome?.kind == .connectTimeout)
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test(arguments: [false, true])
    func noBodyByteInTimeIsAFirstByteTimeout(withHead: Bool) async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            if withHead { connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let sink = RecordingSink()
            let timeouts = HTTPTimeouts(firstByte: .milliseconds(150), idle: .milliseconds(10))
            _ = transport.start(HTTPExchangeRequest(url: server.url(), timeouts: timeouts), sink: sink)
            let error = try #require(try await sink.failure())
            #expect(error.kind == .firstByteTimeout)
            #expect(error.detail.contains("0.15 seconds"))
            #expect(sink.record.heads.count == (withHead ? 1 : 0))
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test
    func aGapInTheBodyIsAnIdleTimeoutAndAStreamWithoutGapsMayTakeAsLongAsItLikes() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 {
                connection.sendChunk("x")
                connection.pause(milliseconds: 50)
            }
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let sink = RecordingSink()
            // 20 pieces 50 ms apart take longer than a gap may.
            let timeouts = HTTPTimeouts(firstByte: .seconds(50), idle: .milliseconds(600))
            _ = transport.start(HTTPExchangeRequest(url: server.url(), timeouts: timeouts), sink: sink)
            let outcome = try await sink.failure()
            #expect(outcome?.kind == .idleTimeout)
            #expect(sink.text == String(repeating: "x", count: 20))
            try await eventually("the server sees the peer go") { server.departures == 1 }
        }
    }

    @Test
    func timeSpentPausedIsNotIdle() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            connection.pause(milliseconds: 100)
            connection.sendChunk("b")
            connection.send("0\r\n\r\n")
            _ = connection.waitForDeparture(seconds: 30)
        }) { server, transport in
            let sink = RecordingSink(pausesAfter: { $0 == 1 })
            let timeouts = HTTPTimeouts(idle: .milliseconds(300))
            let exchange = transport.start(HTTPExchangeRequest(url: server.url(), timeouts: timeouts), sink: sink)
            try await Task.sleep(for: .milliseconds(900))
            #expect(sink.record.results.isEmpty)
            #expect(sink.text == "a")
            exchange.resume()
            _ = try await sink.result().get()
            #expect(sink.text == "ab")
        }
    }

    @Test
    func timeoutsForEverAreNotOverflowed() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let forever = Duration.seconds(Int64.max)
            let timeouts = HTTPTimeouts(connect: forever, firstByte: forever, idle: forever)
            let outcome = try await transport.collect(HTTPExchangeRequest(url: server.url(), timeouts: timeouts), maxBytes: 2)
            #expect(outcome.head.status == 200)
        }
    }
}
