#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Numbers as they are read, and as SVG wants them.
enum NumberText {
    /// With exactly `decimals` digits (0...9) behind the point, half away from zero, and a true minus sign. `–` when it is not a number,
    /// `∞` when it is infinite.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
        let digits = plain(value, decimals)
        return digits.hasPrefix("-") ? "−" + digits.dropFirst() : digits
    }

    /// As a percentage, with a narrow space before the sign.
    static func percent(_ share: Double, _ decimals: Int = 1) -> String { fixed(100 * share, decimals) + "\u{202F}%" }

    /// With as many decimals as show that a small share is not 0, at most 3.
    static func percentOfLevel(_ share: Double) -> String {
        for decimals in 0..<3 where abs(100 * share - rounded(100 * share, decimals)) < 1e-9 { return percent(share, decimals) }
        return percent(share, 3)
    }

    /// A whole number with thin spaces between thousands.
    static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "\u{202F}" }
            result.append(digit)
        }
        return value < 0 ? "−" + result : result
    }

    /// To `digits` significant digits, without an exponent between 1e-6 and 1e6.
    static func significant(_ value: Double, _ digits: Int = 2) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
        let exponent = Int(log10(abs(value)).rounded(.down))
        guard (-6...6).contains(exponent) else { return "\(fixed(value / pow(10, Double(exponent)), digits - 1))·10^\(exponent)" }
        return fixed(value, min(9, max(0, digits - 1 - exponent)))
    }

    /// For coordinates: two decimals at most, no trailing zeros, an ASCII minus; 0 for what is not finite.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        var digits = plain(value, 2)
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return digits == "-0" || digits.isEmpty ? "0" : digits
    }

    private static func rounded(_ value: Double, _ decimals: Int) -> Double {
        let factor = pow(10, Double(decimals))
        return (value * factor).rounded() / factor
    }

    private static func plain(_ value: Double, _ decimals: Int) -> String {
        let factor = pow(10, Double(min(9, max(0, decimals))))
        let scaled = (abs(value) * factor).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        var digits = String(Int(scaled))
        if decimals > 0 {
            digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return value < 0 && scaled > 0 ? "-" + digits : digits
    }
}

extension String {
    /// Without zeros at the end of a decimal fraction.
    var trimmingZeros: String {
        guard contains(".") else { return self }
        let digits = reversed().drop { $0 == "0" }
        return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
    }
}
