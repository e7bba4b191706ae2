import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `qualm judge` with a simulated model as the judge.
@Suite struct CalibrationJudgeTests {
    private static let checkable = 8
    private static let open = 12

    /// Prompts with a reference that the drafter gets right, and open ones; the judge dislikes all answers to doubtful prompts.
    private func withRecorded(judgeWords: String = "", _ body: (CalibrationScene) async throws -> Void) async throws {
        func says(_ model: String, _ text: String, _ words: String = "", to prompts: [String] = []) -> Scenario.Rule {
            var behaviour = Behaviour(words: words)
            behaviour.content = .text(text)
            return Scenario.Rule(model: model, promptContains: prompts, behaviour: behaviour)
        }
        func scores(_ score: Int) -> String {
            let verdict = #"{"reason": "because", "score": \#(score)}"#
            return #"{"a": \#(verdict), "b": \#(verdict)}"#
        }
        let scenario = Scenario(rules: [
            says(CalibrationScene.drafter, "It is 42.", "unsure", to: ["doubtful"]), says(CalibrationScene.drafter, "It is 42."),
            says(CalibrationScene.heavyweight, "Counted with care: 42"),
            says(CalibrationScene.judge, scores(2), judgeWords, to: ["doubtful"]),
            says(CalibrationScene.judge, scores(5), judgeWords),
        ])
        try await withCalibrationScene(scenario) { scene in
            try scene.configure()
            let checkable = (0..<Self.checkable).map {
                #"{"id":"c-\#($0)","category":"c","prompt":"Question \#($0)?","reference":{"type":"number","value":42}}"# + "\n"
            }
            let open = (0..<Self.open).map {
                #"{"id":"o-\#($0)","category":"o","prompt":"A \#($0 % 3 == 0 ? "doubtful" : "sure") question, number \#($0)?"}"# + "\n"
            }
            try scene.write(checkable.joined() + open.joined(), to: "prompts.jsonl")
            let recorded = try await scene.run(
                "record", "--config", "@config.yaml", "--prompts", "@prompts.jsonl", "--out", "@recordings.jsonl", "--quiet")
            try #require(recorded.status == 0, "\(recorded)")
            try await body(scene)
        }
    }

    private static let judging = [
        "judge", "--config", "@config.yaml", "--prompts", "@prompts.jsonl", "--recordings", "@recordings.jsonl", "--out", "@verdicts.jsonl",
        "--judge",
        "sim:auto-examiner", "--probes", "5", "--controls", "3", "--quiet",
    ]

    /// What a verdict is about and who gave it: no two are the same.
    private func names(_ verdicts: [JSONValue]) -> [String] {
        verdicts.map {
            "\($0["id"]?.string ?? "") \($0["answer"]?.string ?? "draft") \($0["source"]?.string ?? "") \($0["note"]?.string ?? "")"
        }
    }

