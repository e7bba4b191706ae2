import FastJSON
import Simulator
import Testing

/// What a client is told when something is wrong, and what it is never told.
@Suite struct ErrorTests {
    @Test("A request that is wrong is refused with status, code, parameter and what would be right")
    func wrongRequests() async throws {
        let message = #""messages":[{"role":"user","content":"hi"}]"#
        let cases: [(body: String, headers: [(String, String)], status: Int, code: String, says: String)] = [
            (#"{"model":"auto",}"#, [], 400, "invalid_json", "16"),
            ("", [], 400, "invalid_json", ""),
            ("[1]", [], 400, "", "object"),
            (#"{\#(message)}"#, [], 400, "", "model"),
            (#"{"model":"auto"}"#, [], 400, "", "messages"),
            (#"{"model":7,\#(message)}"#, [], 400, "", "model"),
            (#"{"model":"auto",\#(message),"stream":"yes"}"#, [], 400, "", "stream"),
            (#"{"model":"auto",\#(message),"n":0}"#, [], 400, "", "n"),
            (#"{"model":"nobody",\#(message)}"#, [], 404, "model_not_found", "'auto'"),
            (#"{"model":"elsewhere:gpt",\#(message)}"#, [], 404, "model_not_found", "elsewhere:gpt"),
            (#"{"model":"auto",\#(message)}"#, [("x-qualm-release", "never")], 400, "", "x-qualm-release"),
            (#"{"model":"auto",\#(message)}"#, [("x-qualm-escalate", "maybe")], 400, "", "'always'"),
            (#"{"model":"auto",\#(message)}"#, [("x-qualm-strategy", "risk")], 400, "", "risk"),
            (#"{"model":"auto",\#(message),"qualm":{"escalat":"never"}}"#, [], 400, "unknown_parameter", "escalat"),
            (#"{"model":"auto",\#(message)}"#, [("x-qualm-cache", "only-if-cached")], 504, "not_cached", "only-if-cached"),
        ]
        try await withGateway { gateway in
            for (body, headers, status, code, says) in cases {
                let answer = try await gateway.request("POST", "/v1/chat/completions", headers: headers, body: Array(body.utf8))
                #expect(answer.status == status, "\(body) \(headers): \(answer.text)")
                let found = try answer.errorCode()
                #expect(code.isEmpty ? found != nil : found == code, "\(body): \(answer.text)")
                #expect(answer.text.contains(says), "\(body): \(answer.text)")
                #expect(answer.header("x-request-id")?.isEmpty == false && answer.header("content-type") == "application/json")
            }
            #expect(gateway.simulator.report().requests == 0)
            #expect(try await gateway.metric("qualm_inflight_requests") == 0)
        }
    }

    @Test("Unknown paths are 404, wrong methods 405 with Allow, and the connection goes on")
    func pathsAndMethods() async throws {
        try await withGateway { gateway in
            let connection = try RawConnection(port: gateway.port)
            for (method, path, status, allow) in [
                ("GET", "/nowhere", 404, nil), ("POST", "/v1/chat/completion", 404, nil), ("GET", "/v1/chat/completions", 405, "POST"),
                ("POST", "/health", 405, "GET, HEAD"), ("DELETE", "/v1/models", 405, "GET, HEAD"), ("GET", "/stats/reset", 405, "POST"),
                ("GET", "/cache/clear", 405, "POST, DELETE"), ("GET", "/v1/embeddings", 405, "POST"),
                ("GET", "/v1/decisions/dec_none", 404, nil), ("GET", "/v1/models/nobody", 404, nil), ("GET", "/health", 200, nil),
            ] as [(String, String, Int, String?)] {
                try await connection.send(method, path)
                let answer = try await connection.answer()
                #expect(answer.status == status && answer.header("allow") == allow, "\(method) \(path): \(answer.status)")
                if status != 200 { #expect(try answer.errorCode() != nil) }
            }
        }
    }

    @Test("A body over the limit is refused with 413 and a client that goes on sending loses its connection")
    func largeBodies() async throws {
        var config = GatewayConfig()
        config.server = ["max_body_bytes: 4096"]
        try await withGateway(config) { gateway in
            let fits = ChatCall("sim:n3", prompt: String(repeating: "a", count: 3_900))
            #expect(fits.body.count < 4_096)
            #expect(try await gateway.chat(fits).status == 200)
            let large = try await gateway.chat(ChatCall("sim:n3", prompt: String(repeating: "a", count: 5_000)))
            #expect(large.status == 413 && large.text.contains("4096"))
            #expect(try large.errorCode() == "request_too_large")
            // Announced or chunked, sixteen times the limit: the answer comes early or the connection ends; nothing is kept.
            let connection = try RawConnection(port: gateway.port)
            var refusal: Int?
            do {
                try await connection.send("POST", "/v1/chat/completions", body: [UInt8](repeating: 0x20, count: 65_536))
                refusal = try await connection.answer().status
            } catch is Failure {
                refusal = nil
            }
            #expect(refusal == 413 || refusal == nil)
            #expect(try await gateway.get("/health").status == 200)
            #expect(gateway.simulator.report().requests == 1)
        }
    }

    @Test("With client keys configured, a missing or wrong key is 401; probes stay open; a right key is let in and not passed on")
    func clientKeys() async throws {
        var config = GatewayConfig()
        config.server = ["api_keys: [client-key-one, client-key-two]"]
        try await withGateway(config) { gateway in
            for headers in [
                [], [("authorization", "Bearer client-key-thre")], [("authorization", "Basic client-key-one")], [("x-api-key", "")],
            ] {
                for (method, path) in [
                    ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/stats"), ("GET", "/v1/decisions"),
                ] {
                    let answer = try await gateway.request(method, path, headers: headers, body: method == "POST" ? ChatCall().body : [])
                    #expect(answer.status == 401 && answer.header("www-authenticate") == "Bearer", "\(path) \(headers)")
                    #expect(try answer.errorCode() == "invalid_api_key")
                }
            }
            for path in ["/health", "/ready", "/metrics"] { #expect(try await gateway.get(path).status == 200) }
            #expect(gateway.simulator.report().requests == 0)
            for header in [("authorization", "Bearer client-key-two"), ("x-api-key", "client-key-one"), ("api-key", "client-key-one")] {
                let answer = try await gateway.chat(ChatCall("sim:n3", headers: [header]))
                #expect(answer.status == 200, "\(header)")
            }
            // The simulator lets only the provider's key in; that the client's went nowhere shows in its records.
            let records = gateway.simulator.report().records
            #expect(
                records.count == 3
                    && records.allSatisfy { $0.status == 200 && $0.header("x-api-key") == nil && $0.header("api-key") == nil })
        }
    }

    @Test("An upstream's error becomes the right status, names the provider, and carries no key")
    func upstreamErrors() async throws {
        let cases: [(words: String, status: Int, code: String)] = [
            ("err400", 400, "invalid_value"), ("err401", 502, "upstream_authentication"), ("err403", 502, "upstream_authentication"),
            ("err404", 404, "model_not_found"), ("err408", 504, "upstream_timeout"), ("err422", 422, ""),
            ("err429-r7", 429, "rate_limit_exceeded"),
            ("err500", 502, "upstream_error"), ("err503", 502, "upstream_error"), ("err504", 504, "upstream_timeout"),
            ("refuse", 502, "upstream_unreachable"),
        ]
        try await withGateway { gateway in
            for (words, status, code) in cases {
                for isStreaming in [false, true] {
                    let answer = try await gateway.chat(ChatCall("sim:\(words)", streaming: isStreaming))
                    #expect(answer.status == status, "\(words): \(answer.status) \(answer.text)")
                    let found = try answer.errorCode()
                    #expect(code.isEmpty ? found != nil : found == code, "\(words): \(answer.text)")
                    #expect(try answer.errorMessage().hasPrefix("sim "), "\(words): \(answer.text)")
                    #expect(answer.header("retry-after") == (words == "err429-r7" ? "7" : words == "err503" ? "1" : nil), "\(words)")
                }
            }
        }
    }

    @Test("A provider that cannot be reached is a 502 that names it")
    func unreachable() async throws {
        let closed = try await Simulator.start()
        try await closed.stop()
        var config = GatewayConfig()
        config.providers = ["closed: {base_url: \"http://127.0.0.1:\(closed.port)/v1\", api_key: \(GatewayConfig.providerKey)}"]
        try await withGateway(config) { gateway in
            let answer = try await gateway.chat(ChatCall("closed:any", streaming: true))
            #expect(answer.status == 502)
            #expect(try answer.errorCode() == "upstream_unreachable")
            #expect(try answer.errorMessage().hasPrefix("closed could not be reached"))
        }
    }

    @Test("What is not HTTP is answered with 400 and closed; a half-sent request is closed by its client without harm")
    func notHTTP() async throws {
        try await withGateway { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send(Array("NOT HTTP AT ALL\r\n\r\n".utf8))
            try await connection.read()
            #expect(connection.reader.status == 400 || connection.reader.status == 0)
            for cut in [1, 20, 60, 100] {
                let half = try RawConnection(port: gateway.port)
                let body = ChatCall("sim:n3").body
                let request = Array("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: \(body.count)\r\n\r\n".utf8) + body
                try await half.send(Array(request.prefix(cut)))
                half.close()
            }
            #expect(try await gateway.get("/health").status == 200)
            #expect(gateway.simulator.report().requests == 0)
        }
    }
}
