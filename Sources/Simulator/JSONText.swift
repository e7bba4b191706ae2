/// Writes JSON from templates: fixed text with values between. `FastJSON.JSONWriter` builds documents; this one fills in the exact
/// texts of OpenAI's frames, escapes beyond ASCII where a script wants that, and concatenates prepared pieces.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ other: [UInt8]) { bytes.append(contentsOf: other) }

    mutating func integer(_ value: Int) { bytes.append(contentsOf: String(value).utf8) }

    /// `null` for what JSON cannot write.
    mutating func number(_ value: Double) {
        if value.isFinite { bytes.append(contentsOf: "\(value)".utf8) } else { raw("null") }
    }

    /// A quoted string; with `escapingNonASCII` everything above U+007F as `\u` escapes, in surrogate pairs where needed.
    mutating func string(_ text: some StringProtocol, escapingNonASCII: Bool = false) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar, escapingNonASCII: escapingNonASCII) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar, escapingNonASCII: Bool) {
        switch scalar {
        case "\"": raw("\\\"")
        case "\\": raw("\\\\")
        case "\n": raw("\\n")
        case "\r": raw("\\r")
        case "\t": raw("\\t")
        case _ where scalar.value < 0x20: escape(UInt16(scalar.value))
        case _ where scalar.value < 0x80: bytes.append(UInt8(scalar.value))
        case _ where escapingNonASCII: for unit in UTF16.encode(scalar) ?? .init() { escape(unit) }
        default: for unit in UTF8.encode(scalar) ?? .init() { bytes.append(unit) }
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }
}
