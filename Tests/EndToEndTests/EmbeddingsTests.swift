import FastJSON
import Simulator
import Testing

/// `POST /v1/embeddings`: passed on as it is.
@Suite struct EmbeddingsTests {
    private static func post(_ body: String, _ gateway: GatewayUnderTest, headers: [(String, String)] = []) async throws -> Answer {
        try await gateway.request("POST", "/v1/embeddings", headers: headers, body: Array(body.utf8))
    }

    /// What the model itself answers, asked without the gateway.
    private static func reference(_ body: String, _ gateway: GatewayUnderTest) async throws -> [UInt8] {
        let connection = try RawConnection(port: gateway.simulator.port)
        try await connection.send(
            "POST", "/v1/embeddings", headers: [("authorization", "Bearer \(GatewayConfig.providerKey)")], body: Array(body.utf8))
        try await connection.read()
        return connection.reader.body
    }

    @Test("The client's bytes go to the model it names, and the model's bytes come back: floats, base64, any number of inputs, any length")
    func passThrough() async throws {
        try await withGateway { gateway in
            let members = [
                #""input":"Name a tree.""#, #""input" : ["one",  "two", "gr\u00fcn"], "encoding_format":"float""#,
                #""input":"Name a tree.","encoding_format":"base64""#, #""input":["a","b"],"dimensions":8,"x_unknown":{"kept":[1, 2.50]}"#,
                #""input":[1,2,3]"#, #""input":[[1,2],[3]],"user":"u""#,
            ]
            for member in members {
                for name in ["sim:embed-n1", "sim/embed-n1"] {
                    let answer = try await Self.post("{\"model\":\"\(name)\",\(member)}", gateway)
                    let upstream = "{\"model\":\"embed-n1\",\(member)}"
                    #expect(answer.status == 200, "\(member): \(answer.text.prefix(300))")
                    #expect(answer.header("x-qualm-route") == "direct" && answer.header("x-qualm-model") == "sim:embed-n1", "\(member)")
                    let record = try #require(gateway.simulator.report().records.last)
                    #expect(record.body == Array(upstream.utf8), "\(member)")
                    #expect(record.path == "/v1/embeddings" && record.header("authorization") == "(redacted)")
                    #expect(answer.body == (try await Self.reference(upstream, gateway)), "\(member)")
                }
            }
            #expect(try await gateway.metric("qualm_requests_total", "route=\"direct\"", "status=\"ok\"") == Double(2 * members.count))
        }
    }

