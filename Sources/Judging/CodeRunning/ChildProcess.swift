internal import Synchronization

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A child process in a process group of its own, with an empty environment, nothing to read, and one pipe for what it prints.
///
/// Nothing here blocks: the pipe and the end are asked for every few milliseconds. Whoever makes one must call ``end(within:)``, which leaves neither
/// process nor descriptor behind.
final class ChildProcess: Sendable {
    enum End: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        case outOfTime
        case cancelled
    }

    private let pid: pid_t
    private let reader: Int32
    private let outputBytes: Int
    private let kept = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - arguments: the first is the program's path.
    ///   - outputBytes: the last so many bytes of the output are kept.
    /// - Returns: `nil` when it cannot be started.
    init?(arguments: [String], outputBytes: Int) {
        self.outputBytes = outputBytes
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        // The reading end must not reach other children, or they would keep it open.
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        defer { close(ends[1]) }
        guard let pid = Self.spawn(arguments, output: ends[1]) else {
            close(ends[0])
            return nil
        }
        self.pid = pid
        reader = ends[0]
    }

    /// What was printed, both streams together, ill-formed UTF-8 repaired.
    var output: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Waits for the end; after `time`, or when the task is cancelled, kills the group. Call once.
    func end(within time: Duration) async -> End {
        let deadline = ContinuousClock.now + time
        var pause = Duration.milliseconds(2)
        defer { close(reader) }
        while true {
            if drain() { pause = .milliseconds(1) }
            if let status = reap(WNOHANG) {
                // What the process left running in its group.
                kill(-pid, SIGKILL)
                drain()
                return status
            }
            let isCancelled = Task.isCancelled
            if isCancelled || ContinuousClock.now >= deadline {
                kill(-pid, SIGKILL)
                _ = reap(0)
                drain()
                return isCancelled ? .cancelled : .outOfTime
            }
            do { try await Task.sleep(for: pause) } catch { continue }
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    private func reap(_ options: Int32) -> End? {
        var status: Int32 = 0
        var result: pid_t
        repeat { result = unsafe waitpid(pid, &status, options) } while result == -1 && errno == EINTR
        guard result != 0 else { return nil }
        guard result == pid else { return .signalled(0) }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    /// Reads what is there, at most 4 MiB at a time, so that a process that prints for ever cannot keep us here.
    /// - Returns: whether there was anything.
    @discardableResult private func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for round in 0..<64 {
            let count = unsafe read(reader, &buffer, buffer.count)
            guard count > 0 else { return round > 0 }
            kept.withLock { kept in
                kept += buffer[..<count]
                if kept.count > outputBytes { kept.removeFirst(kept.count - outputBytes) }
            }
        }
        return true
    }

    private static func spawn(_ arguments: [String], output: Int32) -> pid_t? {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let strings = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe strings.forEach { unsafe free($0) } }
        var argv = unsafe strings + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        var pid: pid_t = 0
        let status = unsafe posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &environment)
        return status == 0 ? pid : nil
    }
}
