/// What stands between other people's text and the page.
enum Escaping {
    /// Fit for text content and for attribute values in double or single quotes, in HTML and in XML.
    ///
    /// Besides the five characters of markup, everything is replaced that XML does not allow, or that changes how its neighbours are read
    /// without being seen itself: controls, bidirectional overrides and isolates, zero-width characters. `\n` and `\t` pass.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                if let picture = picture(of: scalar) { result += picture } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// How a character is shown that must not take effect; `nil` for all others. The pictures hold no markup.
    static func picture(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) } ?? "?"
        case 0x7F: "\u{2421}"
        case 0x80...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xFDD0...0xFDEF,
            0xE0000...0xE007F:
            "\u{27E8}U+\(hexadecimal(scalar.value))\u{27E9}"
        case let value where value & 0xFFFE == 0xFFFE: "\u{27E8}U+\(hexadecimal(value))\u{27E9}"
        default: nil
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
