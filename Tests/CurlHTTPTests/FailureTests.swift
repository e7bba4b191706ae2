import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: HTTPTransportError.Kind
        var heads = 0
        var script: @Sendable (LoopbackConnection) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "closed before the head", kind: .resetBeforeHead) { _ = $0.readRequest() },
        Case(testDescription: "reset before the head", kind: .resetBeforeHead) {
            _ = $0.readRequest()
            $0.reset()
        },
        Case(testDescription: "closed inside the head", kind: .resetBeforeHead) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nContent-Le")
        },
        Case(testDescription: "closed after an informational head", kind: .resetBeforeHead) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 103 Early Hints\r\n\r\n")
        },
        Case(testDescription: "body shorter than announced", kind: .resetMidBody, heads: 1) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        },
        Case(testDescription: "truncated chunk", kind: .resetMidBody, heads: 1) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
        },
        Case(testDescription: "no last chunk", kind: .resetMidBody, heads: 1) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
        },
        Case(testDescription: "reset inside the body", kind: .resetMidBody, heads: 1) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
            $0.pause(milliseconds: 50)
            $0.reset()
        },
        Case(testDescription: "many headers", kind: .oversizedHeaders) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\n" + String(repeating: "x: " + String(repeating: "y", count: 97) + "\r\n", count: 700) + "\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
        Case(testDescription: "one long header", kind: .oversizedHeaders) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 90_000) + "\r\n\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
        Case(testDescription: "one very long header", kind: .oversizedHeaders) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 400_000) + "\r\n\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
        Case(testDescription: "not HTTP", kind: .malformedResponse) {
            _ = $0.readRequest()
            $0.send("SSH-2.0-OpenSSH_9.2\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
        Case(testDescription: "a bad chunk size", kind: .resetMidBody, heads: 1) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
        Case(testDescription: "a bad content length", kind: .malformedResponse) {
            _ = $0.readRequest()
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")
            _ = $0.waitForDeparture(seconds: 10)
        },
    ]

    @Test(arguments: cases)
    func aPeerThatMisbehavesGivesTheKindThatSaysHow(_ example: Case) async throws {
        try await withLoopback(script: example.script) { server, transport in
            let sink = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: server.url("/path?secret=1")), sink: sink)
            let error = try #require(try await sink.failure())
            #expect(error.kind == example.kind, "\(error)")
            #expect(sink.record.heads.count == example.heads)
            #expect(error.detail.contains("127.0.0.1:\(server.port)"))
            #expect(!error.detail.contains("secret"))
            // And the transport goes on.
            #expect(transport.snapshot.activeTransfers == 0)
        }
    }

    @Test
    func nothingListeningIsARefusedConnection() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            server.stop()
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 1)
            }
            #expect(error?.kind == .connectionRefused, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("", HTTPTransportError.Kind.invalidURL),
        ("http://", .invalidURL),
        ("no url", .invalidURL),
        ("http://127.0.0.1/\r\nx: injected", .invalidURL),
        ("http://127.0.0.1/\0", .invalidURL),
        ("ftp://127.0.0.1/x", .invalidURL),
        ("file:///etc/passwd", .invalidURL),
        ("http://127.0.0.1:99999/", .invalidURL),
        ("http://\(String(repeating: "a", count: 64)).invalid/", .dns),
        ("http://255.255.255.255:9/", .unreachable),
    ])
    func aURLThatLeadsNowhereSaysWhy(_ url: String, _ kind: HTTPTransportError.Kind) async throws {
        var options = CurlTransportOptions()
        options.proxy = .none
        let transport = try CurlTransport(options: options)
        defer { transport.shutdown() }
        let error = await #expect(throws: HTTPTransportError.self) {
            try await transport.collect(HTTPExchangeRequest(url: url), maxBytes: 1)
        }
        #expect(error?.kind == kind, "\(url): \(String(describing: error))")
    }

    @Test
    func aPlainServerBehindHTTPSFailsInTheHandshake() async throws {
        try await withLoopback(script: { $0.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") }) { server, transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: "https://127.0.0.1:\(server.port)/"), maxBytes: 1)
            }
            #expect(error?.kind == .tls, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        HTTPHeader("x", "a\r\ninjected: 1"), HTTPHeader("x", "a\nb"), HTTPHeader("x", "a\0b"), HTTPHeader("x: y\r\nz", "a"),
        HTTPHeader("", "a"),
        HTTPHeader("na me", "a"),
    ])
    func aHeaderThatWouldBreakTheFramingIsNotSent(_ header: HTTPHeader) async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(url: server.url(), headers: [HTTPHeader("ok", "1"), header]), maxBytes: 1)
            }
            #expect(error?.kind == .other)
            #expect(error?.detail.contains("injected") == false)
            #expect(server.acceptedConnections == 0)
        }
    }

    @Test(arguments: ["", "GET / HTTP/1.1\r\nx: injected\r\n\r\nGET", "GE\0T"])
    func aMethodThatWouldBreakTheFramingIsNotSent(_ method: String) async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await transport.collect(HTTPExchangeRequest(method: HTTPMethod(rawValue: method), url: server.url()), maxBytes: 1)
            }
            #expect(error?.kind == .other)
            #expect(server.acceptedConnections == 0)
        }
    }

    @Test
    func oneExchangeMoreThanTheLimitEndsAtOnce() async throws {
        var options = CurlTransportOptions()
        options.maxActiveTransfers = 3
        try await withLoopback(
            options: options,
            script: { connection in
                guard connection.readRequest() != nil else { return }
                _ = connection.waitForDeparture(seconds: 30)
            }
        ) { server, transport in
            let waiting = (0..<3).map { _ in RecordingSink() }
            let exchanges = waiting.map { transport.start(HTTPExchangeRequest(url: server.url()), sink: $0) }
            let refused = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: refused)
            let outcome = try await refused.failure()
            #expect(outcome?.kind == .other)
            #expect(transport.snapshot.activeTransfers == 3)
            for exchange in exchanges { exchange.cancel() }
            for sink in waiting {
                let outcome = try await sink.failure()
                #expect(outcome == .cancelled)
            }
        }
    }

    @Test
    func optionsOutOfTheirRangeAreRefusedByName() {
        var options = CurlTransportOptions()
        options.loopCount = 0
        let error = #expect(throws: HTTPTransportError.self) { try CurlTransport(options: options) }
        #expect(error?.detail == "loopCount is 0 but must be in 1...64")
    }
}
