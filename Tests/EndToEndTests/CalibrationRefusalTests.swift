import FastJSON
import Foundation
import Testing

/// What the commands of a calibration say when they cannot do what was asked, and their exit statuses.
@Suite struct CalibrationRefusalTests {
    @Test("Too few labels end calibrate with 1, the number that is missing, and no artefact")
    func tooFewLabels() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120), to: "r.jsonl")
            let outcome = try await scene.run(
                "calibrate", "--recordings", "@r.jsonl", "--alpha", "0.02", "--out", "@risk.json", "--report-json", "@found.json")
            #expect(outcome.status == 1, "\(outcome)")
            let found = try JSONValue.parse(Array(scene.read("found.json").utf8))
            let labels = try #require(found["labels", "cal"]?.int)
            // 149 labels without a loss certify 2 % at delta .05: section 8 of the design, and (1 - .02)^148 > .05 > (1 - .02)^149.
            #expect(outcome.stdout.contains("takes 149 labels: needs \(149 - labels) more"), "\(outcome.stdout)")
            #expect(outcome.stdout.contains("\(labels) calibration labels cannot support") && found["certified"]?.bool == false)
            #expect(found["missing_labels"]?.int.map { $0 >= 149 - labels } == true)
            #expect(scene.read("risk.json").isEmpty)
            // The same labels are enough for less.
            let less = try await scene.run("calibrate", "--recordings", "@r.jsonl", "--alpha", "0.2", "--out", "@risk.json")
            #expect(less.status == 0 && !scene.read("risk.json").isEmpty, "\(less)")
        }
    }

    @Test("Recordings of two drafters or temperatures end calibrate with 65 and both keys; --drafter chooses one")
    func mixedKeys() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120), to: "a.jsonl")
            try scene.write(CalibrationRecords.lines(20, prefix: "s", drafter: "other"), to: "b.jsonl")
            try scene.write(CalibrationRecords.lines(20, prefix: "t", temperature: 0.7), to: "c.jsonl")
            for other in ["b", "c"] {
                let outcome = try await scene.run(
                    "calibrate", "--recordings", "@a.jsonl", "@\(other).jsonl", "--alpha", "0.2", "--out", "@risk.json")
                #expect(outcome.status == 65 && outcome.stderr.contains("mix what cannot be calibrated together"), "\(outcome)")
                #expect(outcome.stderr.contains("sim:auto-drafter, temperature 0.0") && outcome.stderr.contains(" (20)"), "\(outcome)")
                #expect(outcome.stderr.contains(other == "b" ? "sim:other, temperature 0.0" : "sim:auto-drafter, temperature 0.7"))
            }
            let chosen = try await scene.run(
                "calibrate", "--recordings", "@a.jsonl", "@b.jsonl", "--drafter", "sim:auto-drafter", "--alpha", "0.2", "--out",
                "@risk.json")
            #expect(chosen.status == 0 && chosen.stdout.contains("120 drafts of sim:auto-drafter"), "\(chosen)")
            // Twice the same file is no more evidence than once.
            let twice = try await scene.run("calibrate", "--recordings", "@a.jsonl", "@a.jsonl", "--alpha", "0.2", "--out", "@risk.json")
            #expect(twice.status == 65 && twice.stderr.contains("recorded twice"), "\(twice)")
        }
    }

    @Test("The same prompts under other ids are no more evidence: 65, with the two ids, and no artefact")
    func copies() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120) + CalibrationRecords.lines(120, prefix: "copy"), to: "r.jsonl")
            let outcome = try await scene.run("calibrate", "--recordings", "@r.jsonl", "--alpha", "0.2", "--out", "@risk.json")
            #expect(outcome.status == 65 && outcome.stderr.contains("the same prompt is there twice: r-0 and copy-0"), "\(outcome)")
            #expect(scene.read("risk.json").isEmpty)
        }
    }

    @Test("Verdicts on answers that were not recorded are counted and named; drafts without a verdict are counted, too")
    func strangers() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120, isLabelled: false), to: "r.jsonl")
            var verdicts = (0..<100).map { #"{"id":"r-\#($0)","answer":"draft","bad":\#($0 % 5 == 0),"source":"reference"}"# }
            verdicts += ["stranger-1", "stranger-2"].map { #"{"id":"\#($0)","bad":true,"source":"human"}"# }
            try scene.write(verdicts.map { $0 + "\n" }.joined(), to: "v.jsonl")
            let command = [
                "calibrate", "--recordings", "@r.jsonl", "--verdicts", "@v.jsonl", "--alpha", "0.2", "--delta", "0.1", "--out",
                "@risk.json",
            ]
            let counted = try await scene.run(command)
            #expect(counted.stderr.contains("no verdict and count") && counted.stderr.contains("as lost"), "\(counted)")
            let outcome = try await scene.run(command + ["--judged-only"])
            #expect(outcome.status == 0, "\(outcome)")
            #expect(
                outcome.stdout.contains("2 verdicts are on answers that were not recorded: stranger-1, stranger-2"), "\(outcome.stdout)")
            #expect(outcome.stdout.contains("100 by reference") && outcome.stdout.contains("20 drafts not judged"), "\(outcome.stdout)")
            try scene.configure()
            let replayed = try await scene.run("replay", "--config", "@config.yaml", "--recordings", "@r.jsonl", "--verdicts", "@v.jsonl")
            #expect(replayed.status == 0 && replayed.stderr.contains("2 verdicts are on answers that were not recorded"), "\(replayed)")
        }
    }

    @Test("A judge's verdicts without probes certify nothing; with probes it missed, the promise is held to less")
    func unprobedJudge() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(200, isLabelled: false), to: "r.jsonl")
            let verdicts = (0..<200).map {
                #"{"id":"r-\#($0)","answer":"draft","bad":\#($0 % 5 == 0),"source":"judge","score":3,"judge":"sim:j"}"#
            }
            let probes = (0..<60).map {
                #"{"id":"r-\#($0 * 3 + 1)","answer":"draft","bad":\#($0 % 6 != 0),"source":"probe","judge":"sim:j"}"#
            }
            try scene.write(verdicts.map { $0 + "\n" }.joined(), to: "v.jsonl")
            try scene.write(probes.map { $0 + "\n" }.joined(), to: "p.jsonl")
            func calibrate(_ more: String...) async throws -> CalibrationScene.Outcome {
                try await scene.run(
                    [
                        "calibrate", "--recordings", "@r.jsonl", "--alpha", "0.2", "--delta", "0.1", "--out", "@risk.json", "--verdicts",
                        "@v.jsonl",
                    ]
                        + more)
            }
            let alone = try await calibrate()
            #expect(alone.status == 65 && alone.stderr.contains("come without probes") && alone.stderr.contains("sim:j"), "\(alone)")
            let probed = try await calibrate("@p.jsonl")
            #expect(probed.status == 0 && probed.stdout.contains("50 of 60 seeded errors seen"), "\(probed)")
            // The same probes again are no more trials.
            try scene.write(String(repeating: probes.map { $0 + "\n" }.joined(), count: 5), to: "p5.jsonl")
            let again = try await calibrate("@p5.jsonl")
            #expect(again.status == 0 && again.stdout.contains("50 of 60 seeded errors seen"), "\(again)")
            let artefact = try JSONValue.parse(Array(scene.read("risk.json").utf8))
            let bound = try #require(artefact["certificate", "judge_sensitivity"]?.double)
            #expect(bound > 0.65 && bound < 50.0 / 60)
            let vouched = try await calibrate("--judge-sensitivity", "0.9")
            #expect(vouched.status == 0 && vouched.stdout.contains("90 % of the bad drafts (assumed)"), "\(vouched)")
        }
    }

    @Test("A line that is no recording or verdict ends every command with 65 and file:line; a missing file with 66")
    func unreadable() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(3) + "{\"v\":1,\n" + CalibrationRecords.lines(1, prefix: "s"), to: "torn.jsonl")
            try scene.write(CalibrationRecords.lines(3), to: "good.jsonl")
            try scene.write("\n{\"id\":\"r-1\",\"bad\":\"perhaps\",\"source\":\"human\"}\n", to: "verdicts.jsonl")
            try scene.write(CalibrationPrompts.lines(3), to: "prompts.jsonl")
            try scene.configure()
            let commands: [[String]] = [
                ["calibrate", "--out", "@risk.json"], ["replay", "--config", "@config.yaml"], ["report", "--out", "@report.html"],
            ]
            for command in commands {
                let torn = try await scene.run(command + ["--recordings", "@torn.jsonl"])
                #expect(torn.status == 65 && torn.stderr.contains("torn.jsonl:4"), "\(command): \(torn)")
                let verdict = try await scene.run(command + ["--recordings", "@good.jsonl", "--verdicts", "@verdicts.jsonl"])
                #expect(verdict.status == 65 && verdict.stderr.contains("verdicts.jsonl:2") && verdict.stderr.contains("bad"), "\(verdict)")
                let missing = try await scene.run(command + ["--recordings", "@no-such.jsonl"])
                #expect(missing.status == 66 && missing.stderr.contains("no-such.jsonl"), "\(command): \(missing)")
                let unnamed = try await scene.run(command)
                #expect(unnamed.status == 64 && unnamed.stderr.contains("--recordings"), "\(command): \(unnamed)")
            }
            let judge = ["judge", "--prompts", "@prompts.jsonl", "--out", "@out.jsonl"]
            let torn = try await scene.run(judge + ["--recordings", "@torn.jsonl"])
            #expect(torn.status == 65 && torn.stderr.contains("torn.jsonl:4"), "\(torn)")
            let missing = try await scene.run(judge + ["--recordings", "@no-such.jsonl"])
            #expect(missing.status == 66 && missing.stderr.contains("no-such.jsonl"), "\(missing)")
            try scene.write("{\"id\":\"p-0\",\"category\":\"c\"}\n", to: "prompts.jsonl")
            let prompts = try await scene.run(judge + ["--recordings", "@good.jsonl"])
            #expect(prompts.status == 65 && prompts.stderr.contains("prompts.jsonl:1"), "\(prompts)")
        }
    }

    @Test("What cannot be written ends with 73 and its path")
    func unwritable() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120), to: "r.jsonl")
            try scene.write(CalibrationPrompts.lines(3), to: "prompts.jsonl")
            try scene.configure()
            // A file where a folder is needed: nobody may write below it, root neither.
            let commands: [[String]] = [
                ["calibrate", "--recordings", "@r.jsonl", "--alpha", "0.2", "--out", "@r.jsonl/risk.json"],
                ["report", "--recordings", "@r.jsonl", "--out", "@r.jsonl/report.html"],
                ["judge", "--prompts", "@prompts.jsonl", "--recordings", "@r.jsonl", "--out", "@r.jsonl/verdicts.jsonl"],
                ["record", "--config", "@config.yaml", "--prompts", "@prompts.jsonl", "--out", "@r.jsonl/recordings.jsonl", "--quiet"],
            ]
            for command in commands {
                let outcome = try await scene.run(command)
                #expect(outcome.status == 73 && outcome.stderr.contains("r.jsonl/"), "\(command): \(outcome)")
            }
        }
    }

    @Test("replay's limits are a gate: 1 and a sentence for each that is not kept, 0 when all are")
    func replayGate() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(100), to: "r.jsonl")
            // Ships everything: 20 of 100 are bad.
            try scene.configure("lax.yaml", routing: ["threshold_bits: 10"])
            try scene.configure("strict.yaml", routing: ["threshold_bits: 0.5", "window_tokens: 1"])
            let lax = ["replay", "--recordings", "@r.jsonl", "--config", "@lax.yaml"]
            let failed = try await scene.run(lax + ["--max-bad", "0.1", "--max-cost", "0.0000001", "--max-escalated", "0"])
            #expect(failed.status == 1, "\(failed)")
            for line in ["--max-bad 0.1: the 95 % upper bound", "from 20 of 100", "--max-cost"] {
                #expect(failed.stderr.contains(line), "\(line) in \(failed.stderr)")
            }
            #expect(!failed.stderr.contains("--max-escalated"), "\(failed.stderr)")
            // The share that was seen is .2; the bound is above it.
            #expect(try await scene.run(lax + ["--max-bad", "0.21", "--bound", "estimate"]).status == 0)
            #expect(try await scene.run(lax + ["--max-bad", "0.21"]).status == 1)
            let strict = try await scene.run(
                "replay", "--recordings", "@r.jsonl", "--config", "@strict.yaml", "--against", "@lax.yaml", "--json", "--max-bad", "0.05",
                "--max-cost", "0.001")
            #expect(strict.status == 0, "\(strict)")
            let both = try JSONValue.parse(Array(strict.stdout.utf8))["configurations"]?.array ?? []
            #expect(both.compactMap { $0["escalated", "count"]?.int } == [20, 0])
            #expect(both.compactMap { $0["shipped_bad_of_all", "count"]?.int } == [0, 20])
            let escalated = try await scene.run(
                "replay", "--recordings", "@r.jsonl", "--config", "@strict.yaml", "--max-escalated", "0.19")
            #expect(escalated.status == 1 && escalated.stderr.contains("--max-escalated 0.19"), "\(escalated)")
            // Without verdicts nobody knows.
            try scene.write(CalibrationRecords.lines(100, isLabelled: false), to: "r.jsonl")
            let unknown = try await scene.run(lax + ["--max-bad", "0.9"])
            #expect(unknown.status == 1 && unknown.stderr.contains("unknown"), "\(unknown)")
            let usage = try await scene.run(lax + ["--max-bad", "1.5"])
            #expect(usage.status == 64 && usage.stderr.contains("--max-bad"))
        }
    }

    @Test("drift ends with 0 while audits keep the promise and with 1 when they speak against it")
    func drift() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationArtefact().json, to: "risk.json")
            // Alpha is .1: half of it, and five times it.
            try scene.write(CalibrationRecords.audits(300, badEvery: 20), to: "kept.jsonl")
            try scene.write(CalibrationRecords.audits(300, badEvery: 2), to: "broken.jsonl")
            let kept = try await scene.run("drift", "--model", "@risk.json", "--audits", "@kept.jsonl")
            #expect(kept.status == 0, "\(kept)")
            let broken = try await scene.run("drift", "--model", "@risk.json", "--audits", "@broken.jsonl", "--json")
            #expect(broken.status == 1, "\(broken)")
            _ = try JSONValue.parse(Array(broken.stdout.utf8))
            // The same audits are no alarm for a promise they keep.
            let looser = try await scene.run("drift", "--model", "@risk.json", "--audits", "@broken.jsonl", "--alpha", "0.7")
            #expect(looser.status == 0, "\(looser)")
            try scene.write(CalibrationRecords.audits(2, badEvery: 2) + "{\"id\":\"x\",\"shipped\":1}\n", to: "wrong.jsonl")
            let wrong = try await scene.run("drift", "--model", "@risk.json", "--audits", "@wrong.jsonl")
            #expect(wrong.status == 65 && wrong.stderr.contains("wrong.jsonl:3: 'shipped'"), "\(wrong)")
            let missing = try await scene.run("drift", "--model", "@risk.json", "--audits", "@no-such.jsonl")
            #expect(missing.status == 66 && missing.stderr.contains("no-such.jsonl"), "\(missing)")
            #expect(try await scene.run("drift", "--model", "@risk.json").status == 64)
        }
    }

    @Test("A picture without a browser ends report with 69 and says what is missing, the page is there all the same")
    func browserless() async throws {
        try await withCalibrationScene { scene in
            try scene.write(CalibrationRecords.lines(120), to: "r.jsonl")
            let outcome = try await scene.run(
                "report", "--recordings", "@r.jsonl", "--alpha", "0.2", "--out", "@report.html", "--png", "@report.png", "--browser",
                "/nonexistent")
            #expect(outcome.status == 69 && outcome.stderr.contains("/nonexistent"), "\(outcome)")
            #expect(scene.read("report.html").contains("<svg") && scene.read("report.png").isEmpty)
        }
    }
}
