import FastJSON
import Foundation
import Simulator
import Testing

/// From prompts to a served, certified rule with the commands of `calibration/README.md`.
@Suite struct CalibrationPipelineTests {
    /// Enough labels for a model of two features.
    private static let few = 160
    /// Enough for one of all features.
    private static let many = 700

    /// Prompts, recordings, verdicts and the artefact, each made by its command.
    private func withCalibrated(prompts count: Int = few, _ body: (CalibrationScene) async throws -> Void) async throws {
        try await withCalibrationScene(CalibrationPrompts.scenario) { scene in
            try scene.configure("record.yaml")
            try scene.write(CalibrationPrompts.lines(count), to: "prompts.jsonl")
            let recorded = try await scene.run(
                "record", "--config", "@record.yaml", "--prompts", "@prompts.jsonl", "--out", "@recordings.jsonl", "--concurrency", "16",
                "--quiet")
            try #require(recorded.status == 0, "\(recorded)")
            #expect(recorded.stdout.contains("\(count) recorded"))
            let judged = try await scene.run(
                "judge", "--prompts", "@prompts.jsonl", "--recordings", "@recordings.jsonl", "--out", "@verdicts.jsonl", "--quiet")
            try #require(judged.status == 0, "\(judged)")
            let calibrated = try await scene.calibrate(out: "risk.json")
            try #require(calibrated.status == 0, "\(calibrated)")
            try scene.configure("risk.yaml", routing: ["strategy: risk", "risk_model: '\(scene.path("risk.json"))'"])
            try scene.configure("window.yaml", routing: ["threshold_bits: 1.5", "window_tokens: 4", "early_exit_tokens: 3"])
            try await body(scene)
        }
    }

    @Test("Recorded, judged and calibrated twice gives the same artefact, which check accepts and report draws")
    func files() async throws {
        try await withCalibrated { scene in
            // Every answer has a verdict of its reference: of the draft and of the heavyweight.
            let verdicts = try scene.lines("verdicts.jsonl")
            #expect(verdicts.count == 2 * Self.few && verdicts.allSatisfy { $0["source"] == "reference" })
            let again = try await scene.run(
                "judge", "--prompts", "@prompts.jsonl", "--recordings", "@recordings.jsonl", "--out", "@verdicts.jsonl", "--quiet")
            #expect(again.status == 0)
            #expect(try scene.lines("verdicts.jsonl") == verdicts)

            let second = try await scene.calibrate(out: "second.json", "--report-json", "@calibration.json")
            #expect(second.status == 0 && scene.read("second.json") == scene.read("risk.json"))
            for line in [
                "Feasibility", "\(Self.few) drafts of sim:auto-drafter, temperature 0.0, top_logprobs 20, prompt mode plain",
                "Certified: ships",
            ] {
                #expect(second.stdout.contains(line), "\(line) in \(second.stdout)")
            }
            let artefact = try JSONValue.parse(Array(scene.read("risk.json").utf8))
            #expect(artefact["key", "drafter"] == .string(CalibrationScene.drafter) && artefact["key", "tier"] == "top_k")
            #expect(artefact["certificate", "alpha"]?.double == 0.2 && artefact["certificate", "loss"] == "joint")
            #expect(artefact["origin", "fingerprints"]?.array == ["fp_simulated"])
            let found = try JSONValue.parse(Array(scene.read("calibration.json").utf8))
            #expect(found["certified"]?.bool == true && found["threshold"]?.double == artefact["threshold"]?.double)

            let checked = try await scene.run("check", "--config", "@risk.yaml")
            #expect(checked.status == 0, "\(checked)")
            let reported = try await scene.run(
                "report", "--recordings", "@recordings.jsonl", "--verdicts", "@verdicts.jsonl", "--model", "@risk.json", "--out",
                "@report.html")
            #expect(reported.status == 0, "\(reported)")
            let page = scene.read("report.html")
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<svg") && !page.contains("<script"), "\(page.prefix(300))")
        }
    }

