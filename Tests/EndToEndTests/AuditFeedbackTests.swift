import FastJSON
import Foundation
import Simulator
import Testing

/// `POST /v1/feedback` and the holdout of the running gateway.
@Suite struct AuditFeedbackTests {
    @Test("Feedback says what it did: evidence, an overruled audit, a mere count, or nothing new; the last verdict counts")
    func effects() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 5)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: ["share: 0"])
            let comment = "the clients comment 4712"
            let log = try await scene.serving(environment: ["LOG_LEVEL": "trace"]) { gateway in
                let shipped = try await gateway.chat(ChatCall(prompt: "a sure case")).header("x-qualm-decision-id") ?? ""
                let escalated = try await gateway.chat(ChatCall(prompt: "a doubtful case")).header("x-qualm-decision-id") ?? ""
                for (id, verdict, effect) in [
                    (shipped, "bad", "evidence"), (shipped, "bad", "unchanged"), (shipped, "good", "evidence"),
                    (shipped, "bad", "evidence"),
                    (escalated, "bad", "counted"), (escalated, "bad", "unchanged"),
                ] {
                    _ = try await gateway.decision(id)
                    let answer = try await gateway.feedback(
                        ["decision_id": .string(id), "verdict": .string(verdict), "source": "support", "comment": .string(comment)])
                    let receipt: JSONValue = [
                        "object": "feedback", "decision_id": .string(id), "verdict": .string(verdict), "audited": false,
                        "effect": .string(effect),
                    ]
                    #expect(try answer.status == 200 && answer.json() == receipt, "\(effect): \(answer.text)")
                }
                let route = try await gateway.oversight()["routes", "auto"]
                #expect(route?["calibration", "levels"]?.array?.last?["bad_feedback"]?.int == 1, "\(route ?? .null)")
                #expect(route?["feedback", "bad"]?.int == 2 && route?["feedback", "good"]?.int == 0, "\(route ?? .null)")
                try await gateway.expectSoundMetrics(in: scene.directory)
            }
            #expect(!log.contains(comment) && !scene.read("audit-state.json").contains(comment))

            // An audited draft: the person's word stands in place of the judge's.
            try scene.configure(routing: scene.certified, audit: ["share: 1", "judge: sim:auto-examiner", "usd_per_day: 100"])
            try await scene.serving { gateway in
                let before = try await gateway.calibration()["levels"]?.array?.last?["audits"]?.int ?? -1
                let id = try await gateway.chat(ChatCall(prompt: "a sure case")).header("x-qualm-decision-id") ?? ""
                let isJudged = try await eventually {
                    try await gateway.metric("qualm_audit_verdicts_total", "verdict=\"good\"", "source=\"judge\"") == 1
                }
                #expect(isJudged)
                let receipt = try await gateway.feedback(["decision_id": .string(id), "verdict": "bad"]).json()
                #expect(receipt["effect"] == "audit_overridden" && receipt["audited"]?.bool == true, "\(receipt)")
                let level = try await gateway.calibration()["levels"]?.array?.last
                #expect(level?["audits"]?.int == before + 1 && level?["bad"]?.int == 1, "\(level ?? .null)")
            }
        }
    }

    @Test("Complaints alone can raise the alarm")
    func complaints() async throws {
        try await withCalibrationScene(CalibrationScene.scenario(score: 5)) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            try scene.configure(routing: scene.certified, audit: ["share: 0"])
            try await scene.serving { gateway in
                var complaints = 0
                for index in 0..<20 where try await gateway.calibration()["tightened"]?.bool == false {
                    let answer = try await gateway.chat(ChatCall(prompt: "a sure case \(index)"))
                    let id = try await gateway.decision(of: answer)["id"]?.string ?? ""
                    #expect(try await gateway.feedback(["decision_id": .string(id), "verdict": "bad"]).status == 200)
                    complaints += 1
                }
                let state = try await gateway.calibration()
                #expect(state["tightened"]?.bool == true && state["level"]?.double == 0.05 && complaints > 2, "\(state)")
                #expect(try await gateway.metric("qualm_drift_alarms_total") == 1)
            }
        }
    }

    @Test("What is no feedback is refused by the name of what is wrong: 400, 404, 405, and 401 without a key")
    func refusals() async throws {
        try await withCalibrationScene { scene in
            try scene.configure()
            try await scene.serving { gateway in
                for (body, param) in [
                    ("{", nil), ("[]", nil), ("{\"verdict\":\"bad\"}", "decision_id"), ("{\"decision_id\":\"dec_1\"}", "verdict"),
                    ("{\"decision_id\":\"dec_1\",\"verdict\":\"ugly\"}", "verdict"),
                    ("{\"decision_id\":7,\"verdict\":\"bad\"}", "decision_id"),
                    ("{\"decision_id\":\"dec_1\",\"verdict\":\"bad\",\"source\":\"\(String(repeating: "s", count: 65))\"}", "source"),
                    ("{\"decision_id\":\"dec_1\",\"verdict\":\"bad\",\"comment\":\"\(String(repeating: "c", count: 10_001))\"}", "comment"),
                ] as [(String, String?)] {
                    let answer = try await gateway.request("POST", "/v1/feedback", body: Array(body.utf8))
                    #expect(try answer.status == 400 && answer.json()["error"]?["param"]?.string == param, "\(body): \(answer.text)")
                    _ = try answer.errorCode()
                }
                let unknown = try await gateway.feedback(["decision_id": "dec_0123456789abcdef01234567", "verdict": "good"])
                #expect(try unknown.status == 404 && unknown.errorCode() == "not_found")
                for method in ["GET", "PUT", "DELETE"] {
                    let answer = try await gateway.request(method, "/v1/feedback")
                    #expect(answer.status == 405 && answer.header("allow")?.contains("POST") == true, "\(method): \(answer.status)")
                }
            }
            var config = GatewayConfig()
            config.server = ["api_keys: [the-clients-key]"]
            try scene.write(config.yaml(simulatorPort: scene.simulator.port), to: "keys.yaml")
            try await scene.serving("keys.yaml") { gateway in
                let body: JSONValue = ["decision_id": "dec_1", "verdict": "good"]
                let stranger = try await gateway.feedback(body)
                let client = try await gateway.feedback(body, headers: [("authorization", "Bearer the-clients-key")])
                #expect(stranger.status == 401 && client.status == 404)
            }
        }
    }

    @Test("A holdout of one half sends about half of the requests to the heavyweight, and /stats compares the two halves over restarts")
    func holdout() async throws {
        try await withCalibrationScene(CalibrationScene.doubtful) { scene in
            try scene.configure(audit: ["holdout_share: 0.5"])
            var heldOut = 0
            for round in 1...2 {
                scene.simulator.reset()
                try await scene.serving { gateway in
                    for index in 0..<40 {
                        let answer = try await gateway.chat(ChatCall(prompt: "a sure case \(round) \(index)"))
                        let decision = try await gateway.decision(of: answer)
                        if decision["reason"] == "holdout" {
                            heldOut += 1
                            #expect(decision["decision"] == "escalate" && answer.header("x-qualm-route") == "heavyweight")
                        } else {
                            #expect(decision["decision"] == "ship")
                        }
                    }
                    // Requests whose client has decided are not part of the comparison: chance did not choose them.
                    _ = try await gateway.chat(ChatCall("sim:auto-expert", prompt: "a sure case"))
                    _ = try await gateway.chat(ChatCall(prompt: "a sure case", headers: [("x-qualm-escalate", "always")]))
                    let savings = try #require(try await gateway.oversight()["routes", "auto", "savings"])
                    #expect(
                        savings["held_out_requests"]?.int == heldOut && savings["routed_requests"]?.int == 40 * round - heldOut,
                        "\(savings)")
                    let undrafted = try await gateway.metric("qualm_escalations_total", "reason=\"holdout\"")
                    #expect(scene.calls(CalibrationScene.drafter) == 40 - Int(undrafted))
                    let numbers = ["saved_usd_low_95", "saved_usd", "saved_usd_high_95"].compactMap { savings[$0]?.double }
                    #expect(numbers.count == 3 && numbers == numbers.sorted() && numbers[1] > 0, "\(savings)")
                    // A draft is twenty times cheaper here.
                    #expect((savings["saved_share"]?.double ?? 0) > 0.5 && (savings["saved_share"]?.double ?? 2) < 1, "\(savings)")
                    #expect(savings["net_usd"]?.double == savings["saved_usd"]?.double, "\(savings)")
                }
            }
            // Binomial(80, 1/2): outside of this once in ten million times.
            #expect((17...63).contains(heldOut), "\(heldOut)")
        }
    }
}
