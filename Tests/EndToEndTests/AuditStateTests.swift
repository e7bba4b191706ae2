import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where the audits' evidence is kept: a file of one gateway, or a Redis of several.
@Suite struct AuditStateTests {
    @Test("A state file that is no such state ends serve with 78 and is left as it is")
    func malformedState() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified)
            try scene.write("{\"levels\": 7}", to: "audit-state.json")
            let outcome = try await scene.run("serve", "--config", "@config.yaml", "--port", "0")
            #expect(outcome.status == 78 && outcome.stderr.contains("audit-state.json"), "\(outcome)")
            #expect(scene.read("audit-state.json") == "{\"levels\": 7}")
        }
    }

    @Test("A gateway that is killed with SIGKILL after an alarm starts again tightened; two cannot share one state file")
    func crash() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 1)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: CalibrationScene.everyDraft)
            let portFile = scene.path("port")
            let process = try ChildProcess(
                ["serve", "--config", scene.path("config.yaml"), "--port", "0", "--port-file", portFile], in: scene.directory)
            let port = try await waitForPort(URL(filePath: portFile), of: process)
            let gateway = GatewayUnderTest(process: process, simulator: scene.simulator, port: port)
            let shipped = try await gateway.askUntilTightened("a sure case")
            let other = try await scene.run("serve", "--config", "@config.yaml", "--port", "0")
            #expect(other.status == 78 && other.stderr.contains("another process uses the audit state"), "\(other)")
            // Kept within a second.
            let isKept = await eventually(within: .seconds(10)) { scene.read("audit-state.json").contains("mix64:0000000000000001") }
            #expect(isKept)
            try await Task.sleep(for: .milliseconds(1_500))
            process.signal(SIGKILL)
            #expect(try await process.wait() == 137)
            try await scene.serving { gateway in
                let state = try await gateway.calibration()
                #expect(state["level"]?.double == 0.05 && state["levels"]?.array?.last?["bad"]?.int == shipped, "\(state)")
                let next = try await gateway.ask("a sure case")
                #expect(next["reason"] == "risk")
            }
        }
    }

    @Test("Gateways on one Redis share their evidence: the alarm of one tightens the others, running or started later")
    func shared() async throws {
        try await RedisServer.with { redis in
            try await withCalibrationScene(CalibrationScene.scenario(score: 1)) { scene in
                try scene.write(CalibrationArtefact().json, to: "risk.json")
                try scene.configure(
                    routing: scene.certified, audit: CalibrationScene.everyDraft + ["store: redis"],
                    more: "redis:\n  url: redis://127.0.0.1:\(redis.port)/0\n")
                try await scene.serving { first in
                    try await scene.serving { second in
                        let before = try await second.calibration()
                        #expect(before["level"]?.double == 0.2)
                        let shipped = try await first.askUntilTightened("a sure case")
                        // It learns within a second, while it has traffic.
                        let isTightened = try await eventually {
                            let decision = try await second.ask("a doubtful case")
                            return decision["threshold"]?.double == 0.05
                        }
                        #expect(isTightened)
                        let evidence = try await second.calibration()["levels"]?.array?.last
                        #expect(evidence?["bad"]?.int == shipped, "\(evidence ?? .null)")
                        let concerns = try await second.concerns()
                        #expect(concerns?.first?.contains("drift alarm") == true)
                    }
                }
                try await scene.serving { third in
                    let next = try await third.ask("a sure case")
                    #expect(next["reason"] == "risk" && next["threshold"]?.double == 0.05, "\(next)")
                }
                #expect(!FileManager.default.fileExists(atPath: scene.path("audit-state.json")))
            }
        }
    }
}
