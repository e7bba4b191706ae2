import FastJSON
import Foundation
import Simulator
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A running gateway and the simulator behind it.
struct GatewayUnderTest: Sendable {
    let process: ChildProcess
    let simulator: Simulator
    let port: Int

    /// One request on a connection of its own.
    func request(_ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []) async throws -> Answer {
        let connection = try RawConnection(port: port)
        try await connection.send(method, path, headers: headers, body: body)
        return try await connection.answer()
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
        try await request("GET", path, headers: headers)
    }

    func chat(_ call: ChatCall) async throws -> Answer {
        try await request("POST", "/v1/chat/completions", headers: call.headers, body: call.body)
    }

    /// Sends the call and leaves the answer to the test.
    func open(_ call: ChatCall, receiveBuffer: Int32? = nil) async throws -> RawConnection {
        let connection = try RawConnection(port: port, receiveBuffer: receiveBuffer)
        try await connection.send("POST", "/v1/chat/completions", headers: call.headers, body: call.body)
        return connection
    }

    /// What the model itself says to this call, asked without the gateway.
    func reference(_ model: String, _ call: ChatCall) async throws -> JSONValue {
        var direct = call
        direct.model = model
        direct.isStreaming = false
        direct.headers = [("authorization", "Bearer \(GatewayConfig.providerKey)")]
        let connection = try RawConnection(port: simulator.port)
        try await connection.send("POST", "/v1/chat/completions", headers: direct.headers, body: direct.body)
        try await connection.read()
        return try JSONValue.parse(connection.reader.body)
    }

    /// The whole record of a decision, from its id.
    func decision(_ id: String?) async throws -> JSONValue {
        let id = try #require(id)
        // The record is written after the answer's last byte: a fast client comes too early.
        var answer = try await get("/v1/decisions/\(id)")
        _ = try await eventually {
            answer = try await get("/v1/decisions/\(id)")
            return answer.status == 200
        }
        return try answer.json()
    }

    func decision(of answer: Answer) async throws -> JSONValue { try await decision(answer.header("x-qualm-decision-id")) }

    /// The newest decision about that requested model.
    func lastDecision(requestedModel: String) async throws -> JSONValue {
        var found: JSONValue?
        _ = try await eventually {
            found = try await get("/v1/decisions?limit=1000").json()["data"]?.array?.first {
                $0["requested_model"]?.string == requestedModel
            }
            return found != nil
        }
        return try #require(found)
    }

    /// The sum of a metric's samples whose labels contain all of `labels`.
    func metric(_ name: String, _ labels: String...) async throws -> Double {
        let text = try await get("/metrics").text
        return text.split(separator: "\n").reduce(0) { sum, line in
            guard line.hasPrefix(name), let space = line.lastIndex(of: " "), labels.allSatisfy({ line.contains($0) }) else { return sum }
            let next = line.dropFirst(name.count).first
            guard next == " " || next == "{" else { return sum }
            return sum + (Double(line[line.index(after: space)...]) ?? 0)
        }
    }
}

/// Starts a simulator and a gateway in front of it, runs the test, drains the gateway, and checks that it ended well and kept the key.
///
/// - Parameter expectedExit: of the gateway; `nil` when the test ends it itself.
func withGateway(
    _ config: GatewayConfig = GatewayConfig(), options: SimulatorOptions = SimulatorOptions(), environment: [String: String] = [:],
    expectedExit: Int32? = 0, _ body: (GatewayUnderTest) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        var options = options
        options.apiKey = GatewayConfig.providerKey
        let simulator = try await Simulator.start(options: options)
        let file = directory.appending(path: "config.yaml")
        try Data(config.yaml(simulatorPort: simulator.port).utf8).write(to: file)
        let portFile = directory.appending(path: "port")
        let process = try ChildProcess(
            ["serve", "--config", file.path, "--port", "0", "--port-file", portFile.path], in: directory, environment: environment)
        do {
            let port = try await waitForPort(portFile, of: process)
            try await body(GatewayUnderTest(process: process, simulator: simulator, port: port))
        } catch {
            process.signal(SIGKILL)
            _ = try? await process.wait()
            try await simulator.stop()
            Issue.record("standard error of the gateway: \(process.stderr.suffix(2_000))")
            throw error
        }
        if let expectedExit {
            process.signal(SIGTERM)
            let status = try await process.wait()
            #expect(status == expectedExit, "standard error: \(process.stderr.suffix(2_000))")
        }
        #expect(!process.stderr.contains(GatewayConfig.providerKey))
        #expect(!process.stdout.contains(GatewayConfig.providerKey))
        try await simulator.stop()
    }
}

/// The port that a process has written to its file.
func waitForPort(_ file: URL, of process: ChildProcess) async throws -> Int {
    var port: Int?
    _ = await eventually {
        port = (try? String(contentsOf: file, encoding: .utf8)).flatMap { Int($0.dropLast($0.hasSuffix("\n") ? 1 : 0)) }
        return port != nil || process.poll() != nil
    }
    guard let port else { throw Failure(description: "no port; standard error: \(process.stderr)") }
    return port
}
