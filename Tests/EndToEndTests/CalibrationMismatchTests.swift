import FastJSON
import Foundation
import Simulator
import Testing

/// A calibration that is for something else than what is configured, or than what answers.
@Suite struct CalibrationMismatchTests {
    /// An artefact and lines of `routing` that do not fit, and what is said about it.
    struct Difference: Sendable, CustomTestStringConvertible {
        var artefact: CalibrationArtefact
        var routing: [String] = []
        var sentences: [String]

        var testDescription: String { sentences.joined(separator: "; ") }
    }

    static let differences = [
        Difference(
            artefact: CalibrationArtefact(drafter: "another"),
            sentences: ["made for the drafter sim:another, not sim:auto-drafter; calibrate for the one in 'routing.drafter'"]),
        Difference(
            artefact: CalibrationArtefact(topLogprobs: 10),
            sentences: ["made for top_logprobs 10, not 20; set 'routing.top_logprobs: 10' or calibrate again"]),
        Difference(
            artefact: CalibrationArtefact(), routing: ["top_logprobs: 1"],
            sentences: ["made for top_logprobs 20, not 1", "made for evidence of the tier top_k, not top_1"]),
        Difference(
            artefact: CalibrationArtefact(temperature: 0.7),
            sentences: ["made for the temperature 0.7, not 0.0; set 'routing.temperature: 0.7'"]),
        Difference(
            artefact: CalibrationArtefact(promptMode: "cot"),
            sentences: ["made for the prompt mode cot, not plain; set 'routing.prompt_mode: cot'"]),
    ]

    @Test("check and serve end with 78 and say what does not fit and what to do", arguments: differences)
    func refused(difference: Difference) async throws {
        try await withCalibrationScene { scene in
            try scene.write(difference.artefact.json, to: "risk.json")
            try scene.configure(routing: scene.certified + difference.routing)
            for command in ["check", "serve"] {
                let outcome = try await scene.run(command, "--config", "@config.yaml")
                #expect(outcome.status == 78, "\(command): \(outcome)")
                for sentence in difference.sentences + ["route 'auto'", "risk.json does not fit", "the gateway does not start"] {
                    #expect(outcome.stderr.contains(sentence), "\(command): \(sentence) in \(outcome.stderr)")
                }
            }
        }
    }

    @Test(
        "With calibration_mismatch: escalate it starts, ships nothing and does not ask the drafter; with window the window rule decides",
        arguments: differences)
    func fallback(difference: Difference) async throws {
        try await withCalibrationScene(CalibrationScene.doubtful) { scene in
            try scene.write(difference.artefact.json, to: "risk.json")
            for policy in ["escalate", "window"] {
                try scene.configure(routing: scene.certified + difference.routing + ["calibration_mismatch: \(policy)"])
                scene.simulator.reset()
                let log = try await scene.serving { gateway in
                    for prompt in ["a sure case", "a doubtful case"] {
                        let answer = try await gateway.chat(ChatCall(streaming: true, prompt: prompt))
                        let decision = try await gateway.decision(of: answer)
                        if policy == "escalate" {
                            #expect(decision["decision"] == "escalate" && decision["reason"] == "uncertified", "\(decision)")
                            #expect(answer.header("x-qualm-route") == "heavyweight")
                        } else {
                            #expect(decision["strategy"] == "window")
                            #expect(decision["reason"]?.string == (prompt == "a sure case" ? "accepted" : "entropy"), "\(prompt)")
                        }
                    }
                    #expect(scene.calls(CalibrationScene.drafter) == (policy == "escalate" ? 0 : 2))
                }
                #expect(log.contains(difference.sentences[0]) && log.contains("'routing.calibration_mismatch'"), "\(log)")
            }
        }
    }

