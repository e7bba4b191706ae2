import FastJSON
import Simulator
import Testing

/// What a client may ask of the router, in headers and in the body's `qualm` object.
@Suite struct ControlTests {
    private static let config: GatewayConfig = {
        var config = GatewayConfig()
        config.routes = [
            .init(name: "sure", drafter: "c1-confident-n12", heavyweight: "c1-expert-n9"),
            .init(name: "unsure", drafter: "c2-unsure-n12", heavyweight: "c2-expert-n9"),
            .init(name: "refusing", drafter: "c3-refusal", heavyweight: "c3-expert-n9"),
            .init(name: "broken", drafter: "c4-err503", heavyweight: "c4-expert-n9"),
        ]
        return config
    }()

    @Test("x-qualm-escalate and qualm.escalate: never keeps the draft, always asks only the heavyweight", arguments: [true, false])
    func escalation(inHeader: Bool) async throws {
        try await withGateway(Self.config) { gateway in
            for (route, control, answeredBy) in [
                ("unsure", "never", "c2-unsure-n12"), ("refusing", "never", "c3-refusal"), ("unsure", "auto", "c2-expert-n9"),
                ("sure", "auto", "c1-confident-n12"), ("sure", "always", "c1-expert-n9"),
            ] {
                for isStreaming in [true, false] {
                    gateway.simulator.reset()
                    var call = ChatCall(route, streaming: isStreaming)
                    if inHeader {
                        call.headers = [("X-Qualm-Escalate", control)]
                    } else {
                        call.extra = [("qualm", ["escalate": .string(control)])]
                    }
                    let answer = try await gateway.chat(call)
                    #expect(answer.header("x-qualm-model") == "sim:\(answeredBy)", "\(route) \(control)")
                    let metadata = isStreaming ? try answer.transcript().metadata : try answer.json()["qualm"]
                    #expect(metadata?["prefired"] == (route == "unsure" && control == "auto" ? true : false), "\(route) \(control)")
                    let asked = gateway.simulator.report().records
                    if control != "auto" { #expect(asked.map(\.model) == [answeredBy], "\(route) \(control)") }
                    // The object is for this gateway and goes no further.
                    #expect(asked.allSatisfy { !String(decoding: $0.body ?? [], as: UTF8.self).contains("qualm") })
                }
            }
            // With 'never' there is nobody to hand over to.
            let answer = try await gateway.chat(ChatCall("broken", headers: [("x-qualm-escalate", "never")]))
            #expect(answer.status == 502)
        }
    }

    @Test("x-qualm-release and qualm.release set the mode and its tokens; the header is stronger than the body")
    func release() async throws {
        try await withGateway(Self.config) { gateway in
            for (header, body, mode) in [
                (nil, nil, "boundary"), ("holdback; n=4", nil, "holdback"), (nil, "commit; n=3", "commit"),
                ("buffered", "commit", "buffered"),
            ] as [(String?, String?, String)] {
                var call = ChatCall("sure", streaming: true)
                if let header { call.headers = [("x-qualm-release", header)] }
                if let body { call.extra = [("qualm", ["release": .string(body)])] }
                let decision = try await gateway.decision(of: try await gateway.chat(call))
                #expect(decision["release"]?.string == mode, "\(header ?? "-") \(body ?? "-")")
            }
            // What is not streamed, and what must be whole to be valid, is held whole whatever was asked.
            let whole = try await gateway.chat(ChatCall("sure").released("commit; n=1"))
            #expect(try await gateway.decision(of: whole)["release"]?.string == "buffered")
            let tools = ChatCall("sure", streaming: true, extra: [("tools", Tools.two)]).released("commit; n=1")
            #expect(try await gateway.decision(of: try await gateway.chat(tools))["release"]?.string == "buffered")
        }
    }

    @Test("A route may set its own models, strategy values and release; x-qualm-strategy names one that exists")
    func routes() async throws {
        var config = GatewayConfig()
        config.drafter = "s1-recovering-h1000-w12-n40"
        config.isPriced = false
        config.more = """
            routes:
              strict:
                threshold_bits: 0.9
                release: {mode: buffered}
            """
        try await withGateway(config) { gateway in
            let lenient = try await gateway.decision(of: try await gateway.chat(ChatCall("auto", streaming: true)))
            #expect(lenient["decision"]?.string == "ship" && lenient["threshold"]?.double == 1.5)
            let strict = try await gateway.decision(of: try await gateway.chat(ChatCall("strict", streaming: true)))
            #expect(
                strict["decision"]?.string == "escalate" && strict["threshold"]?.double == 0.9 && strict["release"]?.string == "buffered")
            // Without a price the cost is unknown, which is not zero.
            #expect(strict["cost_usd"] == .some(.null) && strict["wasted_cost_usd"] == .some(.null))
            let named = try await gateway.chat(ChatCall("auto", headers: [("x-qualm-strategy", "window")]))
            #expect(named.status == 200)
            // A strategy that the route does not have is refused by the name of what asked for it.
            let inHeader = ChatCall("auto", headers: [("x-qualm-strategy", "risk")])
            let inBody = ChatCall("auto", extra: [("qualm", ["strategy": "risk"])])
            for (call, param) in [(inHeader, "x-qualm-strategy"), (inBody, "qualm.strategy")] {
                let refused = try await gateway.chat(call)
                #expect(try refused.status == 400 && refused.json()["error"]?["param"]?.string == param, "\(param)")
            }
        }
    }

    @Test("The metadata of a stream, of a usage chunk and of a whole body have the members of the contract")
    func metadata() async throws {
        let members = [
            "decision_id", "route", "decision", "reason", "drafter", "heavyweight", "window_max_bits", "risk", "prefired",
            "prefire_cancelled",
            "cost_usd", "wasted_cost_usd",
        ]
        try await withGateway(Self.config) { gateway in
            for route in ["sure", "unsure", "broken"] {
                let streamed = try await gateway.chat(ChatCall(route, streaming: true, usage: true))
                let metadata = try #require(try streamed.transcript().metadata?.object)
                let streamedNames = Set(metadata.map(\.name))
                #expect(streamedNames.isSuperset(of: members), "\(route)")
                #expect(metadata.first { $0.name == "decision_id" }?.value.string == streamed.header("x-qualm-decision-id"))
                let whole = try await gateway.chat(ChatCall(route)).json()["qualm"]
                let names = Set((whole?.object ?? []).map(\.name))
                #expect(names.isSuperset(of: members), "\(route)")
                #expect(whole?["cost_usd"]?.double ?? -1 > 0, "\(route)")
            }
        }
    }
}
