import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A Qdrant for the tests: the REST stand-in on Qdrant's own engine, as a child process on a free port, ended by its process id.
///
/// Not part of this repository: `qdrant_standin/server.py` in the folder that `QUALM_REALISM` names (default: `../shared/realism` beside the
/// package), run by the Python that `QUALM_QDRANT_STANDIN_PYTHON` names (default: where the folder's `setup.sh servers` installs it).
struct QdrantStandIn {
    let port: Int

    private static let environment = ProcessInfo.processInfo.environment

    private static let realism =
        environment["QUALM_REALISM"].map { URL(filePath: $0) }
        ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../../../shared/realism").standardizedFileURL

    private static let python =
        environment["QUALM_QDRANT_STANDIN_PYTHON"].map { URL(filePath: $0) }
        ?? FileManager.default.temporaryDirectory.appending(path: "realism-work/venv-servers/bin/python")

    /// Runs `body` against a stand-in; says so and returns where it is absent.
    static func with(_ body: (QdrantStandIn) async throws -> Void) async throws {
        let script = realism.appending(path: "qdrant_standin/server.py")
        guard FileManager.default.fileExists(atPath: script.path), FileManager.default.isExecutableFile(atPath: python.path) else {
            print("skipped: no Qdrant stand-in (QUALM_REALISM and QUALM_QDRANT_STANDIN_PYTHON say where it and its Python are)")
            return
        }
        try await withTemporaryDirectory { storage in
            let process = Process()
            let port = try closedPort()
            process.executableURL = python
            process.arguments = [script.path, "--port", "\(port)", "--engine", "edge", "--storage", storage.path]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer {
                // Nothing of it is kept, and a polite request to end waits for its clients.
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            let isReady = await eventually(within: .seconds(60)) { await Self.answers(on: port) || !process.isRunning }
            guard isReady, process.isRunning else { throw Failure(description: "the Qdrant stand-in did not start") }
            try await body(QdrantStandIn(port: port))
        }
    }

    private static func answers(on port: Int) async -> Bool {
        guard let connection = try? RawConnection(port: port) else { return false }
        guard (try? await connection.send("GET", "/readyz")) != nil, (try? await connection.read()) != nil else { return false }
        return connection.reader.status == 200
    }
}
