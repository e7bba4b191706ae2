/// CSV by RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes; lines end in CRLF or LF; a byte order mark is
/// skipped.
struct CSVReader {
    struct Field {
        var text: String
        /// From 1, in bytes, of the field's first byte.
        var column: Int
    }

    struct Record {
        var fields: [Field]
        /// Of its first byte, from 1.
        var line: Int
    }

    private let bytes: [UInt8]
    private var position: Int
    private var line = 1
    private var lineStart: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        lineStart = position
    }

    /// The next record; `nil` at the end. Lines without anything are skipped.
    mutating func next() throws(CalibrationDataError) -> Record? {
        while position < bytes.count, isAtLineEnd { passLineEnd() }
        guard position < bytes.count else { return nil }
        var record = Record(fields: [], line: line)
        while true {
            record.fields.append(try field())
            guard position < bytes.count else { return record }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
                continue
            }
            passLineEnd()
            return record
        }
    }

    private mutating func field() throws(CalibrationDataError) -> Field {
        let column = position - lineStart + 1
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: ","), !isAtLineEnd {
                if bytes[position] == UInt8(ascii: "\"") {
                    throw CalibrationDataError(
                        .malformed, line: line, column: position - lineStart + 1, "has a quote within a field that does not begin with one")
                }
                position += 1
            }
            return Field(text: try text(bytes[start..<position], line, column), column: column)
        }
        let (firstLine, firstColumn) = (line, column)
        position += 1
        var content: [UInt8] = []
        while true {
            guard position < bytes.count else {
                throw CalibrationDataError(.malformed, line: firstLine, column: firstColumn, "has a quoted field that never ends")
            }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else { break }
                position += 1
            } else if byte == 0x0A {
                line += 1
                lineStart = position
            }
            content.append(byte)
        }
        guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || isAtLineEnd else {
            throw CalibrationDataError(
                .malformed, line: line, column: position - lineStart + 1, "has something behind a closing quote that is no comma")
        }
        return Field(text: try text(content[...], firstLine, firstColumn), column: firstColumn)
    }

    private func text(_ bytes: ArraySlice<UInt8>, _ line: Int, _ column: Int) throws(CalibrationDataError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CalibrationDataError(.malformed, line: line, column: column, "has a field that is not UTF-8")
        }
        return text
    }

    /// LF, or CR before it.
    private var isAtLineEnd: Bool {
        bytes[position] == 0x0A || bytes[position] == 0x0D && (position + 1 == bytes.count || bytes[position + 1] == 0x0A)
    }

    private mutating func passLineEnd() {
        if bytes[position] == 0x0D { position += 1 }
        if position < bytes.count { position += 1 }
        line += 1
        lineStart = position
    }
}
