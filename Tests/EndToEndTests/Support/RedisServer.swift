import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A real `redis-server` on 127.0.0.1, a free port and an empty folder of its own; gone with the test.
final class RedisServer: Sendable {
    let port: Int
    private let directory: URL
    private let pid = Mutex<pid_t?>(nil)

    /// Runs `body` against a server; says so and returns where Redis is not installed, which in CI is a failure.
    static func with(_ body: (RedisServer) async throws -> Void) async throws {
        guard executable != nil else {
            if ProcessInfo.processInfo.environment["CI"] == "true" {
                Issue.record("redis-server is not on the PATH: install the Debian package redis-server")
            } else {
                print("skipped: redis-server is not on the PATH (Debian package redis-server)")
            }
            return
        }
        try await withTemporaryDirectory { directory in
            let server = RedisServer(port: try closedPort(), directory: directory)
            try server.start()
            defer { server.crash() }
            try await body(server)
        }
    }

    private init(port: Int, directory: URL) {
        self.port = port
        self.directory = directory
    }

    /// Again on the same port, empty.
    func start() throws {
        guard let executable = Self.executable else { throw Failure(description: "no redis-server") }
        let words =
            [executable, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.path]
            + ["--logfile", directory.appending(path: "log").path, "--daemonize", "no"]
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
        guard status == 0 else { throw Failure(description: "posix_spawn of redis-server: \(String(cString: strerror(status)))") }
        pid.withLock { $0 = child }
    }

    /// At once, without a good-bye.
    func crash() {
        guard let pid = pid.withLock({ $0.take() }) else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    private static let executable: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/redis-server" }.first { access($0, X_OK) == 0 }
}

/// A TCP port of 127.0.0.1 that nobody listens on at this moment.
func closedPort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard isBound else { throw Failure(description: "no free port: \(String(cString: strerror(errno)))") }
    return Int(UInt16(bigEndian: address.sin_port))
}
