import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `qualm record` against a simulated upstream.
@Suite struct RecordTests {
    /// A folder with a configuration and a prompt set, in front of a running simulator.
    private struct Scene {
        let directory: URL
        let simulator: Simulator
        let prompts: Int

        var arguments: [String] { arguments(out: "run/recordings.jsonl") }

        func arguments(out: String) -> [String] {
            [
                "record", "--config", directory.appending(path: "config.yaml").path, "--prompts", directory.appending(path: "prompts").path,
                "--out", directory.appending(path: out).path,
            ]
        }

        func start(_ arguments: [String]) throws -> ChildProcess { try ChildProcess(arguments, in: directory) }

        func run(_ arguments: [String]) async throws -> (status: Int32, stdout: String, stderr: String) {
            let process = try start(arguments)
            return (try await process.wait(), process.stdout, process.stderr)
        }

        /// Ids of the complete records, in the order of the file.
        func ids(_ out: String) throws -> [String] {
            try records(out).compactMap { $0["id"]?.string }
        }

        func records(_ out: String) throws -> [JSONValue] {
            let bytes = try content(directory.appending(path: out))
            let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            // Behind the last newline is what a killed process left.
            return try lines.dropLast().map { try JSONValue.parse(Array($0)) }
        }

        func size(_ out: String) -> Int {
            (try? FileManager.default.attributesOfItem(atPath: directory.appending(path: out).path)[.size] as? Int) ?? 0
        }

        private func content(_ file: URL) throws -> [UInt8] {
            guard file.pathExtension == "gz" else { return Array(FileManager.default.contents(atPath: file.path) ?? Data()) }
            guard FileManager.default.fileExists(atPath: file.path) else { return [] }
            // Not by the code that wrote it. A torn member at the end makes gzip complain after what it could read.
            let gzip = Process()
            gzip.executableURL = URL(filePath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-dc", file.path]
            let output = Pipe()
            gzip.standardOutput = output
            gzip.standardError = FileHandle.nullDevice
            try gzip.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            gzip.waitUntilExit()
            return Array(bytes)
        }
    }

