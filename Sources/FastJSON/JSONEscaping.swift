/// Strings between their quotes: RFC 8259 section 7, escaping only what must be escaped.
enum JSONEscaping {
    static func append(_ value: String, to bytes: inout [UInt8]) {
        var value = value
        value.makeContiguousUTF8()
        append(wellFormed: value.utf8Span.span, to: &bytes)
    }

    static func append(utf8 value: Span<UInt8>, to bytes: inout [UInt8]) {
        guard (try? UTF8Span(validating: value)) != nil else {
            var copy: [UInt8] = []
            copy.reserveCapacity(value.count)
            for index in value.indices { copy.append(value[index]) }
            return append(String(decoding: copy, as: UTF8.self), to: &bytes)
        }
        append(wellFormed: value, to: &bytes)
    }

    private static func append(wellFormed value: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for index in value.indices {
            let byte = value[index]
            switch byte {
            case UInt8(ascii: "\""): pair(UInt8(ascii: "\""), to: &bytes)
            case UInt8(ascii: "\\"): pair(UInt8(ascii: "\\"), to: &bytes)
            case 0x08: pair(UInt8(ascii: "b"), to: &bytes)
            case 0x09: pair(UInt8(ascii: "t"), to: &bytes)
            case 0x0A: pair(UInt8(ascii: "n"), to: &bytes)
            case 0x0C: pair(UInt8(ascii: "f"), to: &bytes)
            case 0x0D: pair(UInt8(ascii: "r"), to: &bytes)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexDigit(byte >> 4))
                bytes.append(hexDigit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func pair(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
}
