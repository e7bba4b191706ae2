internal import Gzip

/// A file of JSON lines that is written while the process may be killed at any moment: each append is one write(2) of whole lines, on the
/// disk when it returns. A `.gz` file gets one gzip member for each append. One process at a time: the file is locked while it is open.
///
/// Opening an existing file keeps every complete line (a JSON object whose newline alone is missing is complete) and cuts off what a killed
/// writer left of the next.
public struct JournalFile: ~Copyable {
    /// What was found when the file was opened.
    public struct Found: Sendable, Hashable {
        /// Complete lines, blank ones not counted.
        public var lines = 0
        /// Bytes of a torn line or member that were cut off.
        public var cutBytes = 0
    }

    public let path: String
    public let isCompressed: Bool
    public let found: Found
    private let file: FileDescriptor
    /// Bytes that are known to be whole lines.
    private var size: Int
    private var memberCount: Int

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: a new file is compressed when its name ends in `.gz`; an existing one goes on as it is.
    ///   - onLine: gets every complete line that is there; what it throws is given its place and ends the opening.
    /// - Throws: ``CalibrationDataError``: ``CalibrationDataError/Kind/locked`` when another process has the file open,
    ///   ``CalibrationDataError/Kind/malformed`` when it is no such file; nothing has been changed then.
    public init(
        path: String, onLine: (_ line: [UInt8]) throws(CalibrationDataError) -> Void = { _ in }
    ) throws(CalibrationDataError) {
        let file = try Self.locked(path)
        let scan = try JournalScan(file, isCompressedWhenEmpty: path.hasSuffix(".gz"), onLine: onLine)
        if scan.cutBytes > 0 { try file.truncate(to: scan.keptBytes) }
        if !scan.repair.isEmpty { try file.write(scan.repair) }
        if scan.cutBytes > 0 || !scan.repair.isEmpty { try file.synchronize() }
        try Self.synchronizeFolder(of: path)
        self.path = path
        self.file = file
        isCompressed = scan.isCompressed
        found = Found(lines: scan.lines, cutBytes: scan.cutBytes)
        size = scan.keptBytes + scan.repair.count
        memberCount = scan.memberCount
    }

    /// Appends whole lines, each with its newline, and returns when they are on the disk. The lines are in the file together or not at all,
    /// unless the kernel breaks the write; then the next opening cuts off what is torn.
    ///
    /// - Throws: ``CalibrationDataError/Kind/unwritable``; the file then ends where it ended before.
    public mutating func append(_ lines: [UInt8]) throws(CalibrationDataError) {
        let bytes = isCompressed ? try Self.compressed(lines, path: path) : lines
        do throws(CalibrationDataError) {
            try file.write(bytes)
            try file.synchronize()
        } catch {
            try? file.truncate(to: size)
            throw error
        }
        size += bytes.count
        memberCount += 1
    }

    /// Ends the writing. With `compacts`, a compressed file of several members becomes one member, which is a good deal smaller: into
    /// a file beside it, compared with the original, and put in its place.
    ///
    /// - Throws: ``CalibrationDataError/Kind/unwritable``; the file is then as it was.
    public consuming func close(compacts: Bool) throws(CalibrationDataError) {
        guard compacts, isCompressed, memberCount > 1 else { return }
        try JournalCompaction.run(path)
    }

    static func compressed(_ lines: [UInt8], path: String) throws(CalibrationDataError) -> [UInt8] {
        do throws(GzipError) {
            return try Gzip.compressed(lines)
        } catch {
            throw CalibrationDataError(.unwritable, path: path, "\(error)")
        }
    }

    /// The lock belongs to a file, not to a name: a writer that was compacting may have put another file there meanwhile.
    private static func locked(_ path: String) throws(CalibrationDataError) -> FileDescriptor {
        for _ in 0..<8 {
            let file = try FileDescriptor(appending: path)
            guard try file.lock() else { break }
            if file.isInPlace { return file }
        }
        throw CalibrationDataError(.locked, path: path, "is being written by another process: wait for its end, or name another file")
    }

    /// A new name is on the disk only when its folder is.
    static func synchronizeFolder(of path: String) throws(CalibrationDataError) {
        let folder = path.lastIndex(of: "/").map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
        try FileDescriptor(reading: folder).synchronize()
    }
}
