/// Cuts the `top_logprobs` lists of a `logprobs` value to what the client asked for: the entropy engine usually wants more alternatives than
/// the client does. Everything else is copied byte for byte. Linear in the value, one pass, no tree.
public enum LogprobsTrimmer {
    /// Appends the value with at most `limit` alternatives a token, the first ones as sent.
    ///
    /// - Parameter value: valid JSON, as the decoder located it.
    public static func append(_ value: Span<UInt8>, limit: Int, to out: inout [UInt8]) {
        var copied = 0
        var index = 0
        while index < value.count {
            guard value[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            let start = index
            index = endOfString(value, from: index)
            guard isName(value, start..<index), let list = startOfList(value, from: index) else { continue }
            let (cut, end) = cutList(value, from: list, limit: limit)
            append(value, copied..<cut, to: &out)
            copied = end
            index = end
        }
        append(value, copied..<value.count, to: &out)
    }

    /// Where the list must be cut, and where its closing bracket stands.
    private static func cutList(_ value: Span<UInt8>, from list: Int, limit: Int) -> (cut: Int, end: Int) {
        var depth = 0
        var elements = 0
        var cut = limit == 0 ? list + 1 : nil as Int?
        var index = list + 1
        while index < value.count {
            switch value[index] {
            case UInt8(ascii: "\""):
                index = endOfString(value, from: index)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "]") where depth == 0:
                return (cut ?? index, index)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                elements += 1
                if elements == limit { cut = cut ?? index }
            default:
                break
            }
            index += 1
        }
        return (value.count, value.count)
    }

    private static func endOfString(_ value: Span<UInt8>, from start: Int) -> Int {
        var index = start + 1
        while index < value.count {
            if value[index] == UInt8(ascii: "\\") {
                index += 2
            } else if value[index] == UInt8(ascii: "\"") {
                return index + 1
            } else {
                index += 1
            }
        }
        return value.count
    }

    /// After a member's name: its colon and the opening bracket of a list.
    private static func startOfList(_ value: Span<UInt8>, from end: Int) -> Int? {
        var index = end
        while index < value.count, isSpace(value[index]) { index += 1 }
        guard index < value.count, value[index] == UInt8(ascii: ":") else { return nil }
        index += 1
        while index < value.count, isSpace(value[index]) { index += 1 }
        return index < value.count && value[index] == UInt8(ascii: "[") ? index : nil
    }

    private static func isName(_ value: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let name: StaticString = "\"top_logprobs\""
        guard range.count == name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount where value[range.lowerBound + offset] != name.utf8Start[offset] { return false }
        return true
    }

    private static func append(_ value: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) {
        guard !range.isEmpty else { return }
        value.extracting(range).withUnsafeBufferPointer { out.append(contentsOf: $0) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
