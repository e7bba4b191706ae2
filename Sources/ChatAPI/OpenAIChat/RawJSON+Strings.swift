extension RawJSON {
    /// Whether the text at `range` is `text`, also when some of it is escaped (`r\u006fle`), which is rare and looked at last.
    static func matches(_ range: Range<Int>, _ text: StaticString, in json: Span<UInt8>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return matchesEscaped(range, text, in: json) }
        return text.withUTF8Buffer { expected in
            for offset in 0..<expected.count where json[range.lowerBound + offset] != expected[offset] { return false }
            return true
        }
    }

    private static func matchesEscaped(_ range: Range<Int>, _ text: StaticString, in json: Span<UInt8>) -> Bool {
        let excess = range.count - text.utf8CodeUnitCount
        // Every \u escape of an ASCII character is five bytes longer than the character.
        guard excess > 0, excess % 5 == 0, excess / 5 <= text.utf8CodeUnitCount else { return false }
        guard range.contains(where: { json[$0] == 0x5C }) else { return false }
        var decoded: [UInt8] = []
        appendDecoded(range, of: json, to: &decoded)
        return text.withUTF8Buffer { decoded.elementsEqual($0) }
    }

    static func isString(_ value: Range<Int>, in json: Span<UInt8>) -> Bool { json[value.lowerBound] == 0x22 }
    static func isObject(_ value: Range<Int>, in json: Span<UInt8>) -> Bool { json[value.lowerBound] == 0x7B }
    static func isArray(_ value: Range<Int>, in json: Span<UInt8>) -> Bool { json[value.lowerBound] == 0x5B }
    static func isNull(_ value: Range<Int>, in json: Span<UInt8>) -> Bool { matches(value, "null", in: json) }

    /// What kind of value begins here, with its article, for messages.
    static func kindName(_ value: Range<Int>, in json: Span<UInt8>) -> String {
        switch json[value.lowerBound] {
        case 0x22: "a string"
        case 0x7B: "an object"
        case 0x5B: "an array"
        case 0x74, 0x66: "a boolean"
        case 0x6E: "null"
        default: "a number"
        }
    }

    /// The bytes at `range` are `other`.
    static func equals(_ range: Range<Int>, _ other: [UInt8], in json: Span<UInt8>) -> Bool {
        guard range.count == other.count else { return false }
        for offset in 0..<other.count where json[range.lowerBound + offset] != other[offset] { return false }
        return true
    }

    /// The value of the last member of that name.
    static func member(_ name: StaticString, of object: Range<Int>, in json: Span<UInt8>) throws(Malformed) -> Range<Int>? {
        var found: Range<Int>?
        var members = Members(objectAt: object.lowerBound)
        while let member = try members.next(in: json) {
            if matches(member.name, name, in: json) { found = member.value }
        }
        return found
    }

    /// What lies between the quotes of a string value, still escaped; two such texts may be joined as they are, and a surrogate pair
    /// whose halves came apart is whole again.
    static func escapedText(_ value: Range<Int>) -> Range<Int> { (value.lowerBound + 1)..<(value.upperBound - 1) }

    /// A whole number, `nil` for anything else.
    static func integer(_ value: Range<Int>, in json: Span<UInt8>) -> Int? {
        Int(String(decoding: bytes(value, in: json), as: UTF8.self))
    }

    static func bytes(_ range: Range<Int>, in json: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        append(range, of: json, to: &copy)
        return copy
    }

    static func append(_ range: Range<Int>, of json: Span<UInt8>, to out: inout [UInt8]) {
        json.extracting(range).withUnsafeBufferPointer { out.append(contentsOf: $0) }
    }

    /// Bytes of UTF-8 that the escaped text decodes to.
    static func decodedLength(_ escaped: Range<Int>, in json: Span<UInt8>) -> Int {
        var length = 0
        var at = escaped.lowerBound
        while at < escaped.upperBound {
            guard json[at] == 0x5C, at + 1 < escaped.upperBound else {
                length += 1
                at += 1
                continue
            }
            guard json[at + 1] == 0x75 else {
                length += 1
                at += 2
                continue
            }
            switch codeUnit(at + 2, upTo: escaped.upperBound, in: json) {
            case 0..<0x80: length += 1
            case 0x80..<0x800, 0xD800..<0xE000: length += 2
            default: length += 3
            }
            at += 6
        }
        return length
    }

    /// Decodes escaped text to UTF-8, at most about `limit` bytes (whole characters). A lone surrogate becomes U+FFFD.
    static func appendDecoded(_ escaped: Range<Int>, of json: Span<UInt8>, to out: inout [UInt8], limit: Int = .max) {
        var at = escaped.lowerBound
        let start = out.count
        while at < escaped.upperBound {
            // A character is at most four bytes: cut only in front of one.
            if out.count - start >= limit, json[at] & 0xC0 != 0x80 { return }
            guard json[at] == 0x5C, at + 1 < escaped.upperBound else {
                out.append(json[at])
                at += 1
                continue
            }
            let escape = json[at + 1]
            at += 2
            switch escape {
            case 0x62: out.append(0x08)
            case 0x66: out.append(0x0C)
            case 0x6E: out.append(0x0A)
            case 0x72: out.append(0x0D)
            case 0x74: out.append(0x09)
            case 0x75:
                var scalar = codeUnit(at, upTo: escaped.upperBound, in: json)
                at += 4
                if scalar & 0xFC00 == 0xD800, at + 6 <= escaped.upperBound, json[at] == 0x5C, json[at + 1] == 0x75 {
                    let low = codeUnit(at + 2, upTo: escaped.upperBound, in: json)
                    if low & 0xFC00 == 0xDC00 {
                        scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                        at += 6
                    }
                }
                out.append(contentsOf: Character(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: out.append(escape)
            }
        }
    }

    /// The string value decoded.
    static func string(_ value: Range<Int>, in json: Span<UInt8>) -> String {
        var utf8: [UInt8] = []
        appendDecoded(escapedText(value), of: json, to: &utf8)
        return String(decoding: utf8, as: UTF8.self)
    }

    /// Four hexadecimal digits; anything else counts as U+FFFD.
    private static func codeUnit(_ at: Int, upTo end: Int, in json: Span<UInt8>) -> UInt32 {
        guard at + 4 <= end else { return 0xFFFD }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = json[at + offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
            default: return 0xFFFD
            }
        }
        return value
    }
}
