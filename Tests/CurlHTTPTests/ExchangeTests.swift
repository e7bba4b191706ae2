import CurlHTTP
import GatewayTesting
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
    @Test(arguments: Framing.allCases)
    func aBodyArrivesWholeHoweverItIsDelimited(_ framing: Framing) async throws {
        let pieces = (0..<40).map { "piece \($0) " + String(repeating: "x", count: $0 * 97) + "\n" }
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil { if !framing.answer(connection, pieces) { break } }
        }) { server, transport in
            let sink = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            let timings = try await sink.result().get()
            #expect(sink.record.heads.map(\.status) == [200])
            #expect(sink.text == pieces.joined())
            #expect(timings.httpVersion == 11)
            #expect(!timings.isConnectionReused)
            #expect(timings.firstByte > .zero && timings.total >= timings.firstByte)
        }
    }

    @Test
    func whatIsAskedForIsWhatIsSent() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let request = HTTPExchangeRequest(
                method: .post, url: server.url("/v1/chat?x=1"),
                headers: [
                    HTTPHeader("Authorization", "Bearer key"), HTTPHeader("content-type", "application/json"), HTTPHeader("x-empty", ""),
                    HTTPHeader("Content-Length", "999"), HTTPHeader("Expect", "100-continue"), HTTPHeader("Transfer-Encoding", "chunked"),
                ],
                body: Array("{\"é\":1}".utf8))
            _ = try await transport.collect(request, maxBytes: 100)
            let seen = try #require(server.requests.first)
            #expect(seen.line == "POST /v1/chat?x=1 HTTP/1.1")
            #expect(seen.body == request.body)
            #expect(seen.header("authorization") == "Bearer key")
            #expect(seen.header("content-type") == "application/json")
            #expect(seen.header("x-empty") == "")
            #expect(seen.header("content-length") == "8")
            #expect(seen.header("host") == "127.0.0.1:\(server.port)")
            #expect(seen.header("expect") == nil)
            #expect(seen.header("transfer-encoding") == nil)
        }
    }

    @Test
    func everyMethodGoesOutAsItIsOnOneReusedHandle() async throws {
        try await withLoopback(script: answerOK) { server, transport in
            let turns: [(HTTPMethod, String)] = [
                (.get, ""), (.post, "a"), (.get, ""), (.put, "bc"), (.delete, ""), (.post, ""), (HTTPMethod(rawValue: "PATCH"), "d"),
                (.get, ""),
                (.get, "with body"), (.delete, "e"), (.post, "f"),
            ]
            for (method, body) in turns {
                let request = HTTPExchangeRequest(method: method, url: server.url(), body: Array(body.utf8))
                let outcome = try await transport.collect(request, maxBytes: 2)
                #expect(outcome.body == Array("ok".utf8))
            }
            #expect(server.requests.map(\.line) == turns.map { "\($0.0.rawValue) / HTTP/1.1" })
            #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == turns.map(\.1))
            #expect(server.requests.allSatisfy { $0.header("content-type") == nil && $0.header("expect") == nil })
            #expect(server.acceptedConnections == 1)
        }
    }

    @Test
    func aBodyOfTenMebibytesIsSentAndReceivedUnchanged() async throws {
        try await withLoopback(script: { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                connection.send(request.body)
            }
        }) { server, transport in
            var generator = SystemRandomNumberGenerator()
            let block = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var body: [UInt8] = []
            for _ in 0..<2560 { body += block }
            let request = HTTPExchangeRequest(method: .post, url: server.url(), body: body)
            let response = try await transport.collect(request, maxBytes: body.count)
            #expect(response.body.count == 10 << 20)
            #expect(response.body == body)
        }
    }

    @Test
    func headersKeepTheirOrderAndRepetitionAndInformationalHeadsAreSkipped() async throws {
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 100 Continue\r\nx: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                connection.send("HTTP/1.1 418 I'm a teapot\r\nB:  2 \r\na: 1\r\nB: 3\r\nEmpty:\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.sendChunk("tea")
                connection.send("0\r\nx-trailer: ignored\r\n\r\n")
            }
        }) { server, transport in
            let response = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 10)
            #expect(response.head.status == 418)
            #expect(
                response.head.headers == [
                    HTTPHeader("B", "2"), HTTPHeader("a", "1"), HTTPHeader("B", "3"), HTTPHeader("Empty", ""),
                    HTTPHeader("Transfer-Encoding", "chunked"),
                ])
            #expect(response.body == Array("tea".utf8))
        }
    }

    @Test(arguments: [301, 302, 307, 308, 401, 404, 429, 500, 503])
    func anErrorStatusOrARedirectIsAResponseAndIsNotFollowed(_ status: Int) async throws {
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 \(status) X\r\nLocation: /elsewhere\r\nWWW-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nbody")
            }
        }) { server, transport in
            let response = try await transport.collect(HTTPExchangeRequest(url: server.url()), maxBytes: 10)
            #expect(response.head.status == status)
            #expect(response.body == Array("body".utf8))
            #expect(server.requests.count == 1)
        }
    }

    @Test
    func aResponseWithoutABodyEndsWithoutOne() async throws {
        try await withLoopback(script: { connection in
            while let request = connection.readRequest() {
                let length = request.line.hasPrefix("HEAD") ? "Content-Length: 99\r\n" : ""
                connection.send("HTTP/1.1 204 No Content\r\n\(length)\r\n")
            }
        }) { server, transport in
            for method in [HTTPMethod.get, HTTPMethod(rawValue: "HEAD"), .post, .get] {
                let sink = RecordingSink()
                _ = transport.start(HTTPExchangeRequest(method: method, url: server.url()), sink: sink)
                let timings = try await sink.result().get()
                #expect(sink.record.heads.map(\.status) == [204])
                #expect(sink.record.pieces == 0)
                #expect(timings.firstByte == .zero)
            }
            #expect(server.acceptedConnections == 1)
        }
    }

    @Test
    func theChunksOfOneSocketReadComeAsOnePiece() async throws {
        try await withLoopback(script: { connection in
            while connection.readRequest() != nil {
                let chunks = String(repeating: "5\r\nevent\r\n", count: 1000)
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
            }
        }) { server, transport in
            let sink = RecordingSink()
            _ = transport.start(HTTPExchangeRequest(url: server.url()), sink: sink)
            _ = try await sink.result().get()
            #expect(sink.text == String(repeating: "event", count: 1000))
            #expect(sink.record.pieces < 10)
        }
    }
}
