import CurlHTTP
import FastJSON
import Foundation
import HTTPTransport
import Testing

/// A Qdrant for the tests: the REST stand-in on Qdrant's own engine, as a child process on a free port, ended by its process id.
///
/// Not part of this repository: `qdrant_standin/server.py` in the folder that `QUALM_REALISM` names (default: `../shared/realism` beside
/// the package), run by the Python that `QUALM_QDRANT_STANDIN_PYTHON` names (default: where the folder's `setup.sh servers` installs it).
final class Standin: Sendable {
    let port: UInt16
    let transport: CurlTransport
    private let process: Process
    private let storage: URL

    var baseURL: String { "http://127.0.0.1:\(port)" }

    // MARK: Where it is

    private static let realism =
        ProcessInfo.processInfo.environment["QUALM_REALISM"].map { URL(filePath: $0) }
        ?? testsDirectory.appending(path: "../../../shared/realism").standardizedFileURL

    private static let python =
        ProcessInfo.processInfo.environment["QUALM_QDRANT_STANDIN_PYTHON"].map { URL(filePath: $0) }
        ?? FileManager.default.temporaryDirectory.appending(path: "realism-work/venv-servers/bin/python")

    private static var script: URL { realism.appending(path: "qdrant_standin/server.py") }

    /// Both files are there. Says once what is missing.
    static let isPresent: Bool = {
        guard FileManager.default.fileExists(atPath: script.path) else {
            print("Qdrant stand-in skipped: no qdrant_standin/server.py in the folder realism (QUALM_REALISM); recordings only")
            return false
        }
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            print("Qdrant stand-in skipped: no Python for it (QUALM_QDRANT_STANDIN_PYTHON, or 'setup.sh servers'); recordings only")
            return false
        }
        return true
    }()

    // MARK: Its life

    private init(port: UInt16, process: Process, storage: URL, transport: CurlTransport) {
        self.port = port
        self.process = process
        self.storage = storage
        self.transport = transport
    }

    /// Runs `body` with a stand-in, gone afterwards.
    static func with<Value>(_ arguments: [String] = [], _ body: (Standin) async throws -> Value) async throws -> Value {
        let standin = try await start(arguments)
        do {
            let value = try await body(standin)
            await standin.stop()
            return value
        } catch {
            await standin.stop()
            throw error
        }
    }

    private static func start(_ arguments: [String]) async throws -> Standin {
        // A port found free may be taken before the server has it.
        for _ in 0..<3 {
            let port = try freePort()
            let storage = FileManager.default.temporaryDirectory.appending(path: "qualm-qdrant-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = python
            process.arguments =
                [script.path, "--port", "\(port)", "--engine", "edge", "--storage", storage.path] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try Self.withoutBlockedSignals { try process.run() }
            let standin = Standin(port: port, process: process, storage: storage, transport: try CurlTransport(options: .loopback))
            if await standin.isReady() { return standin }
            await standin.stop()
        }
        throw Failure(description: "the Qdrant stand-in did not start")
    }

    /// A child inherits the signals that its starter's thread blocks, and the threads of the concurrency pool block SIGTERM.
    private static func withoutBlockedSignals(_ body: () throws -> Void) throws {
        var (none, usual) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &usual)
        defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
        try body()
    }

    private func isReady() async -> Bool {
        await eventually(within: .seconds(60)) {
            if !process.isRunning { return true }
            return (try? await get("/readyz")) != nil
        } && process.isRunning
    }

    private func stop() async {
        // A server that is asked to end waits for its connections.
        transport.shutdown()
        process.terminate()
        if await !eventually(within: .seconds(10), { !process.isRunning }) { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: storage)
    }

    // MARK: Its own endpoints

    struct LogEntry: Hashable {
        var method: String
        /// Below the collection.
        var path: String
        var query: String
        var status: Int
    }

    /// The requests for one collection, in order. Those that a fault answered are not among them.
    func log(of collection: String) async throws -> [LogEntry] {
        let entries = try await get("/_standin/log").array ?? []
        let prefix = "/collections/\(collection)"
        return entries.compactMap { entry in
            guard let path = entry["path"]?.string, path == prefix || path.hasPrefix(prefix + "/") else { return nil }
            return LogEntry(
                method: entry["method"]?.string ?? "", path: String(path.dropFirst(prefix.count)), query: entry["query"]?.string ?? "",
                status: entry["status"]?.int ?? 0)
        }
    }

    /// The next request whose path contains `path` is answered so.
    func fault(_ path: String, _ fault: JSONValue) async throws {
        guard case .object(let members) = fault else { return }
        _ = try await send(.post, "/_standin/faults", .object(members + [JSONMember("path", .string(path))]))
    }

    func deleteCollection(_ name: String) async throws { _ = try await send(.delete, "/collections/\(name)", nil) }

    /// - Parameter vectors: `{"size": 4, "distance": "Dot"}`, say.
    func createCollection(_ name: String, vectors: JSONValue) async throws {
        _ = try await send(.put, "/collections/\(name)", ["vectors": vectors])
    }

    func get(_ path: String) async throws -> JSONValue { try await send(.get, path, nil) }

    func send(_ method: HTTPMethod, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let response = try await transport.collect(
            HTTPExchangeRequest(
                method: method, url: baseURL + path, headers: [HTTPHeader("content-type", "application/json")],
                body: body?.serialized() ?? []), maxBytes: 4 << 20)
        guard response.head.status == 200 else { throw Failure(description: "\(method.rawValue) \(path): \(response.head.status)") }
        return (try? JSONValue.parse(response.body)) ?? .string(String(decoding: response.body, as: UTF8.self))
    }
}

/// One stand-in for all tests of a suite, which must use collections of their own.
struct StandinTrait: SuiteTrait, TestScoping {
    @TaskLocal static var running: Standin?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await Standin.with { standin in
            try await Self.$running.withValue(standin) { try await function() }
        }
    }
}

extension SuiteTrait where Self == StandinTrait {
    static var standin: Self { StandinTrait() }
}
