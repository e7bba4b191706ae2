import FastJSON
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The commands beside `serve`.
@Suite struct CommandTests {
    private func run(_ arguments: [String], in directory: URL, environment: [String: String] = [:]) async throws -> (Int32, ChildProcess) {
        let process = try ChildProcess(arguments, in: directory, environment: environment)
        return (try await process.wait(), process)
    }

    @Test("qualm check says ok and ends with 0 for a sound file, and with 78 and every problem for a wrong one")
    func check() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "config.yaml")
            try Data(GatewayConfig().yaml(simulatorPort: 9).utf8).write(to: file)
            let (sound, output) = try await run(["check", "--config", file.path], in: directory)
            #expect(sound == 0 && output.stdout.hasSuffix("config.yaml: ok\n"))

            let wrong = """
                server:
                  port: 99999
                routing:
                  threshhold_bits: 1.5
                  drafter: opnai:gpt-4.1-nano
                  strategy: windw
                providers:
                  openai:
                    api_kye: \(GatewayConfig.providerKey)
                """
            try Data(wrong.utf8).write(to: file)
            for command in ["check", "serve"] {
                let (status, process) = try await run([command, "--config", file.path], in: directory)
                #expect(status == 78)
                for problem in ["config.yaml:2:9:", "'threshold_bits'", "'opnai'", "'windw'", "'api_kye'", "5 errors"] {
                    #expect(process.stderr.contains(problem), "\(command): \(problem) in \(process.stderr)")
                }
                #expect(!process.stderr.contains(GatewayConfig.providerKey) && process.stdout.isEmpty)
            }
        }
    }

    @Test("A file, a risk model or a flag that cannot be used ends check and serve with 78 and says which")
    func unusable() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "config.yaml")
            for command in ["check", "serve"] {
                let (status, process) = try await run([command, "--config", "no-such-file.yaml"], in: directory)
                #expect(status == 78 && process.stderr.contains("no-such-file.yaml"))
            }
            var config = GatewayConfig()
            config.routing = ["strategy: risk", "risk_model: no-such-model.json"]
            try Data(config.yaml(simulatorPort: 9).utf8).write(to: file)
            let (status, process) = try await run(["check", "--config", file.path], in: directory)
            #expect(status == 78 && process.stderr.contains("no-such-model.json"))
            try Data(GatewayConfig().yaml(simulatorPort: 9).utf8).write(to: file)
            let (port, flags) = try await run(["serve", "--config", file.path, "--port", "http"], in: directory)
            #expect(port != 0 && flags.stderr.contains("port"))
            let (variable, environment) = try await run(
                ["check", "--config", file.path], in: directory, environment: ["QUALM_PORT": "http"])
            #expect(variable == 78 && environment.stderr.contains("QUALM_PORT"))
        }
    }

    @Test("check and serve end with 78 and name the key and the path of every ca_file that cannot be read")
    func unreadableAuthorities() async throws {
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "config.yaml")
            let authority = directory.appending(path: "authority.pem")
            try Data().write(to: authority)
            var config = GatewayConfig()
            config.sim = ["ca_file: no-such-authority.pem"]
            // A provider that no route names, and a folder in place of a file.
            config.providers = ["spare: {base_url: 'https://127.0.0.1:9/v1', ca_file: '\(directory.path)'}"]
            try Data(config.yaml(simulatorPort: 9).utf8).write(to: file)
            for command in ["check", "serve"] {
                let (status, process) = try await run([command, "--config", file.path], in: directory)
                #expect(status == 78 && process.stdout.isEmpty, "\(command)")
                for problem in [
                    "providers.sim.ca_file: no-such-authority.pem cannot be read",
                    "providers.spare.ca_file: \(directory.path) cannot be read",
                ] {
                    #expect(process.stderr.contains(problem), "\(command): \(process.stderr)")
                }
            }
            config.sim = ["ca_file: '\(authority.path)'"]
            config.providers = []
            try Data(config.yaml(simulatorPort: 9).utf8).write(to: file)
            let (status, process) = try await run(["check", "--config", file.path], in: directory)
            #expect(status == 0, "\(process.stderr)")
        }
    }

    @Test("qualm health ends with 0 for a gateway that answers, with 1 for one that does not")
    func health() async throws {
        try await withGateway { gateway in
            try await withTemporaryDirectory { directory in
                for flags in [[], ["--ready"]] {
                    let (status, process) = try await run(["health", "--url", "http://127.0.0.1:\(gateway.port)"] + flags, in: directory)
                    #expect(status == 0 && process.stdout.contains("status"))
                }
            }
        }
        try await withTemporaryDirectory { directory in
            let (status, process) = try await run(["health", "--url", "http://127.0.0.1:9"], in: directory)
            #expect(status == 1 && process.stderr.contains("127.0.0.1:9"))
        }
    }

    @Test("A port that is taken ends serve with an error that names it, not with 0")
    func takenPort() async throws {
        try await withGateway { gateway in
            try await withTemporaryDirectory { directory in
                let file = directory.appending(path: "config.yaml")
                try Data(GatewayConfig().yaml(simulatorPort: 9).utf8).write(to: file)
                let (status, process) = try await run(["serve", "--config", file.path, "--port", "\(gateway.port)"], in: directory)
                #expect(status != 0 && status < 128, "\(status): \(process.stderr)")
                #expect(process.stderr.contains("ddress already in use") || process.stderr.contains("\(gateway.port)"), "\(process.stderr)")
            }
        }
    }

    @Test("qualm simulate answers as its scenario says, reports what it saw, and ends with 0")
    func simulate() async throws {
        try await withTemporaryDirectory { directory in
            let scenario = directory.appending(path: "scenario.json")
            try Data(#"{"rules":[{"prompt_contains":"capital","text":"It is Paris."}]}"#.utf8).write(to: scenario)
            let portFile = directory.appending(path: "port")
            let process = try ChildProcess(
                ["simulate", "--port", "0", "--port-file", portFile.path, "--scenario", scenario.path], in: directory)
            do {
                let connection = try RawConnection(port: try await waitForPort(portFile, of: process))
                try await connection.send("POST", "/v1/chat/completions", body: ChatCall("any", prompt: "the capital?").body)
                #expect(try await connection.answer().content() == "It is Paris.")
                try await connection.send("GET", "/_sim/report")
                #expect(try await connection.answer().json()["completed"]?.int == 1)
                process.signal(SIGTERM)
                #expect(try await process.wait() == 0)
            } catch {
                process.signal(SIGKILL)
                _ = try? await process.wait()
                throw error
            }
            try Data(#"{"rulez":[]}"#.utf8).write(to: scenario)
            let (status, wrong) = try await run(["simulate", "--port", "0", "--scenario", scenario.path], in: directory)
            #expect(status != 0 && wrong.stderr.contains("rulez"))
        }
    }

    @Test("qualm demo shows a shipped draft, a cancelled pre-fire and an escalation, without a key")
    func demo() async throws {
        try await withTemporaryDirectory { directory in
            let portFile = directory.appending(path: "port")
            let process = try ChildProcess(["demo", "--port", "0", "--port-file", portFile.path], in: directory)
            do {
                let port = try await waitForPort(portFile, of: process)
                for (prompt, route, decision, prefired, cancelled) in [
                    ("What is the capital of France?", "draft", "ship", false, false),
                    ("Write a haiku about the sea.", "draft", "ship", true, true),
                    ("Prove the Riemann hypothesis.", "heavyweight", "escalate", true, false),
                ] {
                    let connection = try RawConnection(port: port)
                    let call = ChatCall(streaming: true, prompt: prompt)
                    try await connection.send("POST", "/v1/chat/completions", body: call.body)
                    let stream = try await connection.answer().transcript()
                    try stream.expectExactFraming(usage: false, "\(prompt)")
                    #expect(stream.metadata?["route"]?.string == route && stream.metadata?["decision"]?.string == decision, "\(prompt)")
                    #expect(
                        stream.metadata?["prefired"]?.bool == prefired && stream.metadata?["prefire_cancelled"]?.bool == cancelled,
                        "\(prompt)")
                }
                process.signal(SIGTERM)
                #expect(try await process.wait() == 0)
                #expect(process.stdout.contains("capital of France") && process.stdout.contains("127.0.0.1:\(port)"))
            } catch {
                process.signal(SIGKILL)
                _ = try? await process.wait()
                throw error
            }
        }
    }
}
