import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A folder with files of its own in front of a running simulator: every command of a calibration, and the gateway with what they made.
struct CalibrationScene: Sendable {
    /// What a command ended with.
    struct Outcome: Sendable {
        var status: Int32
        var stdout: String
        var stderr: String
    }

    static let drafter = "auto-drafter"
    static let heavyweight = "auto-expert"
    static let judge = "auto-examiner"

    let directory: URL
    let simulator: Simulator

    func path(_ name: String) -> String { directory.appending(path: name).path }

    func write(_ text: String, to name: String) throws {
        let file = directory.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The text of a file; empty when it is not there.
    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
    }

    /// The values of a file of JSON lines.
    func lines(_ name: String) throws -> [JSONValue] {
        try read(name).split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    }

    /// Runs a command to its end. Names of the form `@name` stand for files of the folder.
    func run(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> Outcome {
        let named = arguments.map { $0.hasPrefix("@") ? path(String($0.dropFirst())) : $0 }
        // Several commands run at the same time: each writes to files of its own.
        let output = directory.appending(path: "run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try ChildProcess(named, in: output)
        let outcome = Outcome(status: try await process.wait(), stdout: process.stdout, stderr: process.stderr)
        #expect(!outcome.stdout.contains(GatewayConfig.providerKey) && !outcome.stderr.contains(GatewayConfig.providerKey))
        return outcome
    }

    /// A configuration whose drafter, heavyweight and judge are the simulator's, all with prices.
    ///
    /// - Parameters:
    ///   - routing: lines of the section, beside the models and `temperature: 0`.
    ///   - audit: lines of the section, beside the judge and a state file of the scene.
    func configure(
        _ name: String = "config.yaml", drafter: String = CalibrationScene.drafter, routing: [String] = [], prefire: [String] = [],
        audit: [String] = [],
        more: String = ""
    ) throws {
        var config = GatewayConfig()
        config.drafter = drafter
        config.heavyweight = Self.heavyweight
        // What recordings are made at, unless a test says otherwise.
        config.routing = (routing.contains { $0.hasPrefix("temperature:") } ? [] : ["temperature: 0"]) + routing
        config.prefire = prefire
        config.isPriced = false
        config.more = """
            prices:
              "sim:\(drafter)": {input: 0.1, output: 0.4}
              "sim:\(Self.heavyweight)": {input: 2, output: 8}
              "sim:\(Self.judge)": {input: 1, output: 4}
            audit:
            \((["state_file: '\(path("audit-state.json"))'"] + audit).map { "  \($0)\n" }.joined())
            """ + more
        try write(config.yaml(simulatorPort: simulator.port), to: name)
    }

    /// Runs the gateway with a configuration of the folder, and drains it.
    ///
    /// - Returns: all that it wrote to standard error.
    @discardableResult
    func serving(
        _ config: String = "config.yaml", environment: [String: String] = [:], _ body: (GatewayUnderTest) async throws -> Void
    ) async throws -> String {
        let own = directory.appending(path: "serve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        let portFile = own.appending(path: "port")
        let process = try ChildProcess(
            ["serve", "--config", path(config), "--port", "0", "--port-file", portFile.path], in: own, environment: environment)
        do {
            let port = try await waitForPort(portFile, of: process)
            try await body(GatewayUnderTest(process: process, simulator: simulator, port: port))
        } catch {
            process.signal(SIGKILL)
            _ = try? await process.wait()
            Issue.record("standard error of the gateway: \(process.stderr.suffix(2_000))")
            throw error
        }
        process.signal(SIGTERM)
        let status = try await process.wait()
        #expect(status == 0, "standard error: \(process.stderr.suffix(2_000))")
        #expect(!process.stderr.contains(GatewayConfig.providerKey) && !process.stdout.contains(GatewayConfig.providerKey))
        return process.stderr
    }
}

/// Runs a test in a folder of its own, before a simulator of its own.
func withCalibrationScene(_ scenario: Scenario = Scenario(), _ body: (CalibrationScene) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
        var options = SimulatorOptions()
        options.apiKey = GatewayConfig.providerKey
        options.scenario = scenario
        let simulator = try await Simulator.start(options: options)
        do {
            try await body(CalibrationScene(directory: directory, simulator: simulator))
        } catch {
            try await simulator.stop()
            throw error
        }
        try await simulator.stop()
    }
}
