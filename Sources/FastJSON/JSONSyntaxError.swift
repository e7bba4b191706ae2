/// Where and why a document is not JSON.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Count of bytes before the offending one; the document's length when it ends too early.
    public var offset: Int
    /// 1-based; lines end with LF.
    public var line: Int
    /// 1-based, counted in Unicode scalars.
    public var column: Int
    /// What was found and what would be right.
    public var message: String

    public init(offset: Int, line: Int, column: Int, message: String) {
        self.offset = offset
        self.line = line
        self.column = column
        self.message = message
    }

    /// Finds line and column of `offset` in `bytes`.
    public init(offset: Int, in bytes: [UInt8], message: String) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(offset: offset, line: line, column: column, message: message)
    }

    public var description: String { "line \(line), column \(column) (byte \(offset)): \(message)" }
}
