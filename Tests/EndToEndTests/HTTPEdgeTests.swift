import FastJSON
import Simulator
import Testing

/// What RFC 9110 and 9112 ask of a server beside answering: when a connection ends, how, and what a client of another age is told.
@Suite struct HTTPEdgeTests {
    private static let key = "authorization: Bearer client-key\r\n"
    private static var keyed: GatewayConfig {
        var config = GatewayConfig()
        // Ten minutes without a byte: what ends earlier was ended by the gateway, not by being idle.
        config.server = ["api_keys: [client-key]", "max_body_bytes: 4096", "idle_timeout_seconds: 600"]
        return config
    }

    @Test(
        "A refusal that the head decides comes before the body: the client that waits with it is told, and closed",
        arguments: [
            ("POST /v1/chat/completions", "expect: 100-continue\r\ncontent-length: 999\r\n", 401, true),
            ("POST /v1/chat/completions", "expect: 100-Continue\r\ntransfer-encoding: chunked\r\n", 401, true),
            ("POST /v1/chat/completions", "content-length: 999\r\n", 401, false),
            ("POST /nowhere", "\(key)content-length: 999\r\n", 404, false),
            ("POST /health", "expect: 100-continue\r\ncontent-length: 5\r\n", 405, true),
            ("POST /v1/chat/completions", "\(key)expect: 100-continue\r\ncontent-length: 20000000\r\n", 413, true),
            ("POST /v1/chat/completions", "\(key)content-length: 4097\r\n", 413, true),
            ("POST /v1/chat/completions", "\(key)content-length: 18446744073709551615\r\n", 413, true),
        ])
    func earlyRefusals(request: String, headers: String, status: Int, isLast: Bool) async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(Array("\(request) HTTP/1.1\r\nhost: x\r\n\(headers)\r\n".utf8))
            let answer = try await connection.answer()
            #expect(answer.status == status && (answer.header("connection") == "close") == isLast, "\(answer.headers)")
            #expect(try answer.errorCode() != nil)
            if isLast {
                #expect(try await connection.receive().isEmpty)
            } else {
                // The body comes late and is dropped; the next request has the connection.
                try await connection.send([UInt8](repeating: 0x20, count: 999))
                try await connection.send("GET", "/health")
                #expect(try await connection.answer().status == 200)
            }
            #expect(gateway.simulator.report().requests == 0)
        }
    }

    @Test("A client that may send its body is told to, and answered on the same connection")
    func continues() async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            let body = ChatCall("sim:n3").body
            for _ in 0..<2 {
                try await connection.send(
                    Array(
                        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\(Self.key)expect: 100-continue\r\ncontent-length: \(body.count)\r\n\r\n"
                            .utf8))
                #expect(try await String(decoding: connection.receive(), as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send(body)
                let answer = try await connection.answer()
                #expect(answer.status == 200 && answer.header("connection") == nil)
            }
        }
    }

    @Test("Chunks without an end are refused with 413; the client that goes on sending still reads it, and is closed soon")
    func hopelessBodies() async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(Array("POST /v1/chat/completions HTTP/1.1\r\n\(Self.key)transfer-encoding: chunked\r\n\r\n".utf8))
            let chunk = Array("400\r\n".utf8) + [UInt8](repeating: 0x20, count: 1_024) + Array("\r\n".utf8)
            // Four times the limit and a few chunks more: less than what is still dropped, so that no reset may overtake the answer.
            for _ in 0..<24 { try await connection.send(chunk) }
            let answer = try await connection.answer()
            #expect(answer.status == 413 && answer.header("connection") == "close")
            #expect(try await connection.receive().isEmpty)
            // The gateway reads on for a while and then no more: writing fails in the end.
            let wasClosed = await eventually {
                do {
                    try await connection.send(chunk)
                    return false
                } catch {
                    return true
                }
            }
            #expect(wasClosed)
            #expect(try await gateway.get("/health").status == 200)
        }
    }

    @Test(
        "A client that asks for the close is closed after its answer, whatever else it lists and sends",
        arguments: ["close", "Close", "TE, close", "keep-alive,close", "close , TE"])
    func closes(list: String) async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            // The second request is not answered: RFC 9112, 9.6.
            let next = "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n"
            try await connection.send(Array("GET /health HTTP/1.1\r\nhost: x\r\nconnection: \(list)\r\n\r\n\(next)".utf8))
            let text = try await Self.everything(connection)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("\r\nconnection: close\r\n"), "\(text)")
            #expect(text.components("HTTP/1.1") == 1)
        }
    }

    @Test("A connection without such a wish is kept, and so is one that only offers TE", arguments: ["keep-alive", "TE", "closed"])
    func keeps(list: String) async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            for _ in 0..<2 {
                try await connection.send("GET", "/health", headers: [("connection", list)])
                let answer = try await connection.answer()
                #expect(answer.status == 200 && answer.header("connection") == nil)
            }
        }
    }

    @Test(
        "An HTTP/1.0 client is answered in HTTP/1.0 without chunks, and its connection ends with the answer",
        arguments: [true, false], ["", "connection: keep-alive\r\nexpect: 100-continue\r\n"])
    func http10(isStreaming: Bool, headers: String) async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            let body = ChatCall("sim:n3", streaming: isStreaming).body
            let head = "POST /v1/chat/completions HTTP/1.0\r\n\(Self.key)\(headers)content-length: \(body.count)\r\n\r\n"
            try await connection.send(Array(head.utf8) + body)
            let text = try await Self.everything(connection)
            let end = try #require(text.utf8Range(of: "\r\n\r\n"))
            #expect(text[..<end].hasPrefix("HTTP/1.0 200 OK\r\n") && text[..<end].contains("\r\nconnection: close"), "\(text)")
            #expect(!text[..<end].lowercased().contains("transfer-encoding"))
            let answer = Array(text[end...].utf8.dropFirst(4))
            if isStreaming {
                #expect(answer.starts(with: Array("data: {".utf8)) && text.hasSuffix("data: [DONE]\n\n"), "\(text)")
            } else {
                #expect(try JSONValue.parse(answer)["choices"]?.array?.count == 1)
            }
        }
    }

    @Test("Requests sent ahead are answered in their own versions, until HTTP/1.0 ends the connection")
    func mixedVersions() async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(
                Array("GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\nGET /nowhere HTTP/1.0\r\n\r\nGET /health HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
            let text = try await Self.everything(connection)
            #expect(text.hasPrefix("HTTP/1.1 404") && text.components("HTTP/1.1") == 1 && text.components("HTTP/1.0 404") == 1, "\(text)")
            #expect(text.components("connection: close") == 1)
        }
    }

    @Test(
        "HEAD is answered with a head whatever its status",
        arguments: [
            ("/health", "", 200), ("/nowhere", "", 404), ("/v1/models", "", 401), ("/v1/models/none", key, 404),
            ("/v1/chat/completions", key, 405),
        ])
    func heads(path: String, headers: String, status: Int) async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(Array("HEAD \(path) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\(headers)\r\n".utf8))
            let text = try await Self.everything(connection).lowercased()
            #expect(text.hasPrefix("http/1.1 \(status) ") && text.hasSuffix("\r\n\r\n") && text.components("\r\n\r\n") == 1, "\(text)")
            #expect(text.contains("content-length: ") && !text.contains("content-length: 0\r\n"))
        }
    }

    @Test("A body that stops being HTTP after its refusal gets no second answer")
    func brokenRest() async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
            try await connection.send(Array("\(head)no size\r\n".utf8))
            let text = try await Self.everything(connection)
            #expect(text.components("HTTP/1.1") == 1, "\(text)")
        }
    }

    @Test("A wish for another protocol is not granted, and the connection that can carry nothing more is closed")
    func upgrades() async throws {
        try await withGateway(Self.keyed) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(
                Array("GET /health HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n\r\n".utf8))
            let text = try await Self.everything(connection)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("\r\nconnection: close\r\n"), "\(text)")
        }
    }

    private static func everything(_ connection: RawConnection) async throws -> String {
        var bytes: [UInt8] = []
        while true {
            let more = try await connection.receive()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }

    /// Where a text begins. By bytes: to `Character`, CR and LF are one.
    fileprivate func utf8Range(of text: String) -> Index? {
        var rest = utf8[...]
        while rest.count >= text.utf8.count {
            if rest.starts(with: text.utf8) { return rest.startIndex }
            rest = rest.dropFirst()
        }
        return nil
    }
}
