import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard error, unbuffered.
enum StandardError {
    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written <= 0 { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// A file that tells scripts which port was taken.
enum PortFile {
    static func write(_ port: Int, to path: String) throws {
        try Data("\(port)\n".utf8).write(to: URL(filePath: path), options: .atomic)
    }
}

/// Cores this process may use: what `taskset` and container limits leave of the machine.
enum AvailableCores {
    static var count: Int {
        // proc(5): "Cpus_allowed:" is the affinity mask in hexadecimal, in groups of 32 bits.
        if let status = FileManager.default.contents(atPath: "/proc/self/status") {
            let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
            if let mask = lines.first(where: { $0.hasPrefix("Cpus_allowed:") }) {
                let bits = mask.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
                if bits > 0 { return bits }
            }
        }
        return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
