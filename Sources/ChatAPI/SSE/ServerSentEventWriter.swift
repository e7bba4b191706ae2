/// Writes `text/event-stream`.
public enum ServerSentEventWriter {
    /// `: text` and a blank line, which readers ignore: keep-alives and notes. Every line of `text` becomes a comment line.
    public static func appendComment(_ text: some Sequence<UInt8>, to out: inout [UInt8]) {
        appendLines(text, prefix: ": ", to: &out)
        out.append(UInt8(ascii: "\n"))
    }

    /// One event. Every line of `data` becomes a data line.
    /// - Parameter name: the `event` field, without line breaks; none when empty.
    public static func appendEvent(name: StaticString = "", data: some Sequence<UInt8>, to out: inout [UInt8]) {
        if name.utf8CodeUnitCount > 0 {
            out.append(contentsOf: "event: ".utf8)
            out.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            out.append(UInt8(ascii: "\n"))
        }
        appendLines(data, prefix: "data: ", to: &out)
        out.append(UInt8(ascii: "\n"))
    }

    /// `data: [DONE]`, the terminal marker of OpenAI's streams.
    public static func appendDone(to out: inout [UInt8]) { out.append(contentsOf: "data: [DONE]\n\n".utf8) }

    private static func appendLines(_ text: some Sequence<UInt8>, prefix: StaticString, to out: inout [UInt8]) {
        // Nearly every text is an array: without this, each byte of it would be a call through the sequence's witness table.
        let done: Void? = text.withContiguousStorageIfAvailable { appendLines(of: $0, prefix: prefix, to: &out) }
        if done == nil { Array(text).withUnsafeBufferPointer { appendLines(of: $0, prefix: prefix, to: &out) } }
    }

    private static func appendLines(of text: UnsafeBufferPointer<UInt8>, prefix: StaticString, to out: inout [UInt8]) {
        let prefix = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
        out.append(contentsOf: prefix)
        var start = 0
        for index in text.indices where text[index] == UInt8(ascii: "\n") || text[index] == UInt8(ascii: "\r") {
            // The second half of a CR LF ends no line of its own.
            let isSecondHalf = text[index] == UInt8(ascii: "\n") && index > 0 && text[index - 1] == UInt8(ascii: "\r")
            if !isSecondHalf {
                out.append(contentsOf: text[start..<index])
                out.append(UInt8(ascii: "\n"))
                out.append(contentsOf: prefix)
            }
            start = index + 1
        }
        out.append(contentsOf: text[start...])
        out.append(UInt8(ascii: "\n"))
    }
}