    @Test("The ledger has one leg with what the provider counted and what it cost")
    func ledger() async throws {
        try await withGateway(GatewayConfig.caching().pricingEmbedder("embed")) { gateway in
            let answer = try await Self.post(#"{"model":"sim:embed","input":"Name a tree, please."}"#, gateway)
            let tokens = try #require(try answer.json()["usage", "prompt_tokens"]?.int)
            let decision = try await gateway.decision(of: answer)
            #expect(decision["decision"]?.string == "direct" && decision["reason"]?.string == "embeddings")
            #expect(decision["cache"] == .some(.null))
            let leg = try #require(decision["legs"]?.array?.first)
            #expect(decision["legs"]?.array?.count == 1 && leg["leg"]?.string == "embedding" && leg["end"]?.string == "completed")
            #expect(leg["input_tokens"]?.int == tokens && leg["output_tokens"]?.int == 0 && leg["tokens_source"]?.string == "provider")
            #expect(abs((leg["cost_usd"]?.double ?? -1) - Double(tokens) * 0.02 / 1e6) < 1e-15 && leg["wasted"] == false)
            #expect(try await gateway.metric("qualm_tokens_total", "leg=\"embedding\"", "direction=\"input\"") == Double(tokens))
            // The same text again: asked again. Vectors are not cached.
            _ = try await Self.post(#"{"model":"sim:embed","input":"Name a tree, please."}"#, gateway)
            #expect(gateway.embeddingCalls == 2)
        }
    }

    @Test("A body that is wrong is told so, and nobody upstream is asked")
    func badRequests() async throws {
        try await withGateway { gateway in
            let cases: [(body: String, status: Int, param: String?)] = [
                (#"{"input":"x"}"#, 400, "model"), (#"{"model":"sim:embed"}"#, 400, "input"),
                (#"{"model":"sim:embed","input":""}"#, 400, "input"),
                (#"{"model":"sim:embed","input":[]}"#, 400, "input"), (#"{"model":"sim:embed","input":7}"#, 400, "input"),
                (#"{"model":"sim:embed","input":["a",7]}"#, 400, "input[1]"), (#"{"model":"auto","input":"x"}"#, 400, "model"),
                (#"{"model":"nobody:embed","input":"x"}"#, 404, "model"), (#"{"model":"never-heard-of","input":"x"}"#, 404, "model"),
                (#"{"model":"sim:embed","input":"x""#, 400, nil), ("[]", 400, nil), ("", 400, nil),
            ]
            for test in cases {
                let answer = try await Self.post(test.body, gateway)
                #expect(answer.status == test.status, "\(test.body): \(answer.text)")
                #expect(try answer.errorCode() != nil || test.status == 400, "\(test.body)")
                if let param = test.param { #expect(try answer.json()["error", "param"]?.string == param, "\(test.body): \(answer.text)") }
            }
            #expect(try await Self.post(#"{"model":"auto","input":"x"}"#, gateway).errorMessage().contains("provider:model"))
            #expect(try await gateway.get("/v1/embeddings").status == 405)
            let cached = try await Self.post(#"{"model":"sim:embed","input":"x"}"#, gateway, headers: [("x-qualm-cache", "only-if-cached")])
            #expect(cached.status == 504)
            #expect(try cached.errorCode() == "not_cached")
            #expect(gateway.simulator.report().requests == 0)
        }
    }

    @Test("An upstream's failure keeps the statuses of chats: what the client can mend stays, what concerns the gateway's key is 502")
    func upstreamFailures() async throws {
        try await withGateway { gateway in
            for (words, status, code) in [
                ("err400", 400, "invalid_value"), ("err401", 502, "upstream_authentication"), ("err403", 502, "upstream_authentication"),
                ("err404", 404, "model_not_found"), ("err429", 429, "rate_limit_exceeded"), ("err500", 502, "upstream_error"),
                ("refuse", 502, "upstream_unreachable"), ("malformed", 502, "upstream_malformed"), ("cutmid", 502, nil),
                ("errorevent", 502, nil),
            ] as [(String, Int, String?)] {
                let answer = try await Self.post("{\"model\":\"sim:embed-\(words)\",\"input\":\"x\"}", gateway)
                #expect(answer.status == status, "\(words): \(answer.status) \(answer.text)")
                let said = try answer.errorCode()
                if let code { #expect(said == code, "\(words): \(answer.text)") }
                #expect(answer.header("retry-after") != nil || status != 429, "\(words)")
                let leg = try await gateway.decision(of: answer)["legs"]?.array?.first
                #expect(leg?["leg"]?.string == "embedding" && leg?["end"]?.string == "failed", "\(words): \(leg ?? .null)")
            }
        }
    }

    @Test("A client that leaves takes its embedding call along", arguments: [false, true])
    func disconnect(isRude: Bool) async throws {
        try await withGateway { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send("POST", "/v1/embeddings", body: Array(#"{"model":"sim:embed-stallhead","input":"x"}"#.utf8))
            #expect(await gateway.simulator.waitUntil { $0.open == 1 })
            if isRude { connection.reset() } else { connection.close() }
            #expect(await gateway.simulator.waitUntil { $0.aborted == 1 && $0.open == 0 })
            let decision = try await gateway.lastDecision(requestedModel: "sim:embed-stallhead")
            #expect(decision["status"]?.string == "client_closed" && decision["reason"]?.string == "client_gone")
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 0 })
        }
    }

    @Test("A key is needed where keys are configured")
    func keys() async throws {
        var config = GatewayConfig()
        config.server = ["api_keys: [right-key]"]
        try await withGateway(config) { gateway in
            let body = #"{"model":"sim:embed","input":"x"}"#
            let refused = try await Self.post(body, gateway)
            #expect(refused.status == 401)
            #expect(try await Self.post(body, gateway, headers: [("authorization", "Bearer right-key")]).status == 200)
            #expect(gateway.embeddingCalls == 1)
        }
    }
}