    @Test("References decide what they can, the judge the rest, probes measure it; a second run asks nothing")
    func judged() async throws {
        try await withRecorded { scene in
            let first = try await scene.run(Self.judging)
            #expect(first.status == 0, "\(first)")
            let verdicts = try scene.lines("verdicts.jsonl")
            let drafts = verdicts.filter { $0["answer"]?.string != "heavyweight" }
            #expect(drafts.count { $0["source"] == "reference" } == Self.checkable)
            let judged = drafts.filter { $0["source"] == "judge" && $0["id"]?.string?.hasPrefix("o-") == true }
            #expect(judged.count == Self.open)
            for verdict in judged {
                let number = Int(verdict["id"]?.string?.dropFirst(2) ?? "") ?? -1
                // Bad below 3.
                #expect(
                    verdict["bad"]?.bool == (number % 3 == 0) && verdict["score"]?.double == (number % 3 == 0 ? 2.0 : 5.0), "\(verdict)")
                let cost = verdict["cost_usd"]?.double ?? 0
                #expect(verdict["judge"] == "sim:auto-examiner" && cost > 0)
            }
            // A judge that likes everything sees none of the seeded errors.
            let probes = verdicts.filter { $0["source"] == "probe" }
            #expect(probes.count == 5 && probes.allSatisfy { $0["bad"]?.bool == false })
            let calls = scene.calls(CalibrationScene.judge)
            let second = try await scene.run(Self.judging)
            #expect(second.status == 0 && scene.calls(CalibrationScene.judge) == calls, "\(second)")
            #expect(try scene.lines("verdicts.jsonl") == verdicts)

            // A person's word is stronger, whatever was said before.
            try scene.write("id,answer,verdict,note\no-0,draft,good,fine\n", to: "people.csv")
            let imported = try await scene.run(Self.judging + ["--import", "@people.csv"])
            #expect(imported.status == 0, "\(imported)")
            #expect(try scene.lines("verdicts.jsonl").last?["source"] == "human")
            let blind = try await scene.run(
                "calibrate", "--recordings", "@recordings.jsonl", "--verdicts", "@verdicts.jsonl", "--alpha", "0.3", "--out", "@risk.json")
            #expect(blind.status == 1 && blind.stdout.contains("seeded errors") && scene.read("risk.json").isEmpty, "\(blind)")
            #expect(blind.stdout.contains("1 by human"), "\(blind.stdout)")
        }
    }

    @Test("Killed while it judges and started again, it ends with every verdict once")
    func killed() async throws {
        try await withRecorded(judgeWords: "f80000") { scene in
            var inProgress = 0
            for _ in 0..<4 {
                let process = try ChildProcess(
                    Self.judging.map { $0.hasPrefix("@") ? scene.path(String($0.dropFirst())) : $0 }, in: scene.directory)
                let before = scene.read("verdicts.jsonl").count
                _ = await eventually(within: .seconds(10)) { scene.read("verdicts.jsonl").count > before + 400 || process.poll() != nil }
                process.signal(SIGKILL)
                if try await process.wait() == 137 { inProgress += 1 }
            }
            #expect(inProgress >= 2, "only \(inProgress) runs were killed at work")
            let last = try await scene.run(Self.judging)
            #expect(last.status == 0, "\(last)")
            let all = names(try scene.lines("verdicts.jsonl"))
            #expect(Set(all).count == all.count, "\(all.sorted())")
            #expect(all.count { $0.contains("draft judge") && $0.hasPrefix("o-") } == Self.open)
            #expect(all.count { $0.contains(" probe ") } == 5, "\(all.sorted())")
        }
    }

    @Test("A judge that fails ends with 69, the spend cap with 1, and a judge that is not configured with 78")
    func failures() async throws {
        try await withRecorded { scene in
            let failing = try await scene.run(Self.judging.map { $0 == "sim:auto-examiner" ? "sim:err401" : $0 })
            #expect(failing.status == 69, "\(failing)")
            // What references can say is there all the same.
            #expect(try scene.lines("verdicts.jsonl").count { $0["source"] == "reference" } >= Self.checkable)
            let capped = try await scene.run(Self.judging + ["--max-usd", "0.001", "--concurrency", "1"])
            #expect(capped.status == 1, "\(capped)")
            #expect(try scene.lines("verdicts.jsonl").count { $0["source"] == "judge" } < Self.open)
            let stranger = try await scene.run(Self.judging.map { $0 == "sim:auto-examiner" ? "nobody:x" : $0 })
            #expect(stranger.status == 78 && stranger.stderr.contains("nobody"), "\(stranger)")
            let unpriced = try await scene.run(Self.judging.map { $0 == "sim:auto-examiner" ? "sim:unpriced" : $0 } + ["--max-usd", "1"])
            #expect(unpriced.status == 78 && unpriced.stderr.contains("sim:unpriced"), "\(unpriced)")
            #expect(try await scene.run(Self.judging + ["--judge", "noprovider"]).status == 64)
        }
    }
}
