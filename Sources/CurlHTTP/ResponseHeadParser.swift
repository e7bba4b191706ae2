internal import HTTPTransport

/// Turns the header lines that libcurl hands over one by one into a response head.
///
/// Informational heads (1xx, RFC 9110 section 15.2) are skipped, trailers ignored, folded lines (RFC 9112 section 5.2) joined by
/// one space. Bytes that are not UTF-8 become U+FFFD.
struct ResponseHeadParser {
    enum Step {
        case more
        /// The final head is complete. Told once.
        case head(HTTPResponseHead)
        case oversized
    }

    private var head = HTTPResponseHead(status: 0)
    private var bytesLeft: Int
    private(set) var isComplete = false

    /// - Parameter maxBytes: of all header lines together, informational heads and trailers included.
    init(maxBytes: Int) {
        bytesLeft = maxBytes
    }

    /// One line with its line ending, as the peer sent it.
    mutating func consume(_ line: UnsafeRawBufferPointer) -> Step {
        bytesLeft -= line.count
        if bytesLeft < 0 { return .oversized }
        if isComplete { return .more }
        let end = unsafe Self.trimmedEnd(line)
        if end == 0 { return finish() }
        if head.status == 0 {
            unsafe head.status = Self.status(line, end)
        } else if unsafe line[0] == UInt8(ascii: " ") || line[0] == UInt8(ascii: "\t") {
            unsafe continueLast(line, end)
        } else {
            unsafe addHeader(line, end)
        }
        return .more
    }

    private mutating func finish() -> Step {
        let complete = head
        head = HTTPResponseHead(status: 0)
        if (100..<200).contains(complete.status) { return .more }
        isComplete = true
        return .head(complete)
    }

    private mutating func addHeader(_ line: UnsafeRawBufferPointer, _ end: Int) {
        // A line without a colon is no field; libcurl lets it pass, and so do browsers.
        guard let colon = unsafe line[..<end].firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
        if head.headers.isEmpty { head.headers.reserveCapacity(16) }
        unsafe head.headers.append(HTTPHeader(Self.text(line, 0, colon), Self.text(line, Self.skipBlanks(line, colon + 1, end), end)))
    }

    private mutating func continueLast(_ line: UnsafeRawBufferPointer, _ end: Int) {
        guard let last = head.headers.indices.last else { return }
        head.headers[last].value += unsafe " " + Self.text(line, Self.skipBlanks(line, 0, end), end)
    }

    /// 0 when the line is no status line; libcurl has checked it before.
    private static func status(_ line: UnsafeRawBufferPointer, _ end: Int) -> Int {
        guard let space = unsafe line[..<end].firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        var status = 0
        for index in space + 1..<min(space + 4, end) {
            let digit = unsafe Int(line[index]) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(digit) else { return 0 }
            status = status * 10 + digit
        }
        return status
    }

    /// The line's length without its line ending and trailing blanks.
    private static func trimmedEnd(_ line: UnsafeRawBufferPointer) -> Int {
        var end = line.count
        while end > 0, unsafe line[end - 1] == 0x20 || line[end - 1] == 0x0d || line[end - 1] == 0x0a || line[end - 1] == 0x09 { end -= 1 }
        return end
    }

    private static func skipBlanks(_ line: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var start = start
        while start < end, unsafe line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        return start
    }

    private static func text(_ line: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(rebasing: line[start..<end]), as: UTF8.self)
    }
}
