/// Strings between their quotes, every character in its one spelling.
enum CanonicalString {
    /// - Parameter raw: validated, with escapes.
    static func append(_ raw: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                index += 1
                continue
            }
            let escape = raw[index + 1]
            guard escape == UInt8(ascii: "u") else {
                if escape == UInt8(ascii: "/") { output.append(escape) } else { output.append(contentsOf: [byte, escape]) }
                index += 2
                continue
            }
            let unit = codeUnit(raw, at: index + 2)
            index += 6
            if unit >> 10 == 0xD800 >> 10, index + 6 <= raw.endIndex, raw[index] == byte, raw[index + 1] == UInt8(ascii: "u") {
                let low = codeUnit(raw, at: index + 2)
                if low >> 10 == 0xDC00 >> 10, let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) {
                    output.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
                    index += 6
                    continue
                }
            }
            append(unit: unit, to: &output)
        }
    }

    private static func append(unit: UInt32, to output: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(unit) else {
            output.append(contentsOf: "\\u\(String(unit, radix: 16))".utf8)
            return
        }
        // JSONEscaping knows which characters must be escaped; it brings quotes along.
        var quoted: [UInt8] = []
        JSONEscaping.append(String(Character(scalar)), to: &quoted)
        output.append(contentsOf: quoted.dropFirst().dropLast())
    }

    private static func codeUnit(_ raw: ArraySlice<UInt8>, at start: Int) -> UInt32 {
        var unit: UInt32 = 0
        for digit in raw[start..<start + 4] {
            // Letters of either case end in their value less nine.
            unit = unit << 4 | UInt32(digit <= UInt8(ascii: "9") ? digit & 0xF : (digit & 0xF) + 9)
        }
        return unit
    }
}

/// Numbers in one spelling: ECMAScript's, but exact for whole ones and without a sign of a positive exponent.
enum CanonicalNumber {
    /// - Parameter raw: by the grammar of RFC 8259.
    static func append(_ raw: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let exact = Decimal(raw)
        if exact.exponent >= 0 { return exact.append(to: &output) }
        // Not whole: what readers agree on is the nearest double.
        guard let double = Double(String(decoding: raw, as: UTF8.self)), double.isFinite else { return exact.append(to: &output) }
        Decimal(Array(double.description.utf8)[...]).append(to: &output)
    }
}

/// A number as written: `digits * 10^exponent`, without zeros at either end of the digits.
private struct Decimal {
    var isNegative = false
    /// ASCII; empty when the number is zero.
    var digits: [UInt8] = []
    var exponent = 0

    init(_ raw: ArraySlice<UInt8>) {
        var isFraction = false
        var rest = raw
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponent += Self.exponent(rest)
                rest = []
            default:
                if isFraction { exponent -= 1 }
                if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte) }
            }
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }

    /// Saturates far outside of what any number can be.
    private static func exponent(_ raw: ArraySlice<UInt8>) -> Int {
        var value = 0
        for byte in raw where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
            value = min(value * 10 + Int(byte & 0xF), 1 << 40)
        }
        return raw.first == UInt8(ascii: "-") ? -value : value
    }

    func append(to output: inout [UInt8]) {
        if isNegative { output.append(UInt8(ascii: "-")) }
        guard let first = digits.first else { return output.append(UInt8(ascii: "0")) }
        /// Digits in front of the decimal point.
        let point = digits.count + exponent
        switch point {
        case 1...21 where exponent >= 0:
            output.append(contentsOf: digits)
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: exponent))
        case 1...21:
            output.append(contentsOf: digits[..<point])
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: digits[point...])
        case -5...0:
            output.append(contentsOf: "0.".utf8)
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
            output.append(contentsOf: digits)
        default:
            output.append(first)
            if digits.count > 1 {
                output.append(UInt8(ascii: "."))
                output.append(contentsOf: digits[1...])
            }
            output.append(contentsOf: "e\(point - 1)".utf8)
        }
    }
}
