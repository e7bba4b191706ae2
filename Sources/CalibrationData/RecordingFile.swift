/// A file of recordings: JSON lines, plain or gzip (told by its first bytes, whatever its name).
public enum RecordingFile {
    /// Every recording of the file, in its order.
    ///
    /// - Throws: ``CalibrationDataError`` with file, line and member. A file whose last line or gzip member was cut off is
    ///   ``CalibrationDataError/Kind/torn``: `qualm record` repairs it when it goes on recording to it.
    public static func read(path: String) throws(CalibrationDataError) -> [Recording] {
        var recordings: [Recording] = []
        try forEach(path: path) { recording throws(CalibrationDataError) in recordings.append(recording) }
        return recordings
    }

    /// Every recording of the files, in their order.
    public static func read(paths: [String]) throws(CalibrationDataError) -> [Recording] {
        var recordings: [Recording] = []
        for path in paths { try forEach(path: path) { recording throws(CalibrationDataError) in recordings.append(recording) } }
        return recordings
    }

    /// Hands over one recording after the other; holds one at a time.
    public static func forEach(
        path: String, _ body: (Recording) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        try forEachLine(path: path) { line throws(CalibrationDataError) in try body(line.whole) }
    }

    /// The same without an array for each token, for callers that want a trace.
    static func forEachLine(
        path: String, _ body: (RecordingLine) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        try JSONLines.forEach(path: path, writtenBy: "qualm record") { line throws(CalibrationDataError) in
            try body(try RecordingLine(line))
        }
    }
}

/// The lines of a file that are not blank.
enum JSONLines {
    /// - Parameter writer: the command that goes on writing to a torn file, having cut it; `nil` when none does.
    ///
    /// Errors of `body` get the file's name and the line's number; one on a last line without newline is taken for a torn file.
    static func forEach(
        path: String, writtenBy writer: String? = nil, _ body: (_ line: [UInt8]) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        var reader = try LineReader(path: path)
        var line: [UInt8] = []
        while try reader.next(into: &line) {
            // A byte order mark, as some editors put before UTF-8, is no content.
            if reader.line == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            do throws(CalibrationDataError) {
                try body(line)
            } catch {
                guard !reader.isUnterminated || error.column == nil else {
                    throw CalibrationDataError(
                        .torn, path: path, line: reader.line,
                        "is cut off: the file ends within it. "
                            + (writer.map { "'\($0)' to the same file cuts it and goes on; else delete the line" }
                                ?? "Complete the line, or delete it"))
                }
                throw error.located(path, line: reader.line)
            }
        }
    }
}
