import FastJSON
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Rule 15: the end of a gateway.
@Suite struct DrainTests {
    @Test("After SIGTERM a stream in flight finishes, new requests are turned away, and the process ends with 0")
    func drain() async throws {
        try await withGateway(expectedExit: nil) { gateway in
            let idle = try RawConnection(port: gateway.port)
            try await idle.send("GET", "/ready")
            #expect(try await idle.answer().status == 200)
            let stream = try await gateway.open(ChatCall("sim:n12-d500000", streaming: true))
            try await stream.read { !$0.body.isEmpty }
            gateway.process.signal(SIGTERM)
            // New connections are refused, or told 503: whichever, none is served.
            let isTurnedAway = await eventually(within: .seconds(5)) {
                guard let answer = try? await gateway.chat(ChatCall("sim:n3")) else { return true }
                return answer.status == 503
            }
            #expect(isTurnedAway && gateway.process.poll() == nil)
            try await stream.read()
            try Answer(stream.reader).transcript().expectExactFraming(usage: false, "in flight at SIGTERM")
            #expect(try await gateway.process.wait() == 0)
            #expect(gateway.simulator.report().open == 0)
        }
    }

    @Test("What is not over when the drain time is over is cancelled, upstream calls included, and the process ends with 0")
    func drainTimeout() async throws {
        var config = GatewayConfig()
        config.drainSeconds = 1
        config.prefire = ["stall_ms: 0"]
        try await withGateway(config, expectedExit: nil) { gateway in
            let calls = [
                ChatCall("sim:d1-n5000-d20000", streaming: true), ChatCall("sim:d2-stallfirst"),
                ChatCall("auto", streaming: true, extra: [("x_words", "stall")]),
            ]
            gateway.simulator.setScenario(
                Scenario(rules: [.init(model: "auto-drafter-n12", behaviour: Behaviour(words: "stallfirst"))]))
            var connections: [RawConnection] = []
            for call in calls { connections.append(try await gateway.open(call)) }
            #expect(await gateway.simulator.waitUntil { $0.open == 3 })
            gateway.process.signal(SIGTERM)
            #expect(try await gateway.process.wait(for: .seconds(20)) == 0)
            #expect(await gateway.simulator.waitUntil { $0.open == 0 && $0.aborted == 3 })
            // None of them looks finished.
            for connection in connections {
                try? await connection.read()
                #expect(!String(decoding: connection.reader.body, as: UTF8.self).contains("[DONE]"))
            }
        }
    }

    @Test("SIGINT ends an idle gateway as SIGTERM does, although clients keep connections open")
    func idle() async throws {
        try await withGateway(expectedExit: nil) { gateway in
            let connection = try RawConnection(port: gateway.port)
            try await connection.send("GET", "/health")
            #expect(try await connection.answer().status == 200)
            gateway.process.signal(SIGINT)
            #expect(try await gateway.process.wait(for: .seconds(20)) == 0)
        }
    }
}
