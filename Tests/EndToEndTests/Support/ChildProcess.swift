import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The built `qualm` as a child process, known by its process id and ended by it. Output goes to two files in a directory of its own.
final class ChildProcess: Sendable {
    let pid: pid_t
    let directory: URL
    private let exit = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - arguments: what follows the executable's name.
    ///   - directory: where `stdout` and `stderr` are written.
    ///   - environment: all of it, beside `PATH` and `LANG`.
    init(_ arguments: [String], in directory: URL, environment: [String: String] = [:]) throws {
        self.directory = directory
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "stdout"), (2, "stderr")] {
            let path = directory.appending(path: name).path
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        // The test's own sockets stay in the test: a peer that holds a copy would hide every disconnect. Closing what is not open is fine.
        for descriptor in Int32(3)..<2_048 { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var variables = environment
        for name in ["PATH", "LANG", "HOME"] { variables[name] = ProcessInfo.processInfo.environment[name] }
        let argv = ([Self.executable] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, Self.executable, &actions, nil, argv, envp)
        guard status == 0 else { throw Failure(description: "\(Self.executable): \(String(cString: strerror(status)))") }
        self.pid = pid
    }

    /// Beside the test bundle, where SwiftPM puts the package's executables; `QUALM_EXECUTABLE` names another one.
    static var executable: String {
        if let chosen = ProcessInfo.processInfo.environment["QUALM_EXECUTABLE"], !chosen.isEmpty { return chosen }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "qualm").path
    }

    var stdout: String { text("stdout") }
    var stderr: String { text("stderr") }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: directory.appending(path: name).path) ?? Data(), as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// The exit status once it has ended: the code, or 128 and the signal's number; `nil` while it runs.
    func poll() -> Int32? {
        exit.withLock { exit in
            if let exit { return exit }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            return exit
        }
    }

    /// Waits for the end. Kills a process that does not come to one, and fails.
    func wait(for timeout: Duration = .seconds(30)) async throws -> Int32 {
        if await eventually(within: timeout, { poll() != nil }), let status = poll() { return status }
        signal(SIGKILL)
        _ = await eventually(within: .seconds(5)) { poll() != nil }
        throw Failure(description: "process \(pid) did not end within \(timeout); its standard error: \(stderr)")
    }

    /// Open file descriptors.
    var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? -1 }

    /// A value of `/proc/<pid>/status` in KiB, for example `VmRSS`.
    func kibibytes(_ key: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line.flatMap { Int($0.split(whereSeparator: { !$0.isNumber }).first ?? "") } ?? -1
    }
}

/// Something the test could not do.
struct Failure: Error, CustomStringConvertible {
    var description: String
}

/// Looks every few milliseconds until `condition` holds. The time is a bound for a test that fails, not a measure.
func eventually(within timeout: Duration = .seconds(20), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + timeout
    while true {
        if try await condition() { return true }
        guard ContinuousClock.now < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

/// A directory that is gone when `body` returns.
func withTemporaryDirectory<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "qualm-e2e-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory)
}
