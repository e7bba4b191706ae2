import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ConnectionReuseTests {
    @Test
    func oneConnectionServesExchangesThatFollowEachOther() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            for turn in 0..<50 {
                let sink = RecordingSink()
                _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
                let timings = try await sink.result().get()
                #expect(timings.isConnectionReused == (turn > 0))
                #expect((timings.connect == .zero) == (turn > 0))
            }
            #expect(server.acceptedConnections == 1)
            #expect(transport.snapshot == CurlTransport.Snapshot(activeTransfers: 0, openSockets: 1))
        }
    }

    @Test
    func exchangesAtTheSameTimeGetConnectionsOfTheirOwnAndKeepThem() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            for _ in 0..<5 {
                let sinks = (0..<8).map { _ in RecordingSink() }
                for sink in sinks { _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink) }
                for sink in sinks { _ = try await sink.result().get() }
            }
            #expect(server.acceptedConnections <= 8)
            #expect(server.requests.count == 40)
        }
    }

    /// The peer closed the idle connection and the request is on its way: nobody processed it, so it is sent again.
    @Test(arguments: [false, true])
    func aStaleConnectionIsReplacedUnseen(byReset: Bool) async throws {
        try await withLoopback(script: { connection in
            // One answer for each connection; the second request on it meets a closed door.
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            guard connection.readRequest() != nil else { return }
            if byReset { connection.reset() } else { connection.close() }
        }) { server, transport in
            for _ in 0..<6 {
                let request = HTTPExchangeRequest(method: .post, url: server.url(), body: Array("again".utf8))
                let response = try await transport.collect(request, maxBytes: 10)
                #expect(response.body == Array("ok".utf8))
            }
            #expect(server.acceptedConnections == 6)
        }
    }

    @Test
    func aConnectionThatThePeerClosedWhileIdleIsNotUsed() async throws {
        try await withLoopback(script: { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }) { server, transport in
            for turn in 1...3 {
                let outcome = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 2)
                #expect(outcome.head.status == 200)
                #expect(server.acceptedConnections == turn)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test
    func exchangesAreDealtToTheLoopsInTurn() async throws {
        var options = CurlTransportOptions()
        options.loopCount = 3
        try await withLoopback(options: options, script: answerOK) { server, transport in
            for _ in 0..<9 { _ = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 2) }
            // Each loop has connections of its own.
            #expect(server.acceptedConnections == 3)
            #expect(transport.snapshot.openSockets == 3)
        }
    }
}
