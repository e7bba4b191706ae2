internal import Digests
internal import Gzip

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A gzip file of many members made one of a single member, without loss: written beside, compared, renamed.
enum JournalCompaction {
    /// - Throws: ``CalibrationDataError``; the file is then as it was.
    static func run(_ path: String) throws(CalibrationDataError) {
        let other = path + ".compacting"
        do throws(CalibrationDataError) {
            let before = try rewrite(path, into: other)
            guard try digest(of: other) == before else {
                throw CalibrationDataError(.unwritable, path: other, "does not read back as it was written; '\(path)' is unchanged")
            }
            guard rename(other, path) == 0 else {
                throw CalibrationDataError(.unwritable, path: path, "cannot be replaced: \(FileDescriptor.lastError)")
            }
        } catch {
            unlink(other)
            throw error
        }
        try JournalFile.synchronizeFolder(of: path)
    }

    /// - Returns: the digest of what was compressed.
    private static func rewrite(_ path: String, into other: String) throws(CalibrationDataError) -> [UInt8] {
        let target = try FileDescriptor(replacing: other)
        var output: [UInt8] = []
        var hash = SHA256()
        do {
            var writer = try GzipWriter()
            try forEachPiece(of: path) { piece in
                hash.update(piece.span)
                try writer.compress(piece.span, into: &output)
                if output.count > 1 << 16 {
                    try target.write(output)
                    output.removeAll(keepingCapacity: true)
                }
            }
            try writer.finish(into: &output)
        } catch let error as CalibrationDataError {
            throw error
        } catch {
            throw CalibrationDataError(.unwritable, path: other, "\(error)")
        }
        try target.write(output)
        try target.synchronize()
        return hash.finished()
    }

    private static func digest(of path: String) throws(CalibrationDataError) -> [UInt8] {
        var hash = SHA256()
        do {
            try forEachPiece(of: path) { piece in hash.update(piece.span) }
        } catch let error as CalibrationDataError {
            throw error
        } catch {
            throw CalibrationDataError(.malformed, path: path, "\(error)")
        }
        return hash.finished()
    }

    /// What the file decompresses to, in pieces of at most 1 MiB.
    private static func forEachPiece(of path: String, _ body: ([UInt8]) throws -> Void) throws {
        let file = try FileDescriptor(reading: path)
        var reader = try GzipReader()
        var piece: [UInt8] = []
        var output: [UInt8] = []
        while try file.read(into: &piece) {
            var taken = 0
            while taken < piece.count {
                output.removeAll(keepingCapacity: true)
                taken += try reader.decompress(piece.span.extracting(taken...), into: &output, limit: 1 << 20)
                try body(output)
            }
        }
        try reader.finish()
    }
}
