import FastJSON
import Foundation
import Simulator
import Testing

/// Rule 13: everything is bounded, and nothing is left behind.
@Suite struct BoundsTests {
    @Test("Rule 13: 200 concurrent streams with random disconnects leave no transfer, task or file descriptor behind")
    func randomDisconnects() async throws {
        var config = GatewayConfig()
        let drafters = [
            "confident-n40-d4000", "unsure-n40-d4000", "recovering-s4-n60-d4000", "stallfirst-n40", "err503", "cutmid-n40-d4000",
        ]
        config.routes = drafters.enumerated().map {
            .init(name: "r\($0.offset)", drafter: "x\($0.offset)-\($0.element)", heavyweight: "y\($0.offset)-expert-n30-d4000")
        }
        config.prefire = ["stall_ms: 200"]
        var options = SimulatorOptions()
        options.recordedRequests = 100_000
        try await withGateway(config, options: options) { gateway in
            func round(_ seed: Int) async throws {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for index in 0..<200 { tasks.addTask { try await Self.visit(gateway, seed: seed &* 1_000 &+ index) } }
                    try await tasks.waitForAll()
                }
                #expect(await gateway.simulator.waitUntil(timeout: .seconds(30)) { $0.open == 0 })
                #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 0 })
            }
            // The first round opens what is opened once; the next must leave nothing more but idle pooled connections.
            try await round(1)
            let before = try await ownDescriptors(gateway)
            let residentBefore = gateway.process.kibibytes("VmRSS")
            try await round(2)
            try await round(3)
            let after = try await ownDescriptors(gateway)
            #expect(after <= before, "file descriptors: \(before), then \(after)")
            #expect(gateway.process.kibibytes("VmRSS") - residentBefore < 64 * 1_024)
            #expect(try await gateway.get("/stats").json()["requests"]?.int == 600)
            let report = gateway.simulator.report()
            #expect(report.requests == report.completed + report.aborted + report.faulted && report.aborted > 100)
            #expect(gateway.process.poll() == nil)
        }
    }

    /// One client: asks, reads a while or not at all, and goes; one in eight stays to the end.
    private static func visit(_ gateway: GatewayUnderTest, seed: Int) async throws {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15
        func next(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        let mode = ["buffered", "boundary", "holdback; n=2", "commit; n=4"][Int(next(4))]
        let call = ChatCall("r\(next(6))", streaming: next(4) > 0, prompt: "question \(seed)").released(mode)
        let connection = try await gateway.open(call)
        switch next(8) {
        case 0:
            try await connection.read()
            #expect(connection.reader.isComplete)
        case 1...4:
            try await Task.sleep(for: .milliseconds(Int(next(120))))
            connection.close()
        default:
            try await Task.sleep(for: .milliseconds(Int(next(120))))
            connection.reset()
        }
    }

    /// File descriptors once closed connections are gone, without the transport's idle pooled sockets, which are bounded by themselves.
    private func ownDescriptors(_ gateway: GatewayUnderTest) async throws -> Int {
        var lowest = Int.max
        for _ in 0..<20 {
            let pooled = Int(try await gateway.metric("qualm_upstream_open_sockets"))
            try await Task.sleep(for: .milliseconds(20))
            lowest = min(lowest, gateway.process.descriptors - pooled)
        }
        return lowest
    }

    @Test("Rule 13: a client that stops reading pauses the upstream, and the gateway's memory stays bounded", arguments: [true, false])
    func slowReader(isDirect: Bool) async throws {
        // 40 MB, most of it logprobs that the client asked for; more than all socket buffers of the way together.
        let model = "slow-confident-n30000-m100"
        var config = GatewayConfig()
        config.drafter = model
        try await withGateway(config) { gateway in
            let before = gateway.process.kibibytes("VmRSS")
            let logprobs: [(String, JSONValue)] = [("logprobs", true), ("top_logprobs", 20)]
            let name = isDirect ? "sim:\(model)" : "auto"
            let call = ChatCall(name, streaming: true, usage: true, extra: logprobs).released("commit; n=4")
            let connection = try await gateway.open(call, receiveBuffer: 262_144)
            connection.reader.keptBytes = 4_000
            try await connection.read { $0.bodyBytes > 1_000 }
            // Now it stops reading. The upstream must come to a stand as well, long before its end.
            var seen = -1
            let stands = try await eventually {
                let sent = gateway.simulator.report().tokensSent
                if sent == seen { return true }
                seen = sent
                try await Task.sleep(for: .milliseconds(300))
                return false
            }
            #expect(stands && seen < 25_000, "the upstream has sent \(seen) of 30,000 tokens")
            #expect(gateway.simulator.report().open == 1)
            #expect(gateway.process.kibibytes("VmRSS") - before < 64 * 1_024)
            // Reading on gets everything, to the end.
            try await connection.read()
            #expect(connection.reader.isComplete && connection.reader.bodyBytes > 30_000_000)
            let end = String(decoding: connection.reader.body, as: UTF8.self)
            #expect(end.hasSuffix("data: [DONE]\n\n") && end.contains("\"completion_tokens\":30000"))
            #expect(gateway.simulator.report().completed == 1)
            #expect(gateway.process.kibibytes("VmHWM") - before < 64 * 1_024)
        }
    }

    @Test("Over the limit of concurrent requests a request is refused with 429 and Retry-After, and admitted again afterwards")
    func concurrencyLimit() async throws {
        var config = GatewayConfig()
        config.server = ["max_concurrent_requests: 2"]
        config.drafter = "stallfirst"
        config.prefire = ["stall_ms: 0"]
        try await withGateway(config) { gateway in
            let held = [try await gateway.open(ChatCall(streaming: true)), try await gateway.open(ChatCall())]
            #expect(await gateway.simulator.waitUntil { $0.open == 2 })
            let refused = try await gateway.chat(ChatCall("sim:n5"))
            #expect(refused.status == 429 && refused.header("retry-after") == "1")
            #expect(try refused.errorCode() == "rate_limit_exceeded")
            // The other endpoints answer as before.
            #expect(try await gateway.get("/ready").json()["inflight_requests"]?.int == 2)
            for connection in held { connection.close() }
            #expect(try await eventually { try await gateway.chat(ChatCall("sim:n5")).status == 200 })
            #expect(await gateway.simulator.waitUntil { $0.open == 0 })
        }
    }
}
