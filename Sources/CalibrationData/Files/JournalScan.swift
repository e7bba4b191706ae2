internal import Gzip

/// Reads a journal once when it is opened: which lines are complete, where it can go on, and what must be cut off.
struct JournalScan {
    private(set) var isCompressed: Bool
    /// Complete lines that are not blank.
    private(set) var lines = 0
    /// Of the last complete line, from 1.
    private var number = 0
    private(set) var memberCount = 0
    /// Bytes of the file that stay.
    private(set) var keptBytes = 0
    /// Bytes behind them.
    private(set) var cutBytes = 0
    /// To be appended to what stays: a newline that is missing, lines out of a torn gzip member.
    private(set) var repair: [UInt8] = []

    /// An incomplete line at the end.
    private var tail: [UInt8] = []
    private let path: String

    init(
        _ file: borrowing FileDescriptor, isCompressedWhenEmpty: Bool, onLine: ([UInt8]) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        path = file.path
        isCompressed = isCompressedWhenEmpty
        file.rewind()
        var piece: [UInt8] = []
        guard try file.read(into: &piece) else { return }
        // What is left of the first member of a compressed file may be too short for its mark.
        isCompressed = Gzip.isGzip(piece) || piece.count == 1 && piece == [Gzip.magic[0]]
        if isCompressed {
            try scanMembers(file, onLine)
        } else {
            try scanLines(file, piece, onLine)
        }
    }

    // MARK: Plain

    private mutating func scanLines(
        _ file: borrowing FileDescriptor, _ first: [UInt8],
        _ onLine: ([UInt8]) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        var piece = first
        repeat {
            keptBytes += piece.count
            try take(piece, onLine)
        } while try file.read(into: &piece)
        if tail.isEmpty { return }
        if isTailWhole {
            try finishLine(onLine)
            repair = [0x0A]
        } else {
            keptBytes -= tail.count
            cutBytes = tail.count
        }
    }

    // MARK: Gzip

    private mutating func scanMembers(
        _ file: borrowing FileDescriptor, _ onLine: ([UInt8]) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        let (members, complete, total) = try measure(file)
        memberCount = members
        keptBytes = complete
        cutBytes = total - complete
        try decompress(file, from: 0, to: complete) { output throws(CalibrationDataError) in try take(output, onLine) }
        var rescued: [UInt8] = []
        if !tail.isEmpty {
            // A member that ends within a line: of another writer, for this one never does that.
            guard isTailWhole else {
                throw CalibrationDataError(.malformed, path: path, line: number + 1, "is incomplete, but nothing was cut off behind it")
            }
            try finishLine(onLine)
            rescued = [0x0A]
        }
        if cutBytes > 0 {
            try decompress(file, from: complete, to: total) { output throws(CalibrationDataError) in
                let begin = tail
                try take(output, onLine)
                guard let newline = output.lastIndex(of: 0x0A) else { return }
                rescued += begin + output[...newline]
            }
            if !tail.isEmpty, isTailWhole {
                rescued += tail + [0x0A]
                try finishLine(onLine)
            }
        }
        guard !rescued.isEmpty else { return }
        repair = try JournalFile.compressed(rescued, path: path)
        memberCount += 1
    }

    /// How many members are complete, where the last of them ends, and the size of the file.
    private func measure(_ file: borrowing FileDescriptor) throws(CalibrationDataError) -> (members: Int, complete: Int, total: Int) {
        file.rewind()
        var piece: [UInt8] = []
        var output: [UInt8] = []
        var total = 0
        do {
            var reader = try GzipReader()
            while try file.read(into: &piece) {
                total += piece.count
                var taken = 0
                while taken < piece.count {
                    output.removeAll(keepingCapacity: true)
                    taken += try reader.decompress(piece.span.extracting(taken...), into: &output, limit: 1 << 20)
                }
            }
            return (reader.memberCount, reader.completeBytes, total)
        } catch let error as CalibrationDataError {
            throw error
        } catch {
            throw CalibrationDataError(.malformed, path: path, "\(error); nothing was changed")
        }
    }

    /// Hands over what a range of the file decompresses to. A torn member gives what it gives.
    private func decompress(
        _ file: borrowing FileDescriptor, from start: Int, to end: Int, _ body: ([UInt8]) throws(CalibrationDataError) -> Void
    ) throws(CalibrationDataError) {
        file.rewind()
        var piece: [UInt8] = []
        var output: [UInt8] = []
        var offset = 0
        do {
            var reader = try GzipReader()
            while offset < end, try file.read(into: &piece) {
                let wanted = max(0, start - offset)..<min(piece.count, end - offset)
                offset += piece.count
                guard wanted.lowerBound < wanted.upperBound else { continue }
                var taken = wanted.lowerBound
                while taken < wanted.upperBound {
                    output.removeAll(keepingCapacity: true)
                    taken += try reader.decompress(piece.span.extracting(taken..<wanted.upperBound), into: &output, limit: 1 << 20)
                    try body(output)
                }
            }
        } catch let error as CalibrationDataError {
            throw error
        } catch {
            // Padding, or the rest of a member that never became whole: what came before it has been handed over.
        }
    }

    // MARK: Lines

    /// No proper prefix of a JSON object is one.
    private var isTailWhole: Bool { (try? JSONFields(line: tail)) != nil }

    private mutating func take(_ bytes: [UInt8], _ onLine: ([UInt8]) throws(CalibrationDataError) -> Void) throws(CalibrationDataError) {
        var start = 0
        while let newline = bytes[start...].firstIndex(of: 0x0A) {
            tail += bytes[start..<newline]
            start = newline + 1
            try finishLine(onLine)
        }
        tail += bytes[start...]
        guard tail.count <= LineReader.maxLineBytes else {
            throw CalibrationDataError(
                .malformed, path: path, line: number + 1,
                "is longer than \(LineReader.maxLineBytes >> 20) MiB: is this a file of JSON lines?")
        }
    }

    private mutating func finishLine(_ onLine: ([UInt8]) throws(CalibrationDataError) -> Void) throws(CalibrationDataError) {
        defer { tail.removeAll(keepingCapacity: true) }
        number += 1
        guard tail.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        lines += 1
        do throws(CalibrationDataError) {
            try onLine(tail)
        } catch {
            throw error.located(path, line: number)
        }
    }
}
