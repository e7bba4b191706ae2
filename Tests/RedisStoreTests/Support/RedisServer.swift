import Cascade
import Foundation
import Synchronization
import Testing

@testable import RedisStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A real `redis-server` on 127.0.0.1, a free port and an empty folder of its own; gone with the test.
final class RedisServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let port: UInt16
    let directory: URL
    private let arguments: [String]
    private let pid = Mutex<pid_t?>(nil)

    /// Runs `body` against a server; says so and returns where Redis is not installed, which in CI is a failure.
    static func with(
        _ arguments: [String] = [], prepare: (URL) throws -> [String] = { _ in [] }, _ body: (RedisServer) async throws -> Void
    ) async throws {
        guard executable != nil else {
            if ProcessInfo.processInfo.environment["CI"] == "true" {
                Issue.record("redis-server is not on the PATH: install the Debian package redis-server")
            } else {
                print("skipped: redis-server is not on the PATH (Debian package redis-server)")
            }
            return
        }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("qualm-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = RedisServer(port: try freePort(), directory: directory, arguments: arguments + (try prepare(directory)))
        try server.start()
        defer { server.kill() }
        try await body(server)
    }

    private init(port: UInt16, directory: URL, arguments: [String]) {
        self.port = port
        self.directory = directory
        self.arguments = arguments
    }

    var options: RedisConnectionOptions { RedisConnectionOptions(port: port) }

    /// A client that is shut down at the end.
    func withClient<Result>(
        _ options: RedisConnectionOptions? = nil, _ body: (RedisClient) async throws -> Result
    ) async throws -> Result {
        let client = try RedisClient(options: options ?? self.options)
        defer { client.shutdown() }
        return try await body(client)
    }

    /// One command on a connection of its own.
    @discardableResult
    func run(_ name: String, _ arguments: String...) async throws -> RedisReply {
        var command = RedisCommand(name)
        for argument in arguments { command.append(argument) }
        return try await withClient { try await $0.send(command, deadline: soon) }
    }

    /// Connections that named themselves, but for the one that asks.
    func connections() async throws -> Int {
        guard case .string(let list) = try await run("CLIENT", "LIST") else { return -1 }
        return String(decoding: list, as: UTF8.self).split(separator: "\n").count { $0.contains("name=qualm ") } - 1
    }

    // MARK: The process

    func start() throws {
        guard let executable = Self.executable else { throw Failure(description: "no redis-server") }
        let words =
            [executable, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.path]
            + ["--logfile", "log", "--daemonize", "no"] + arguments
        let argv = words.map { strdup($0) } + [nil]
        defer { for word in argv { free(word) } }
        // A server that outlives a test process which was ended must hold nothing of it: whoever waits for its output would wait for ever.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor in [1, 2] as [Int32] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0) }
        for descriptor in Int32(3)..<2_048 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var child: pid_t = 0
        let status = posix_spawn(&child, executable, &actions, nil, argv, environ)
        guard status == 0 else { throw Failure(description: "posix_spawn of redis-server answered \(status)") }
        pid.withLock { $0 = child }
    }

    /// At once, as a crash would be.
    func kill() { end(by: SIGKILL) }

    /// The process stands still; the kernel still accepts connections and bytes.
    func freeze() { signal(SIGSTOP) }
    func thaw() { signal(SIGCONT) }

    private func signal(_ number: CInt) {
        pid.withLock { if let pid = $0 { _ = sendSignal(pid, number) } }
    }

    private func end(by number: CInt) {
        let pid = self.pid.withLock { $0.take() }
        guard let pid else { return }
        _ = sendSignal(pid, number)
        waitpid(pid, nil, 0)
    }

    private static let executable: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/redis-server" }.first { access($0, X_OK) == 0 }
}

/// Outside of the class, whose `kill()` hides the system's.
private func sendSignal(_ pid: pid_t, _ number: CInt) -> CInt { kill(pid, number) }

/// One that nobody listens on at this moment.
func freePort() throws -> UInt16 {
    let listener = try Listener(listens: false)
    defer { listener.close() }
    return listener.port
}

/// A deadline that only a hanging test meets.
var soon: ContinuousClock.Instant { .now + .seconds(20) }

/// A deadline after so many milliseconds.
func within(_ milliseconds: Int) -> ContinuousClock.Instant { .now + .milliseconds(milliseconds) }

/// What a call failed with.
func failure(_ body: () async throws -> Void) async -> StoreError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? StoreError
    }
}

/// Tries again until it is true; an issue when it is not after 20 seconds.
func expectEventually(sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("not within 20 seconds", sourceLocation: sourceLocation)
}
