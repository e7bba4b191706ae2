#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// An open file, closed when it goes out of scope.
struct FileDescriptor: ~Copyable {
    let path: String
    let number: Int32

    /// Opens for reading.
    ///
    /// - Throws: ``CalibrationDataError/Kind/unreadable``.
    init(reading path: String) throws(CalibrationDataError) {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw CalibrationDataError(.unreadable, path: path, "cannot be opened: \(Self.lastError)")
        }
        self.path = path
        self.number = number
    }

    /// Opens for reading and appending; makes the file when it is missing.
    ///
    /// - Throws: ``CalibrationDataError/Kind/unwritable``.
    init(appending path: String) throws(CalibrationDataError) {
        try self.init(writing: path, O_RDWR | O_CREAT | O_APPEND)
    }

    /// Makes the file anew, for reading and writing.
    ///
    /// - Throws: ``CalibrationDataError/Kind/unwritable``.
    init(replacing path: String) throws(CalibrationDataError) {
        try self.init(writing: path, O_RDWR | O_CREAT | O_TRUNC)
    }

    private init(writing path: String, _ flags: Int32) throws(CalibrationDataError) {
        let number = open(path, flags | O_CLOEXEC, 0o644)
        guard number >= 0 else {
            throw CalibrationDataError(.unwritable, path: path, "cannot be opened for writing: \(Self.lastError)")
        }
        self.path = path
        self.number = number
    }

    deinit { close(number) }

    /// Replaces the content of `buffer` by the next bytes of the file.
    ///
    /// - Returns: false at the end of the file.
    func read(into buffer: inout [UInt8], atMost size: Int = 65_536) throws(CalibrationDataError) -> Bool {
        var count = 0
        var problem: String?
        buffer = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, initialized in
            repeat { count = unsafe Self.read(number, target.baseAddress, size) } while count < 0 && errno == EINTR
            if count < 0 { problem = Self.lastError }
            initialized = max(0, count)
        }
        if let problem { throw CalibrationDataError(.unreadable, path: path, "cannot be read: \(problem)") }
        return count > 0
    }

    /// Writes everything, in one write(2) unless the kernel takes less.
    func write(_ bytes: [UInt8]) throws(CalibrationDataError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Self.write(number, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw CalibrationDataError(.unwritable, path: path, "cannot be written: \(Self.lastError)")
            }
            done += count
        }
    }

    /// Returns when everything written is on the disk.
    func synchronize() throws(CalibrationDataError) {
        // EINVAL: a pipe or a terminal, which have nothing to wait for.
        guard fsync(number) == 0 || errno == EINVAL else {
            throw CalibrationDataError(.unwritable, path: path, "cannot be brought to the disk: \(Self.lastError)")
        }
    }

    /// Cuts off everything behind `size` bytes.
    func truncate(to size: Int) throws(CalibrationDataError) {
        guard ftruncate(number, off_t(size)) == 0 else {
            throw CalibrationDataError(.unwritable, path: path, "cannot be cut to \(size) bytes: \(Self.lastError)")
        }
    }

    func rewind() { lseek(number, 0, SEEK_SET) }

    /// Takes the lock that no two processes have at once; it ends with the descriptor.
    ///
    /// - Returns: false when somebody else has it.
    func lock() throws(CalibrationDataError) -> Bool {
        if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else {
            throw CalibrationDataError(.unwritable, path: path, "cannot be locked: \(Self.lastError)")
        }
        return false
    }

    /// The path still names this file: nobody has put another in its place.
    var isInPlace: Bool {
        var mine = stat()
        var named = stat()
        guard unsafe fstat(number, &mine) == 0, unsafe stat(path, &named) == 0 else { return false }
        return mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
    }

    static var lastError: String { unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)" }

    // The methods above hide the functions of the same names.
    private static func read(_ number: Int32, _ target: UnsafeMutableRawPointer?, _ size: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(number, target, size)
        #elseif canImport(Musl)
            unsafe Musl.read(number, target, size)
        #else
            unsafe Darwin.read(number, target, size)
        #endif
    }

    private static func write(_ number: Int32, _ source: UnsafeRawPointer?, _ size: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(number, source, size)
        #elseif canImport(Musl)
            unsafe Musl.write(number, source, size)
        #else
            unsafe Darwin.write(number, source, size)
        #endif
    }
}
