internal import Gzip

/// A whole file in memory, decompressed when it is gzip.
enum FileContent {
    /// Largest content of a file that is read at once.
    static let limit = 1 << 30

    static func read(path: String) throws(CalibrationDataError) -> [UInt8] {
        let file = try FileDescriptor(reading: path)
        var bytes: [UInt8] = []
        var piece: [UInt8] = []
        while try file.read(into: &piece) {
            bytes += piece
            guard bytes.count <= limit else { throw CalibrationDataError(.malformed, path: path, "is larger than \(limit >> 20) MiB") }
        }
        guard Gzip.isGzip(bytes) else { return bytes }
        do throws(GzipError) {
            return try Gzip.decompressed(bytes, limit: limit)
        } catch {
            var kind = CalibrationDataError.Kind.malformed
            if case .truncated = error { kind = .torn }
            throw CalibrationDataError(kind, path: path, "\(error)")
        }
    }
}
