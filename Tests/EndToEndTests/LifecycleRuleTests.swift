import FastJSON
import Simulator
import Testing

/// The rules learnt from what users of other gateways report. Rules 1 and 13 are in `DisconnectTests` and `BoundsTests`, 10 in
/// `TimeTests`; 3, 4, 16 and 17 are also columns of `StreamMatrixTests`.
@Suite struct LifecycleRuleTests {
    @Test("Rule 2: the ledger has one closed entry per upstream call, however the request ended")
    func ledger() async throws {
        var config = GatewayConfig()
        config.routes = [
            .init(name: "ship", drafter: "l1-confident-n12", heavyweight: "l1-expert"),
            .init(name: "recover", drafter: "l2-recovering-s4-n60-d2000", heavyweight: "l2-expert-f200000"),
            .init(name: "escalate", drafter: "l3-unsure-n40-d2000", heavyweight: "l3-expert-n9"),
            .init(name: "handover", drafter: "l4-err503", heavyweight: "l4-expert-n9"),
            .init(name: "failed", drafter: "l5-err503", heavyweight: "l5-err500"),
            .init(name: "uncounted", drafter: "l6-confident-n12-nousage", heavyweight: "l6-expert"),
        ]
        let expected: [(route: String, status: String, legs: [String])] = [
            ("ship", "ok", ["draft completed provider used"]),
            ("recover", "ok", ["heavyweight cancelled:recovered estimated wasted", "draft completed provider used"]),
            ("escalate", "ok", ["draft cancelled:escalated estimated wasted", "heavyweight completed provider used"]),
            ("handover", "ok", ["draft failed:server_error unknown wasted", "heavyweight completed provider used"]),
            ("failed", "upstream_error", ["draft failed:server_error unknown wasted", "heavyweight failed:server_error unknown wasted"]),
            ("uncounted", "ok", ["draft completed estimated used"]),
        ]
        try await withGateway(config) { gateway in
            for (route, status, legs) in expected {
                for isStreaming in [false, true] {
                    _ = try await gateway.chat(ChatCall(route, streaming: isStreaming))
                    let id = try await gateway.lastDecision(requestedModel: route)["id"]?.string
                    let decision = try await gateway.decision(id)
                    #expect(decision["status"]?.string == status, "\(route)")
                    let found = (decision["legs"]?.array ?? []).map(Self.summary)
                    #expect(found == legs, "\(route), streaming: \(isStreaming)")
                    // Every leg has a price, so the request has one, and it is the sum.
                    let costs = (decision["legs"]?.array ?? []).compactMap { $0["cost_usd"]?.double }
                    #expect(costs.count == legs.count && abs(costs.reduce(0, +) - (decision["cost_usd"]?.double ?? -1)) < 1e-12, "\(route)")
                }
            }
            let stats = try await gateway.get("/stats").json()
            #expect(stats["requests"]?.int == 12 && stats["prefires", "cancelled"]?.int == 2)
        }
    }

    private static func summary(_ leg: JSONValue) -> String {
        let detail = leg["end_detail"]?.string.map { ":\($0)" } ?? ""
        let use = leg["wasted"]?.bool == true ? "wasted" : "used"
        return "\(leg["leg"]?.string ?? "?") \(leg["end"]?.string ?? "?")\(detail) \(leg["tokens_source"]?.string ?? "?") \(use)"
    }

    @Test(
        "Rule 3: a stream that ends without its marker, or with an error inside, is a failure and never a success",
        arguments: ["nodone", "cutmid", "resetmid", "malformed", "errorevent", "stallmid"])
    func brokenStreams(words: String) async throws {
        var config = GatewayConfig()
        config.sim = ["idle_timeout_ms: 500"]
        try await withGateway(config) { gateway in
            let answer = try await gateway.chat(ChatCall("sim:\(words)-n20-d20000", streaming: true, usage: true))
            #expect(answer.isComplete)
            if answer.status == 200 {
                // The text that had come is the client's; then it is told, and nothing looks like an end.
                let stream = try answer.transcript()
                #expect(!stream.chunks.isEmpty && !stream.isDone && stream.metadata == nil && stream.usageChunk == nil)
                #expect(stream.error?["error", "message"]?.string?.hasPrefix("sim ") == true)
                #expect(stream.error?["error", "type"]?.string == "upstream_error")
            } else {
                // A machine so busy that everything came at once: nothing had left yet.
                #expect([502, 504].contains(answer.status))
                #expect(try answer.json()["error", "type"]?.string == "upstream_error")
            }
            let decision = try await gateway.lastDecision(requestedModel: "sim:\(words)-n20-d20000")
            let status = words == "stallmid" ? "upstream_timeout" : "upstream_error"
            #expect(decision["status"]?.string == status && decision["decision"]?.string == "failed")
            #expect(try await gateway.metric("qualm_requests_total", "status=\"\(status)\"") == 1)
            #expect(try await gateway.metric("qualm_upstream_errors_total", "provider=\"sim\"") == 1)
            #expect(try await gateway.metric("qualm_requests_total", "status=\"ok\"") == 0)
        }
    }