    @Test("Requests at another temperature are not covered: escalated by default, judged by the window rule where that is configured")
    func requestTemperature() async throws {
        try await withCalibrationScene(CalibrationScene.doubtful) { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            for policy in ["refuse", "window"] {
                try scene.configure(routing: scene.certified + ["calibration_mismatch: \(policy)"])
                try await scene.serving { gateway in
                    for (temperature, isCovered) in [(0.0, true), (0.9, false)] {
                        let answer = try await gateway.chat(ChatCall(prompt: "a sure case", extra: [("temperature", .double(temperature))]))
                        let decision = try await gateway.decision(of: answer)
                        let rule = isCovered ? "risk" : policy == "window" ? "window" : nil
                        if let rule { #expect(decision["strategy"]?.string == rule && decision["decision"] == "ship", "\(decision)") }
                        if rule == nil { #expect(decision["reason"] == "uncertified", "\(decision)") }
                    }
                    let state = try await gateway.calibration()
                    #expect(state["temperature_mismatches"]?.int == 1)
                }
            }
        }
    }

    /// Names that the simulated drafter does not answer under.
    static let strangers = [CalibrationArtefact(fingerprints: ["fp_of_last_month"]), CalibrationArtefact(models: ["auto-drafter-2024"])]

    @Test(
        "A drafter that calls itself something else than it did when it was recorded is seen before the first request", arguments: [0, 1])
    func staleAtStart(index: Int) async throws {
        try await withCalibrationScene(CalibrationScene.doubtful) { scene in
            try scene.write(Self.strangers[index].json, to: "risk.json")
            let name = index == 0 ? "'fp_simulated'; calibrated: 'fp_of_last_month'" : "'auto-drafter'; calibrated: 'auto-drafter-2024'"
            try scene.configure(routing: scene.certified)
            let refused = try await scene.run("serve", "--config", "@config.yaml", "--port", "0")
            #expect(
                refused.status == 78 && refused.stderr.contains("the calibration is stale") && refused.stderr.contains(name), "\(refused)")
            for policy in ["escalate", "window"] {
                try scene.configure(routing: scene.certified + ["calibration_mismatch: \(policy)"])
                let log = try await scene.serving { gateway in
                    let concern = try await gateway.concerns()?.first ?? ""
                    #expect(concern.contains("stale") && concern.contains(name), "\(concern)")
                    #expect(try await gateway.metric("qualm_calibrations_stale") == 1)
                    scene.simulator.reset()
                    let decision = try await gateway.ask("a sure case")
                    if policy == "escalate" {
                        #expect(decision["reason"] == "uncertified" && scene.calls(CalibrationScene.drafter) == 0, "\(decision)")
                    } else {
                        #expect(decision["strategy"] == "window" && decision["decision"] == "ship", "\(decision)")
                    }
                }
                #expect(log.components(separatedBy: "not the one that was calibrated").count == 2, "\(log)")
            }
            // The same names as those that answer: nothing to say.
            try scene.write(CalibrationArtefact(models: ["auto-drafter"], fingerprints: ["fp_simulated"]).json, to: "risk.json")
            try scene.configure(routing: scene.certified)
            try await scene.serving { gateway in
                for prompt in ["a sure case", "another sure case"] {
                    let decision = try await gateway.ask(prompt)
                    #expect(decision["decision"] == "ship")
                }
                let concerns = try await gateway.concerns()
                #expect(concerns == nil)
            }
        }
    }

    @Test(
        "A drafter that answers under another name while the gateway runs makes the calibration stale: warning, /ready, metric, no more drafts",
        arguments: [0, 1])
    func staleLater(index: Int) async throws {
        // Out of order when the gateway asks it for its name.
        var scenario = CalibrationScene.doubtful
        scenario.rules.insert(
            .init(model: CalibrationScene.drafter, promptContains: ["hello"], behaviour: Behaviour(words: "err503")), at: 0)
        try await withCalibrationScene(scenario) { scene in
            try scene.write(Self.strangers[index].json, to: "risk.json")
            try scene.configure(routing: scene.certified)
            let log = try await scene.serving { gateway in
                #expect(try await gateway.concerns() == nil)
                // Whose answer it is shows with the answer's first chunk: already this one is not shipped.
                let first = try await gateway.ask("a sure case")
                #expect(first["decision"] == "escalate" && first["reason"] == "uncertified", "\(first)")
                let isNamed = try await eventually { try await gateway.concerns() != nil }
                #expect(isNamed)
                let ready = try await gateway.get("/ready")
                let concern = try await gateway.concerns()?.first ?? ""
                #expect(
                    ready.status == 200 && concern.contains("stale") && concern.contains(index == 0 ? "fp_simulated" : "auto-drafter"),
                    "\(concern)")
                #expect(try await gateway.metric("qualm_calibrations_stale") == 1)
                #expect(try await gateway.calibration()["stale"]?.string?.isEmpty == false)
                let drafts = scene.calls(CalibrationScene.drafter)
                let next = try await gateway.ask("another sure case")
                #expect(next["reason"] == "uncertified" && scene.calls(CalibrationScene.drafter) == drafts, "\(next)")
            }
            // Said once, not with every request.
            #expect(log.components(separatedBy: "not the one that was calibrated").count == 2, "\(log)")
            #expect(log.contains("its first answer will show"), "\(log)")
        }
    }

    @Test("Certified by class, a class that is not in the certificate is escalated without asking the drafter")
    func classes() async throws {
        try await withCalibrationScene(CalibrationScene.doubtful) { scene in
            try scene.write(CalibrationArtefact(classes: [("simple_factual", 0.2)]).json, to: "risk.json")
            try scene.configure(routing: scene.certified)
            try await scene.serving { gateway in
                let fact = try await gateway.ask("What is the capital of France?")
                #expect(fact["decision"] == "ship" && fact["strategy"] == "risk", "\(fact)")
                let drafts = scene.calls(CalibrationScene.drafter)
                let prompt = "Write a Python function that reverses a list."
                let code = try await gateway.ask(prompt)
                #expect(code["decision"] == "escalate" && code["reason"] == "uncertified", "\(code)")
                #expect(scene.calls(CalibrationScene.drafter) == drafts)
            }
        }
    }
}