    /// What replay makes of one recording.
    private func replayed(_ scene: CalibrationScene, _ strategy: String, _ index: Int) async throws -> (
        decision: String?, reasons: [String]
    ) {
        let outcome = try await scene.run(
            "replay", "--config", "@\(strategy).yaml", "--recordings", "@one-\(index).jsonl", "--verdicts", "@verdicts.jsonl", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        let configuration = try #require(try JSONValue.parse(Array(outcome.stdout.utf8))["configurations"]?.array?.first)
        let decision = configuration["routes"]?.object?.first { $0.value.int == 1 }?.name
        return (decision, (configuration["reasons"]?.object ?? []).map(\.name))
    }

    @Test(
        "Offline is production: for every recorded prompt, replay decides as the gateway does, and the risk is the artefact's formula",
        arguments: ["risk", "window"])
    func parity(strategy: String) async throws {
        try await withCalibrated { scene in
            let artefact = try JSONValue.parse(Array(scene.read("risk.json").utf8))
            var records: [Int: JSONValue] = [:]
            for record in try scene.lines("recordings.jsonl") {
                let id = try #require(record["id"]?.string.flatMap { Int($0.dropFirst(2)) })
                records[id] = record
                try scene.write(String(decoding: record.serialized(), as: UTF8.self) + "\n", to: "one-\(id).jsonl")
            }
            // Every kind of prompt in every kind of task.
            let chosen = (0..<4 * CalibrationPrompts.kinds.count).map { $0 }
            var decisions: Set<String> = []
            var reasons: Set<String> = []
            var risks: Set<Double> = []
            let log = try await scene.serving("\(strategy).yaml") { gateway in
                for index in chosen {
                    let offline = try await replayed(scene, strategy, index)
                    let answer = try await gateway.chat(ChatCall(streaming: index % 2 == 0, prompt: CalibrationPrompts.text(index)))
                    let online = try await gateway.decision(of: answer)
                    let text = CalibrationPrompts.text(index)
                    #expect(online["decision"]?.string == offline.decision, "\(text)")
                    // Replay names reasons of escalations only.
                    #expect((offline.decision == "ship" ? [] : [online["reason"]?.string]) == offline.reasons, "\(text)")
                    decisions.insert(offline.decision ?? "")
                    reasons.formUnion(offline.reasons)
                    guard let risk = online["risk"]?.double else { continue }
                    risks.insert((risk * 1e6).rounded())
                    // The formula of docs/risk-model.md, over what was recorded and nothing else.
                    let record = try #require(records[index])
                    let expected = try CalibrationFormula.risk(artefact, record)
                    #expect(abs(risk - expected) < 1e-6, "\(text): \(risk), not \(expected)")
                }
            }
            #expect(!log.contains("not the one that was calibrated"), "\(log)")
            // Otherwise there was nothing to be equal.
            #expect(decisions == ["ship", "escalate"], "\(decisions)")
            #expect(reasons == [strategy, "gate_refusal", "gate_length", "no_evidence"], "\(reasons)")
            #expect(risks.count >= (strategy == "risk" ? 6 : 0), "\(risks)")
        }
    }

    @Test("The replay of all recordings counts what the gateway counts when all prompts are asked")
    func totals() async throws {
        try await withCalibrated(prompts: Self.many) { scene in
            let outcome = try await scene.run(
                "replay", "--config", "@risk.yaml", "--recordings", "@recordings.jsonl", "--verdicts", "@verdicts.jsonl", "--json",
                "--frontier")
            #expect(outcome.status == 0, "\(outcome)")
            let replayed = try #require(try JSONValue.parse(Array(outcome.stdout.utf8))["configurations"]?.array?.first)
            #expect(replayed["requests"]?.int == Self.many)
            try await scene.serving("risk.yaml") { gateway in
                let answers = try await gateway.chats((0..<Self.many).map { ChatCall(prompt: CalibrationPrompts.text($0)) })
                #expect(answers.allSatisfy { $0.status == 200 })
                let drafts = answers.count { $0.header("x-qualm-route") == "draft" }
                #expect(replayed["routes", "ship"]?.int == drafts && replayed["routes", "escalate"]?.int == Self.many - drafts)
                #expect(drafts > Self.many / 5 && drafts < Self.many * 4 / 5)
            }
        }
    }
}

extension CalibrationScene {
    /// `qualm calibrate` of the scene's recordings, with a promise that so few labels can support.
    fileprivate func calibrate(out: String, _ more: String...) async throws -> Outcome {
        let arguments = [
            "calibrate", "--recordings", "@recordings.jsonl", "--verdicts", "@verdicts.jsonl", "--alpha", "0.2", "--delta", "0.1",
            "--date", "2026-01-31", "--out", "@\(out)",
        ]
        return try await run(arguments + more)
    }
}