    @Test("Rule 4: with include_usage the usage chunk comes after the finish reason, with the provider's own numbers")
    func usage() async throws {
        var config = GatewayConfig()
        config.routes = [
            .init(name: "ship", drafter: "u1-confident-n12", heavyweight: "u1-expert"),
            .init(name: "escalate", drafter: "u2-unsure-n12", heavyweight: "u2-expert-n9"),
        ]
        try await withGateway(config) { gateway in
            for (route, model) in [("ship", "u1-confident-n12"), ("escalate", "u2-expert-n9"), ("sim:u3-n7", "u3-n7")] {
                let call = ChatCall(route, streaming: true, usage: true)
                let stream = try await gateway.chat(call).transcript()
                try stream.expectExactFraming(usage: true, "\(route)")
                let reference = try await gateway.reference(model, call)
                #expect(stream.usageChunk?["usage"] == reference["usage"], "\(route)")
                #expect(stream.usageChunk?["qualm"] == stream.metadata, "\(route)")
            }
        }
    }

    @Test("Rule 5: parallel tool calls are put together by index and id, and only complete and valid calls reach the client")
    func toolCalls() async throws {
        var config = GatewayConfig()
        let words = ["tool", "paralleltools", "badtool", "brokentool", "unknowntool"]
        config.routes = words.map { .init(name: $0, drafter: "t-\($0)-d1000", heavyweight: "t-\($0)-y-paralleltools") }
        try await withGateway(config) { gateway in
            for word in words {
                let call = ChatCall(word, streaming: true, extra: [("tools", Tools.two)])
                let stream = try await gateway.chat(call).transcript()
                try stream.expectExactFraming(usage: false, "\(word)")
                // One id, one name and one whole set of arguments each, although the pieces alternate.
                #expect(stream.toolCalls.map { $0[1] } == ["weather", "clock"], "\(word)")
                #expect(Set(stream.toolCalls.map { $0[0] }).count == 2, "\(word)")
                for arguments in stream.toolCalls.map({ $0[2] }) { _ = try JSONValue.parse(Array(arguments.utf8)) }
                let whole = try await gateway.chat(ChatCall(word, extra: [("tools", Tools.two)]))
                let calls = try whole.message()?["tool_calls"]?.array ?? []
                #expect(calls.map { $0["function", "arguments"]?.string } == stream.toolCalls.map { $0[2] }, "\(word)")
            }
            // With escalation forbidden the draft's own valid call is the answer.
            let forced = ChatCall("paralleltools", extra: [("tools", Tools.two)], headers: [("x-qualm-escalate", "never")])
            #expect(try await gateway.chat(forced).json()["model"]?.string == "t-paralleltools-d1000")
        }
    }

    @Test("Rule 7: unknown members of requests and answers survive byte for byte; logprobs reach only clients that asked for them")
    func unknownMembers() async throws {
        try await withGateway { gateway in
            let odd = #""x_odd":{"b":1.50e0,"a":[ 1,2 ],"\u0061":null},"metadata":{"k":"v\/w"}"#
            for model in ["sim:odd-n5", "auto"] {
                let body = #"{"messages":[{"role":"user","content":"hi","x_name":"\u00e9"}],\#(odd),"model":"\#(model)"}"#
                let answer = try await gateway.request("POST", "/v1/chat/completions", body: Array(body.utf8))
                #expect(answer.status == 200)
                let sent = String(decoding: gateway.simulator.report().records.last?.body ?? [], as: UTF8.self)
                #expect(sent.contains(odd) && sent.contains(#"[{"role":"user","content":"hi","x_name":"\u00e9"}]"#), "\(sent)")
                #expect(answer.text.contains(#""system_fingerprint":"fp_simulated""#) && answer.text.contains(#""service_tier""#))
                #expect(try answer.json()["choices"]?.array?.first?["logprobs"]?.isNull != false)
            }
            for (asked, alternatives) in [(3, 3), (0, 0)] {
                let extra: [(String, JSONValue)] = [("logprobs", true), ("top_logprobs", .int(Int64(asked)))]
                for model in ["auto", "sim:even-n5"] {
                    let answer = try await gateway.chat(ChatCall(model, streaming: true, extra: extra))
                    let items = try answer.transcript().choiceChunks.compactMap {
                        $0["choices"]?.array?.first?["logprobs", "content"]?.array?.first
                    }
                    #expect(!items.isEmpty, "\(model)")
                    #expect(items.allSatisfy { $0["top_logprobs"]?.array?.count == alternatives }, "\(model), asked for \(asked)")
                }
            }
        }
    }

