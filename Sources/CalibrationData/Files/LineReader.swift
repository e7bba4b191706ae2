internal import Gzip

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The lines of a file, plain or gzip (by its first two bytes), one at a time. Memory: the longest line, bounded, and two pieces of 64 KiB.
struct LineReader: ~Copyable {
    /// Longest accepted line. A record of 16,000 tokens with 20 alternatives each has about 8 MB.
    static let maxLineBytes = 64 << 20

    let path: String
    /// Lines returned so far: the number of the last one.
    private(set) var line = 0
    /// The last line returned had no newline at its end: the file was cut, or its writer does not end lines.
    private(set) var isUnterminated = false

    private let file: FileDescriptor
    private var gzip: GzipReader?
    private var raw: [UInt8] = []
    /// Of `raw`: what zlib has not taken yet.
    private var rawPosition = 0
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var hasBegun = false

    init(path: String) throws(CalibrationDataError) {
        self.path = path
        file = try FileDescriptor(reading: path)
    }

    /// Replaces the content of `output` by the next line, without its newline.
    ///
    /// - Returns: false at the end of the file.
    mutating func next(into output: inout [UInt8]) throws(CalibrationDataError) -> Bool {
        var scanned = position
        while true {
            if let newline = newline(from: scanned) {
                take(upTo: newline, into: &output)
                position = newline + 1
                return true
            }
            scanned = buffer.count - position
            if position > 0 {
                buffer.removeFirst(position)
                position = 0
            }
            guard buffer.count <= Self.maxLineBytes else {
                throw CalibrationDataError(
                    .malformed, path: path, line: line + 1, "is longer than \(Self.maxLineBytes >> 20) MiB: is this a file of JSON lines?")
            }
            if isAtEnd {
                guard !buffer.isEmpty else { return false }
                take(upTo: buffer.count, into: &output)
                position = buffer.count
                isUnterminated = true
                return true
            }
            try fill()
        }
    }

    /// Where the next newline of the buffer is. Nearly all of a file is searched only, so memchr(3) does it.
    private func newline(from start: Int) -> Int? {
        unsafe buffer.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            guard let found = unsafe memchr(base + start, 0x0A, bytes.count - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    private mutating func take(upTo end: Int, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        // A file that went through Windows has carriage returns, which JSON takes for white space; CSV has them by its standard.
        let isCRLF = end > position && buffer[end - 1] == 0x0D
        output.append(contentsOf: buffer[position..<(isCRLF ? end - 1 : end)])
        line += 1
    }

    private mutating func fill() throws(CalibrationDataError) {
        if rawPosition == raw.count {
            isAtEnd = try !file.read(into: &raw)
            rawPosition = 0
            if !hasBegun {
                hasBegun = true
                if Gzip.isGzip(raw) { gzip = try opened() }
            }
        }
        guard var reader = gzip.take() else {
            buffer.append(contentsOf: raw)
            rawPosition = raw.count
            return
        }
        let limit = buffer.count + 1 << 20
        let piece = raw
        do throws(GzipError) {
            if isAtEnd {
                try reader.finish()
            } else {
                rawPosition += try reader.decompress(piece.span.extracting(rawPosition...), into: &buffer, limit: limit)
            }
        } catch {
            var kind = CalibrationDataError.Kind.malformed
            if case .truncated = error { kind = .torn }
            throw CalibrationDataError(kind, path: path, line: line + 1, "\(error)")
        }
        gzip = consume reader
    }

    private func opened() throws(CalibrationDataError) -> GzipReader {
        do throws(GzipError) {
            return try GzipReader()
        } catch {
            throw CalibrationDataError(.unreadable, path: path, "\(error)")
        }
    }
}
