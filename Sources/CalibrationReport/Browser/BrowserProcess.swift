#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The child: started with pipes on its descriptors 3 and 4 and an empty profile, in a process group of its own. When this value goes,
/// the group
/// is ended and reaped and the profile removed.
final class BrowserProcess {
    let answers: Int32
    private let commands: Int32
    private let pid: pid_t
    private let profile: String

    init(browser: String) throws(BrowserError) {
        func failed(_ code: Int32) -> BrowserError { .unstartable(path: browser, reason: String(cString: strerror(code))) }
        var template = Array(((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/qualm-report-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw failed(errno) }
        let profile = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)

        #if canImport(Darwin)
            let streamType = SOCK_STREAM
        #else
            let streamType = Int32(SOCK_STREAM.rawValue)
        #endif
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        var opened: [Int32] = []
        func cleanUp() {
            for descriptor in opened { close(descriptor) }
            rmdir(profile)
        }
        // A socket, since writing to a pipe whose reader has ended is answered with a signal.
        guard socketpair(AF_UNIX, streamType, 0, &toChild) == 0 else {
            cleanUp()
            throw failed(errno)
        }
        opened += toChild
        guard pipe(&fromChild) == 0 else {
            cleanUp()
            throw failed(errno)
        }
        opened += fromChild
        // Neither end may be 3 or 4 itself, or dup2 would close the other one on its way.
        var ends: [Int32] = []
        for descriptor in [toChild[0], fromChild[1], toChild[1], fromChild[0]] {
            let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
            guard moved >= 0 else {
                let code = errno
                cleanUp()
                throw failed(code)
            }
            ends.append(moved)
            opened.append(moved)
        }
        for descriptor in toChild + fromChild { close(descriptor) }
        opened.removeFirst(4)

        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 3)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 4)
        for (descriptor, flags) in [(Int32(0), O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
        }
        posix_spawnattr_setpgroup(&attributes, 0)
        // Signals that this process ignores would stay ignored in the child.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF))

        let arguments = Self.arguments(browser: browser, profile: profile)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, browser, &actions, &attributes, &pointers, environ)
        guard code == 0 else {
            cleanUp()
            throw failed(code)
        }
        close(ends[0])
        close(ends[1])
        self.pid = pid
        self.profile = profile
        commands = ends[2]
        answers = ends[3]
    }

    deinit {
        close(commands)
        close(answers)
        kill(-pid, SIGTERM)
        for attempt in 0..<100 {
            if waitpid(pid, nil, WNOHANG) != 0 { break }
            if attempt == 50 { kill(-pid, SIGKILL) }
            usleep(50_000)
        }
        kill(-pid, SIGKILL)
        // Its helpers may still write while they end.
        for _ in 0..<20 where !RemovedDirectory.remove(profile) { usleep(50_000) }
    }

    /// - Returns: how many bytes went; below 0 when the child is gone, without a signal.
    func deliver(_ bytes: UnsafeRawBufferPointer) -> Int {
        Self.retrying { send(commands, bytes.baseAddress, bytes.count, Self.withoutSignal) }
    }

    /// - Returns: how many bytes came; 0 at the end.
    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Int { Self.retrying { read(answers, bytes.baseAddress, bytes.count) } }

    #if canImport(Darwin)
        private static let withoutSignal: Int32 = 0
    #else
        private static let withoutSignal = Int32(MSG_NOSIGNAL)
    #endif

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func arguments(browser: String, profile: String) -> [String] {
        [
            browser, "--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
            "--no-proxy-server",
            "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile)",
            // Chromium refuses to run as root inside its sandbox. The page is ours, has no script and no network.
        ] + (geteuid() == 0 ? ["--no-sandbox"] : []) + ["about:blank"]
    }
}

/// Removes a directory with all that is in it; links are removed, not followed.
enum RemovedDirectory {
    /// - Returns: whether it is gone.
    static func remove(_ path: String) -> Bool {
        guard let directory = opendir(path) else { return errno == ENOENT }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let child = "\(path)/\(name)"
            if unlink(child) != 0 { _ = remove(child) }
        }
        closedir(directory)
        return rmdir(path) == 0 || errno == ENOENT
    }
}