    private func withScene(
        prompts count: Int, drafter: String = "auto-drafter-n6", heavyweight: String = "auto-expert-n4",
        _ body: (Scene) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            var options = SimulatorOptions()
            options.apiKey = GatewayConfig.providerKey
            let simulator = try await Simulator.start(options: options)
            var config = GatewayConfig()
            (config.drafter, config.heavyweight) = (drafter, heavyweight)
            try Data(config.yaml(simulatorPort: simulator.port).utf8).write(to: directory.appending(path: "config.yaml"))
            let folder = directory.appending(path: "prompts")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, range) in [("a", 0..<count / 2), ("b", count / 2..<count)] {
                let lines = range.map {
                    #"{"id":"\#(name)-\#($0)","category":"\#(name)","prompt":"What is the name of river number \#($0)?"}"# + "\n"
                }
                try Data(lines.joined().utf8).write(to: folder.appending(path: "\(name).jsonl"))
            }
            do {
                try await body(Scene(directory: directory, simulator: simulator, prompts: count))
            } catch {
                try await simulator.stop()
                throw error
            }
            try await simulator.stop()
        }
    }

    @Test("A recording holds both answers of every prompt, with the drafter's evidence, and a second run asks nothing")
    func recording() async throws {
        try await withScene(prompts: 12) { scene in
            let first = try await scene.run(scene.arguments)
            #expect(first.status == 0, "\(first.stderr)")
            #expect(first.stdout.contains("12 recorded, 0 were there before, 0 failed, 0 not begun"))
            #expect(first.stderr.contains("record  12/12"))
            let records = try scene.records("run/recordings.jsonl")
            #expect(records.count == 12)
            for record in records {
                let draft = try #require(record["draft"])
                let tokens = try #require(draft["tokens"]?.array)
                #expect(!tokens.isEmpty && tokens.allSatisfy { $0["logprob"]?.double != nil && $0["top"]?.array?.isEmpty == false })
                #expect(tokens.compactMap { $0["bytes"]?.string }.joined() == draft["text"]?.string)
                #expect(draft["provider"] == "sim" && draft["model"] == "auto-drafter-n6" && draft["answered_by"]?.string != nil)
                #expect(draft["usage"]?["output"]?.int == tokens.count && (draft["cost_usd"]?.double ?? 0) > 0)
                #expect(record["heavyweight"]?["text"]?.string?.isEmpty == false && record["heavyweight"]?["tokens"] == nil)
                #expect(record["prompt_hash"]?.string?.hasPrefix("sha256:") == true && record["bad"] == .null)
            }
            let second = try await scene.run(scene.arguments)
            #expect(second.status == 0 && second.stdout.contains("0 recorded, 12 were there before"))
            #expect(try scene.records("run/recordings.jsonl") == records)
        }
    }

    @Test(
        "Killed at twenty random moments and started again, it ends with every prompt recorded once", arguments: ["r.jsonl", "r.jsonl.gz"])
    func killed(out: String) async throws {
        try await withScene(prompts: 400, drafter: "auto-drafter-n4-d3000", heavyweight: "auto-expert-n3-d3000") { scene in
            let arguments = scene.arguments(out: out) + ["--concurrency", "3", "--quiet"]
            // A linear congruential generator (Knuth's MMIX): the same moments in every run.
            var random: UInt64 = out.hasSuffix("gz") ? 42 : 7
            var seen: Set<String> = []
            var inProgress = 0
            for kill in 0..<20 {
                let process = try scene.start(arguments)
                // Every other one at work for sure, however slowly a process starts here; the others anywhere, also before their first
                // record.
                let before = scene.size(out)
                if kill % 2 == 1 { _ = await eventually(within: .seconds(5)) { scene.size(out) > before || process.poll() != nil } }
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                try await Task.sleep(for: .milliseconds(Int(random >> 33) % 120))
                process.signal(SIGKILL)
                let status = try await process.wait()
                #expect(status == 137, "run \(kill): \(process.stderr)")
                let ids = try scene.ids(out)
                #expect(Set(ids).count == ids.count, "run \(kill) has an id twice")
                #expect(seen.isSubset(of: ids), "run \(kill) lost a record")
                if ids.count > seen.count, ids.count < scene.prompts { inProgress += 1 }
                seen = Set(ids)
            }
            let last = try await scene.run(arguments)
            #expect(last.status == 0, "\(last.stderr)")
            let ids = try scene.ids(out)
            #expect(ids.count == scene.prompts && Set(ids).count == scene.prompts)
            // The kills hit runs that were at work; otherwise this test has shown nothing.
            #expect(inProgress >= 5, "only \(inProgress) runs recorded something before they were killed")
        }
    }

    @Test("SIGINT finishes what is in flight and leaves a file that the same command goes on with")
    func interrupted() async throws {
        try await withScene(prompts: 80, drafter: "auto-drafter-n4-d20000") { scene in
            let arguments = scene.arguments(out: "r.jsonl.gz") + ["--concurrency", "4"]
            let process = try scene.start(arguments)
            _ = try await eventually { try scene.ids("r.jsonl.gz").count > 3 }
            process.signal(SIGINT)
            #expect(try await process.wait() == 1)
            #expect(process.stderr.contains("the same command goes on"))
            let count = try scene.ids("r.jsonl.gz").count
            #expect(count > 3 && count < 80)
            #expect(process.stdout.contains("\(count) recorded"))
            let rest = try await scene.run(arguments)
            #expect(rest.status == 0 && rest.stdout.contains("\(80 - count) recorded, \(count) were there before"))
            #expect(Set(try scene.ids("r.jsonl.gz")).count == 80)
        }
    }

    @Test("The cap, other settings for the same file, and a missing prompt set end with their own status and message")
    func refusals() async throws {
        try await withScene(prompts: 20) { scene in
            let capped = try await scene.run(scene.arguments + ["--max-usd", "0.0045", "--max-tokens", "500"])
            #expect(capped.status == 1 && capped.stderr.contains("the cap of $0.0045 is reached"), "\(capped)")
            let found = try scene.ids("run/recordings.jsonl").count
            #expect(found > 0 && found < 20)
            let other = try await scene.run(scene.arguments + ["--temperature", "0.7"])
            #expect(other.status == 65 && other.stderr.contains("temperature 1.0, not 0.7"), "\(other)")
            let missing = try await scene.run(["record", "--prompts", "no-such-folder", "--out", scene.directory.appending(path: "x").path])
            #expect(missing.status == 66 && missing.stderr.contains("no-such-folder"), "\(missing)")
            let unpriced = try await scene.run(scene.arguments(out: "y.jsonl") + ["--drafter", "sim:other", "--max-usd", "1"])
            #expect(unpriced.status == 78 && unpriced.stderr.contains("the price of sim:other is not known"), "\(unpriced)")
            let stranger = try await scene.run(scene.arguments(out: "y.jsonl") + ["--drafter", "nobody:x"])
            #expect(stranger.status == 78 && stranger.stderr.contains("no provider 'nobody'"), "\(stranger)")
        }
    }

    @Test("An upstream that fails for good is told with 69, and the next run tries again")
    func failing() async throws {
        try await withScene(prompts: 4, heavyweight: "auto-err500") { scene in
            let failed = try await scene.run(scene.arguments + ["--attempts", "1"])
            #expect(failed.status == 69 && failed.stdout.contains("0 recorded, 0 were there before, 4 failed"), "\(failed)")
            let drafts = try await scene.run(scene.arguments + ["--no-heavyweight"])
            #expect(drafts.status == 0 && drafts.stdout.contains("4 recorded"), "\(drafts)")
        }
    }

    @Test("--from converts a CSV of single-token answers, once")
    func converting() async throws {
        try await withScene(prompts: 2) { scene in
            let csv = scene.directory.appending(path: "answers.csv")
            try Data("id,category,token,p1,p2,gold\nq1,x,A,0.9,0.05,A\nq2,x,B,0.4,0.3,C\n".utf8).write(to: csv)
            let arguments = [
                "record", "--from", csv.path, "--as", "openai:small", "--out", scene.directory.appending(path: "r.jsonl.gz").path,
            ]
            let first = try await scene.run(arguments)
            #expect(first.status == 0 && first.stdout.contains("2 converted, 0 were there before; 2 in all"), "\(first)")
            let second = try await scene.run(arguments)
            #expect(second.stdout.contains("0 converted, 2 were there before; 2 in all"))
            let records = try scene.records("r.jsonl.gz")
            #expect(records.compactMap { $0["bad"]?.bool } == [false, true])
            #expect(records.allSatisfy { $0["draft"]?["model"] == "small" && $0["draft"]?["provider"] == "openai" })
            try Data("id,p1\na,7\n".utf8).write(to: csv)
            let wrong = try await scene.run(arguments)
            #expect(wrong.status == 65 && wrong.stderr.contains("answers.csv:2:3: 'p1' must be a probability"), "\(wrong)")
        }
    }
}