    @Test("Rule 8: a concrete model answers itself, asked once, and the answer names the model that answered")
    func concreteModels() async throws {
        try await withGateway { gateway in
            for (number, separator) in [":", "/"].enumerated() {
                for isStreaming in [false, true] {
                    let model = "c\(number)\(isStreaming)-unsure-n6"
                    let answer = try await gateway.chat(ChatCall("sim\(separator)\(model)", streaming: isStreaming))
                    #expect(answer.header("x-qualm-route") == "direct" && answer.header("x-qualm-model") == "sim:\(model)")
                    let named = isStreaming ? try answer.transcript().model : try answer.json()["model"]?.string
                    #expect(named == model)
                    let records = gateway.simulator.report().records.filter { $0.model == model }
                    #expect(records.count == 1)
                    // Nothing is asked for that the client did not ask for.
                    let sent = String(decoding: records.first?.body ?? [], as: UTF8.self)
                    #expect(sent.contains(model) && !sent.contains("logprobs"))
                }
            }
            // The listed model's bare name means the same model.
            let bare = try await gateway.chat(ChatCall("auto-expert-n12"))
            #expect(bare.header("x-qualm-route") == "direct")
            #expect(try bare.json()["model"]?.string == "auto-expert-n12")
        }
    }

    @Test("Rule 16: upstream events are read with any line ends, comments and cuts, and give the same text")
    func framings() async throws {
        try await withGateway { gateway in
            for words in ["n8-k1", "bytesplit", "crlf", "comments", "multi", "crlf-comments-bytesplit", "unicode-bytesplit"] {
                let model = "f-\(words)-n8-k1"
                let call = ChatCall("sim:\(model)", streaming: true)
                let stream = try await gateway.chat(call).transcript()
                try stream.expectExactFraming(usage: false, "\(words)")
                let reference = try await gateway.reference(model, call)["choices"]?.array?.first?["message", "content"]?.string
                #expect(stream.content == reference, "\(words)")
            }
        }
    }

    @Test("Rule 17: only when both models fail does the client see an error, which names the provider and both failures")
    func bothFail() async throws {
        var config = GatewayConfig()
        config.routes = [.init(name: "both", drafter: "b-err503", heavyweight: "b-err500")]
        try await withGateway(config) { gateway in
            for isStreaming in [false, true] {
                let answer = try await gateway.chat(ChatCall("both", streaming: isStreaming))
                #expect(answer.status == 502)
                #expect(try answer.errorCode() == "upstream_error")
                let message = try answer.errorMessage()
                #expect(message.contains("sim answered 500") && message.contains("Before that, sim failed, too"), "\(message)")
            }
        }
    }

    @Test("Rule 18: every accepted way to write content, stop and limits reaches the upstream as it was written, and nothing is invented")
    func wordings() async throws {
        let contents = [#""hi""#, #"[{"type":"text","text":"hi"}]"#]
        let members = [
            #""stop":"x""#, #""stop":["x","y"]"#, #""max_tokens":5"#, #""max_completion_tokens":5"#, #""temperature":0.5"#, #""seed":7"#,
        ]
        try await withGateway { gateway in
            for content in contents {
                for member in members {
                    let body = #"{"model":"auto","messages":[{"role":"user","content":\#(content)}],\#(member)}"#
                    let answer = try await gateway.request("POST", "/v1/chat/completions", body: Array(body.utf8))
                    #expect(answer.status == 200, "\(body): \(answer.text)")
                    let draft = gateway.simulator.report().records.last { $0.model == "auto-drafter-n12" }
                    let sent = try JSONValue.parse(try #require(draft?.body))
                    #expect(String(decoding: draft?.body ?? [], as: UTF8.self).contains(member) && sent["messages"]?.array?.count == 1)
                    let name = member.dropFirst().prefix { $0 != "\"" }
                    let allowed: Set = ["model", "messages", "stream", "stream_options", "logprobs", "top_logprobs", String(name)]
                    #expect(Set((sent.object ?? []).map(\.name)).isSubset(of: allowed), "\(sent)")
                }
            }
        }
    }

    @Test("Rule 18: several choices are answered by the heavyweight alone", arguments: [false, true])
    func severalChoices(isStreaming: Bool) async throws {
        try await withGateway { gateway in
            let answer = try await gateway.chat(ChatCall("auto", streaming: isStreaming, extra: [("n", 3)]))
            #expect(answer.status == 200 && answer.header("x-qualm-route") == "direct")
            #expect(answer.header("x-qualm-model") == "sim:auto-expert-n12")
            if isStreaming {
                let chunks = try answer.transcript().choiceChunks
                let indices = chunks.compactMap { $0["choices"]?.array?.first?["index"]?.int }
                #expect(Set(indices) == [0, 1, 2])
                let ends = chunks.filter { $0["choices"]?.array?.first?["finish_reason"]?.string != nil }
                #expect(ends.count == 3)
            } else {
                #expect(try answer.json()["choices"]?.array?.compactMap { $0["index"]?.int } == [0, 1, 2])
            }
            #expect(gateway.simulator.report().records.map(\.model) == ["auto-expert-n12"])
        }
    }
}
