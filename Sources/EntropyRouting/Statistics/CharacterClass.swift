/// The few distinctions between characters that boundaries and word shapes need.
enum CharacterClass: UInt8 {
    /// Before the first character of an answer.
    case none
    case newline
    case blank
    case lower
    case upper
    case digit
    case underscore
    /// `.` `!` `?` `...`: ends a sentence when a blank follows.
    case terminator
    /// A full stop of Chinese or Japanese: ends a sentence by itself.
    case wideTerminator
    /// A quotation mark or bracket that may stand between a terminator and the blank after it.
    case closer
    /// `-` `*` `+` `#` `>` and bullets: open a list item, a heading or a quotation at the start of a line.
    case bullet
    case rightParenthesis
    case other

    var isLetter: Bool { self == .lower || self == .upper }
    var isWordCharacter: Bool { isLetter || self == .digit }

    @inline(__always)
    init(scalar: UInt32) {
        self = scalar < 0x80 ? Self.ascii(UInt8(truncatingIfNeeded: scalar)) : Self.beyondASCII(scalar)
    }

    @inline(__always)
    private static func ascii(_ byte: UInt8) -> CharacterClass {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .lower
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: " "), UInt8(ascii: "\t"): .blank
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): .newline
        case UInt8(ascii: "_"): .underscore
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): .terminator
        case UInt8(ascii: ")"): .rightParenthesis
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "]"), UInt8(ascii: "}"): .closer
        case UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: ">"): .bullet
        default: .other
        }
    }

    /// The standard library's Unicode tables: no locale, no allocation.
    private static func beyondASCII(_ scalar: UInt32) -> CharacterClass {
        switch scalar {
        case 0x2026: return .terminator
        case 0x3002, 0xFF01, 0xFF1F, 0xFF61: return .wideTerminator
        case 0x2019, 0x201D, 0x00BB, 0x300D, 0x300F: return .closer
        case 0x2022, 0x2023, 0x2013, 0x25E6, 0x25AA: return .bullet
        case 0x00A0, 0x3000, 0x202F: return .blank
        case 0x2028, 0x2029, 0x0085: return .newline
        default: break
        }
        guard let properties = Unicode.Scalar(scalar)?.properties else { return .other }
        if properties.isUppercase { return .upper }
        if properties.isAlphabetic { return .lower }
        return properties.generalCategory == .decimalNumber ? .digit : .other
    }
}
