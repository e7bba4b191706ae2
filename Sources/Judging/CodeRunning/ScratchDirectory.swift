#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A directory for one run, readable by its owner only.
struct ScratchDirectory: Sendable {
    let path: String

    /// Below `TMPDIR`, else `/tmp`. `nil` when it cannot be made.
    init?() {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/qualm-code-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// - Returns: false when it could not be written whole.
    func save(_ text: String, as name: String) -> Bool {
        let descriptor = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return false }
            bytes = bytes.dropFirst(written)
        }
        return true
    }

    /// Removes it with everything in it; symbolic links are removed, not followed.
    func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        if let directory = unsafe opendir(path) {
            var names: [String] = []
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { names.append(name) }
            }
            unsafe closedir(directory)
            for name in names {
                let inner = "\(path)/\(name)"
                var facts = stat()
                let isDirectory = unsafe lstat(inner, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
                if isDirectory { remove(inner) } else { _ = unsafe unlink(inner) }
            }
        }
        _ = unsafe rmdir(path)
    }
}

enum ProgramPath {
    static var isRoot: Bool { geteuid() == 0 }

    /// In `/usr/bin` first, which every user may read; then where `PATH` says.
    static func find(_ name: String) -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        for directory in ["/usr/bin"] + path.split(separator: ":").map(String.init) {
            let candidate = "\(directory)/\(name)"
            if unsafe access(candidate, X_OK) == 0 { return candidate }
        }
        return nil
    }
}
