/// Numbers as canonical decimal text: exact, of any length, and 3.10 stays 3.10.
enum NumberText {
    /// Without zeros at the end of the fraction: for amounts, where 5.00 is 5.
    static func trimmed(_ value: String) -> String {
        guard value.contains(".") else { return value }
        var result = Substring(value)
        while result.last == "0" { result.removeLast() }
        if result.last == "." { result.removeLast() }
        return String(result)
    }

    /// The value times ten to `power`.
    static func scaled(_ value: String, by power: Int) -> String {
        let sign = value.hasPrefix("-") ? "-" : ""
        let parts = value.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts.first.map(String.init) ?? "0"
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let shifted =
            fraction.count >= power ? String(fraction.prefix(power)) : fraction + String(repeating: "0", count: power - fraction.count)
        let rest = String(fraction.dropFirst(power))
        let digits = (whole + shifted).drop { $0 == "0" }
        return trimmed(sign + (digits.isEmpty ? "0" : String(digits)) + (rest.isEmpty ? "" : "." + rest))
    }

    /// Minutes of the day as `t:870`; without `half` the hour is taken as it stands.
    static func clock(hour: String, minute: String, half: String?) -> String {
        guard let hours = Int(hour), let minutes = Int(minute) else { return "t:\(hour):\(minute)\(half ?? "")" }
        let base =
            switch half {
            case "am": hours % 12
            case "pm": hours % 12 + 12
            default: hours
            }
        return "t:\(base * 60 + minutes)"
    }

    /// The value of a Roman numeral of capitals, 1...3999, in its canonical spelling; `nil` for anything else.
    static func roman(_ text: String) -> Int? {
        guard !text.isEmpty, text.count <= 15 else { return nil }
        let table: [(String, Int)] = [
            ("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9),
            ("v", 5),
            ("iv", 4), ("i", 1),
        ]
        var rest = Substring(text)
        var value = 0
        for (sign, amount) in table {
            var repeats = 0
            while rest.hasPrefix(sign), repeats < (sign.count == 1 ? 3 : 1) {
                rest = rest.dropFirst(sign.count)
                value += amount
                repeats += 1
            }
        }
        return rest.isEmpty ? value : nil
    }
}
