import FastJSON
import Foundation
import Simulator
import Testing

/// The online audit loop of the running gateway: audits, alarm, what is kept, feedback and the holdout.
@Suite struct AuditTests {
    @Test("Audits that find every shipped draft bad raise one alarm, which tightens the rule, is told everywhere and outlives the process")
    func alarm() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 1)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: CalibrationScene.everyDraft + ["log: '\(scene.path("audit.jsonl"))'"])
            let marker = "the clients own words 4711"
            let log = try await scene.serving(environment: ["LOG_LEVEL": "trace"]) { gateway in
                #expect(try await gateway.concerns() == nil)
                #expect(try await gateway.calibration()["level"]?.double == 0.2)
                let shipped = try await gateway.askUntilTightened(marker)
                // Every shipped draft is bad: a handful is proof enough against "at most 10 %".
                #expect(shipped >= 2 && shipped <= 12, "\(shipped)")

                let state = try await gateway.calibration()
                // The drafts' risk is .057: their losses speak against .1 and .2, not against .05.
                #expect(state["level"]?.double == 0.05 && state["certified_level"]?.double == 0.2, "\(state)")
                #expect(state["levels"]?.array?.last?["bad"]?.int == shipped)
                #expect(try await gateway.metric("qualm_drift_alarms_total") == 1)
                #expect(try await gateway.metric("qualm_calibrations_tightened") == 1)
                #expect(try await gateway.metric("qualm_audit_verdicts_total", "verdict=\"bad\"", "source=\"judge\"") == Double(shipped))
                for leg in ["audit", "judge"] { #expect(try await gateway.metric("qualm_cost_usd_total", "leg=\"\(leg)\"") > 0) }
                let ready = try await gateway.get("/ready")
                let concern = try ready.json()["calibration"]?.array?.first?.string ?? ""
                #expect(ready.status == 200 && concern.contains("route 'auto': drift alarm") && concern.contains("0.05"), "\(concern)")

                let next = try await gateway.ask("\(marker) again")
                #expect(next["decision"] == "escalate" && next["reason"] == "risk" && next["threshold"]?.double == 0.05, "\(next)")
                #expect(abs((next["risk"]?.double ?? 0) - CalibrationArtefact.sureRisk) < 1e-3)
                try await gateway.expectSoundMetrics(in: scene.directory)
            }
            #expect(log.components(separatedBy: "it was tightened").count == 2, "\(log)")
            for words in [marker, "drafters own words", "heavyweights own words", CalibrationScene.judgeReason] {
                #expect(!log.contains(words), "\(words)")
                #expect(!scene.read("audit.jsonl").contains(words) && !scene.read("audit-state.json").contains(words), "\(words)")
            }
            // The same evidence offline: from the log of the audits and from the state.
            for source in [["--audits", "@audit.jsonl"], ["--state", "@audit-state.json"]] {
                let drift = try await scene.run(["drift", "--model", "@risk.json"] + source)
                #expect(drift.status == 1, "\(source): \(drift)")
            }
            // Kept: a restart begins where the last process ended.
            try await scene.serving { gateway in
                #expect(try await gateway.calibration()["level"]?.double == 0.05)
                let first = try await gateway.ask("a sure case")
                #expect(first["reason"] == "risk" && first["threshold"]?.double == 0.05)
                #expect(try await gateway.concerns()?.count == 1)
            }
            // Only a new calibration loosens; one of other data starts without evidence, with the same state file.
            try scene.write(CalibrationArtefact(dataHash: "mix64:0000000000000002").json, to: "risk.json")
            try await scene.serving { gateway in
                let state = try await gateway.calibration()
                #expect(state["level"]?.double == 0.2 && state["levels"]?.array?.allSatisfy { $0["audits"]?.int == 0 } == true, "\(state)")
                let first = try await gateway.ask("a sure case")
                #expect(first["decision"] == "ship")
            }
        }
    }

    @Test("Audits that find nothing bad raise no alarm and leave the rule as it is; a draft that is not shipped costs no judge")
    func calm() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 5)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: CalibrationScene.everyDraft)
            try await scene.serving { gateway in
                for index in 0..<10 {
                    _ = try await gateway.chat(ChatCall(prompt: index % 2 == 0 ? "a sure case \(index)" : "a doubtful case \(index)"))
                }
                let isAudited = try await eventually { try await gateway.calibration()["levels"]?.array?.last?["audits"]?.int == 10 }
                #expect(isAudited)
                // Two orders of each of the five drafts that were shipped.
                #expect(scene.calls(CalibrationScene.judge) == 10)
                #expect(try await gateway.metric("qualm_audit_verdicts_total", "verdict=\"good\"", "source=\"judge\"") == 5)
                #expect(try await gateway.metric("qualm_audit_verdicts_total", "verdict=\"good\"", "source=\"rule\"") == 5)
                #expect(try await gateway.metric("qualm_drift_alarms_total") == 0)
                #expect(try await gateway.calibration()["tightened"]?.bool == false)
            }
        }
    }

    @Test("A spent day's money, a judge without a price and a judge that gives no verdict are skipped audits, never observations")
    func skipped() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 1)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: ["share: 1", "judge: sim:auto-examiner", "usd_per_day: 0.000001"])
            try await scene.serving { gateway in
                for index in 0..<5 { _ = try await gateway.chat(ChatCall(prompt: "a sure case \(index)")) }
                let isSkipped = try await eventually { try await gateway.metric("qualm_audits_skipped_total", "reason=\"budget\"") == 5 }
                let state = try await gateway.calibration()
                #expect(isSkipped && state["skipped_audits", "budget"]?.int == 5, "\(state)")
                #expect(state["levels"]?.array?.allSatisfy { $0["audits"]?.int == 0 } == true && scene.calls(CalibrationScene.judge) == 0)
            }
            try scene.configure(routing: scene.certified, audit: ["share: 1", "judge: sim:unpriced", "usd_per_day: 1"])
            let log = try await scene.serving { gateway in
                _ = try await gateway.chat(ChatCall(prompt: "a sure case"))
                #expect(try await gateway.metric("qualm_audits_skipped_total") == 0)
            }
            #expect(log.contains("a certified rule is not audited") && log.contains("sim:unpriced"), "\(log)")
            // Prose instead of scores, again after it was told.
            scene.simulator.setScenario(CalibrationScene.scenario(score: 9))
            try scene.configure(routing: scene.certified, audit: CalibrationScene.everyDraft)
            try await scene.serving { gateway in
                _ = try await gateway.chat(ChatCall(prompt: "a sure case"))
                let isSkipped = try await eventually { try await gateway.metric("qualm_audits_skipped_total", "reason=\"judge\"") == 1 }
                #expect(isSkipped)
                #expect(try await gateway.metric("qualm_audit_verdicts_total") == 0)
            }
        }
    }
}
