import Dispatch

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Files that are written off the cooperative pool, one call at a time: a slow disk must not hold up requests.
struct BlockingFile: Sendable {
    /// What the system said no to.
    struct Failure: Error, Sendable, Hashable {
        var action: String
        var path: String
        var number: Int32

        var isMissing: Bool { number == ENOENT }
        var description: String { "cannot \(action) '\(path)': \(String(cString: strerror(number)))" }
    }

    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    /// Runs `body` on the file's own thread and waits for it. Not cancelled: it ends when the system says so.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    // MARK: Blocking

    static func read(_ path: String, maxBytes: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(action: "open", path: path, number: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = readBytes(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(action: "read", path: path, number: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= maxBytes else { throw Failure(action: "read", path: path, number: EFBIG) }
        }
    }

    /// In place of what was there, whole or not at all, also when the power fails: a new file, flushed, under the old one's name.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(action: "create", path: temporary, number: errno) }
        var failure = write(bytes, to: descriptor, temporary)
        if failure == nil, fsync(descriptor) != 0 { failure = Failure(action: "flush", path: temporary, number: errno) }
        if close(descriptor) != 0, failure == nil { failure = Failure(action: "close", path: temporary, number: errno) }
        if failure == nil, renameFile(temporary, path) != 0 { failure = Failure(action: "replace", path: path, number: errno) }
        if let failure {
            unlink(temporary)
            throw failure
        }
        // The name is the folder's to keep.
        let folder = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// - Returns: the file's size afterwards.
    static func append(_ bytes: [UInt8], to path: String) throws(Failure) -> Int {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(action: "open", path: path, number: errno) }
        defer { close(descriptor) }
        if let failure = write(bytes, to: descriptor, path) { throw failure }
        return Int(lseek(descriptor, 0, SEEK_END))
    }

    static func rename(_ path: String, to other: String) throws(Failure) {
        guard renameFile(path, other) == 0 else { throw Failure(action: "rename", path: path, number: errno) }
    }

    /// Nobody else has the lock until the descriptor is closed; `nil` when somebody has it.
    static func lock(_ path: String) throws(Failure) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(action: "create", path: path, number: errno) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        let number = errno
        close(descriptor)
        guard number == EWOULDBLOCK else { throw Failure(action: "lock", path: path, number: number) }
        return nil
    }

    /// There is something of this name, be it a link that leads nowhere, or nobody can say that there is not.
    static func mayExist(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) != 0 else { return true }
        return errno != ENOENT && errno != ENOTDIR
    }

    static func unlock(_ descriptor: Int32) { close(descriptor) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) -> Failure? {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return Failure(action: "write", path: path, number: errno) }
            written += count
        }
        return nil
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

// The system's, which the members above hide.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int { read(descriptor, buffer, count) }
private func writeBytes(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, buffer, count) }
private func renameFile(_ old: String, _ new: String) -> Int32 { rename(old, new) }
