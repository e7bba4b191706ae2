import FastJSON
import Simulator
import Testing

/// Rule 10, and what takes time.
@Suite struct TimeTests {
    @Test("Rule 10: while a draft is held back, comments keep the connection alive; they come before the answer and not inside it")
    func keepAlive() async throws {
        var config = GatewayConfig()
        config.routes = [
            .init(name: "ships", drafter: "held-confident-n28-d100000", heavyweight: "held-expert"),
            .init(name: "escalates", drafter: "held-late-n30-d100000", heavyweight: "held-expert-n9"),
        ]
        config.release = ["keepalive_seconds: 1"]
        try await withGateway(config) { gateway in
            var connections: [RawConnection] = []
            for route in config.routes {
                connections.append(try await gateway.open(ChatCall(route.name, streaming: true).released("buffered")))
            }
            for (route, connection) in zip(config.routes, connections) {
                try await connection.read { !$0.body.isEmpty }
                // The head and the comment leave while the drafter still writes, and do not say who will answer.
                #expect(String(decoding: connection.reader.body, as: UTF8.self).hasPrefix(": keep-alive\n\n"))
                #expect(connection.reader.header("x-qualm-route") == "pending" && connection.reader.header("x-qualm-model") == nil)
                try await connection.read()
                let stream = try Answer(connection.reader).transcript()
                #expect(stream.keepAlives >= 1)
                try stream.expectExactFraming(usage: false, "\(route.name)")
                #expect(stream.metadata?["decision"]?.string == (route.name == "ships" ? "ship" : "escalate"))
                #expect(stream.model == (route.name == "ships" ? route.drafter : route.heavyweight))
                let kinds = stream.items.map { if case .keepAlive = $0 { true } else { false } }
                #expect(kinds.lastIndex(of: true) ?? 0 < kinds.firstIndex(of: false) ?? 0)
            }
        }
    }

    @Test("Rule 10: there is no limit on the whole of a healthy stream, only on its silences")
    func noTotalTimeout() async throws {
        var config = GatewayConfig()
        config.sim = ["first_byte_timeout_ms: 1200", "idle_timeout_ms: 1200"]
        try await withGateway(config) { gateway in
            // Two and a half times the timeouts, in steps well below them.
            let answer = try await gateway.chat(ChatCall("sim:long-n15-d200000", streaming: true))
            try answer.transcript().expectExactFraming(usage: false, "long")
        }
    }

    @Test("An upstream that is silent for too long is a 504 that names the provider", arguments: ["stallhead", "stallfirst"])
    func upstreamTimeout(words: String) async throws {
        var config = GatewayConfig()
        config.sim = ["first_byte_timeout_ms: 300", "idle_timeout_ms: 300"]
        try await withGateway(config) { gateway in
            for isStreaming in [true, false] {
                let answer = try await gateway.chat(ChatCall("sim:\(words)", streaming: isStreaming))
                #expect(answer.status == 504, "\(answer.text)")
                #expect(try answer.errorCode() == "upstream_timeout")
                #expect(try answer.errorMessage().hasPrefix("sim did not answer in time"))
            }
            #expect(await gateway.simulator.waitUntil { $0.open == 0 })
        }
    }

    @Test("A pre-fire is cancelled at the upstream when the drafter recovers, and the record and the metrics say so")
    func prefires() async throws {
        var config = GatewayConfig()
        config.routes = [.init(name: "recovers", drafter: "p1-recovering-s4-n36-d20000", heavyweight: "p1-expert-f20000000")]
        try await withGateway(config) { gateway in
            let shipped = try await gateway.chat(ChatCall("recovers", streaming: true).released("buffered"))
            #expect(shipped.header("x-qualm-route") == "draft")
            let metadata = try shipped.transcript().metadata
            #expect(metadata?["prefired"] == true && metadata?["prefire_cancelled"] == true)
            #expect(await gateway.simulator.waitUntil { $0.requests(model: "p1-expert-f20000000").last?.outcome == .aborted })
            let decision = try await gateway.decision(of: shipped)
            let marks = decision["marks"]?.array?.compactMap { $0["kind"]?.string } ?? []
            #expect(marks.contains("prefire") && marks.contains("cancel") && marks.contains("ship"))
            #expect(try await gateway.metric("qualm_prefire_cancellations_total") == 1)
            #expect(try await gateway.metric("qualm_cancel_latency_seconds_count", "leg=\"heavyweight\"") == 1)
        }
    }
}
