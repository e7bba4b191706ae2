#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Reads the numbers of a text, in their order: `-12`, `1,234.5`, `1 234,5`, `$3.50`, `12 %`, `2.5e3`, `6.02 × 10^23`, `3/4`, `1 3/4`, `½`, `3 million`.
struct NumberScanner {
    struct Number: Sendable, Hashable {
        /// In the scanned scalars, sign and currency included.
        var range: Range<Int>
        var found: NumberReader.Found
    }

    /// The text with LaTeX's ways of writing numbers undone: `1{,}234`, `\frac{3}{4}`, `\times`, `\$`, `\,`.
    static func plain(_ text: String) -> [Unicode.Scalar] {
        var plain = text
        guard text.utf8.contains(UInt8(ascii: "\\")) || text.utf8.contains(UInt8(ascii: "{")) else { return Array(text.unicodeScalars) }
        for (spelling, meaning) in [
            ("{,}", ","), ("\\,", "\u{2009}"), ("\\!", ""), ("\\$", "$"), ("\\%", "%"), ("\\times", "×"), ("\\cdot", "×"),
            ("\\dfrac", "\\frac"),
            ("\\tfrac", "\\frac"), ("\\left", ""), ("\\right", ""),
        ] { plain = plain.replacing(spelling, with: meaning) }
        return fractionsPlain(Array(plain.unicodeScalars))
    }

    static func numbers(in text: [Unicode.Scalar]) -> [Number] {
        var scanner = NumberScanner(text: text)
        return scanner.run()
    }

    private let text: [Unicode.Scalar]
    private var at = 0
    private init(text: [Unicode.Scalar]) { self.text = text }

    // MARK: Walking

    private mutating func run() -> [Number] {
        var numbers: [Number] = []
        while at < text.count {
            let start = at
            guard startsNumber(start), let number = read(start) else {
                at = max(at, start + 1)
                continue
            }
            numbers.append(number)
            at = number.range.upperBound
        }
        return numbers
    }

    func scalar(_ index: Int) -> Unicode.Scalar { text.indices.contains(index) ? text[index] : "\n" }
    func isDigit(_ index: Int) -> Bool { ("0"..."9").contains(scalar(index)) }

    /// A digit, or a point before one, that is not the tail of a name, an exponent or another number.
    private mutating func startsNumber(_ index: Int) -> Bool {
        if Self.vulgar[scalar(index)] != nil { return true }
        guard isDigit(index) || (scalar(index) == "." && isDigit(index + 1) && !isDigit(index - 1)) else { return false }
        let before = scalar(index - 1)
        let isName = (before.properties.isAlphabetic || before == "_") && !hasCurrencyCode(before: index)
        let isExponent =
            before == "^" || (before == "{" && scalar(index - 2) == "^")
            || (before == "-" && "^{".unicodeScalars.contains(scalar(index - 2)) && hasCaret(index))
        guard isName || isExponent else { return true }
        // Over all of it, so that its tail is not taken for a number.
        at = index
        while isDigit(at) || (scalar(at) == "." && isDigit(at + 1)) { at += 1 }
        return false
    }

    private func hasCaret(_ index: Int) -> Bool { scalar(index - 2) == "^" || scalar(index - 3) == "^" }

    /// USD42, Rs500.
    private func hasCurrencyCode(before index: Int) -> Bool {
        var start = index
        while start > 0, scalar(start - 1).properties.isAlphabetic { start -= 1 }
        let word = String(text[start..<index]).uppercased()
        return ["USD", "EUR", "GBP", "CHF", "JPY", "INR", "RS", "US", "CA", "AU"].contains(word)
    }

    // MARK: Reading

    private func read(_ first: Int) -> Number? {
        var end = first
        var readings: [Double]
        if let half = Self.vulgar[scalar(first)] {
            readings = [half]
            end = first + 1
        } else {
            (readings, end) = decimal(first)
            guard !readings.isEmpty else { return nil }
            (readings, end) = withExponent(readings, end)
            if scalar(first - 1) != "/" { (readings, end) = withFraction(readings, end) }
        }
        (readings, end) = withScale(readings, end)
        let start = signStart(first)
        let isNegative = text[start..<first].contains { $0 == "-" || $0 == "\u{2212}" || $0 == "\u{2013}" }
        if isNegative { readings = readings.map { -$0 } }
        return Number(range: start..<end, found: NumberReader.Found(text: String(text[start..<end]), readings: readings))
    }

    /// Where sign and currency begin: `-5`, `-$5`, `$-5`, `$ 5`.
    private func signStart(_ first: Int) -> Int {
        var start = first
        if isCurrency(start - 1) { start -= 1 } else if scalar(start - 1) == " ", isCurrency(start - 2) { start -= 2 }
        if isMinus(start - 1) {
            let before = scalar(start - 2)
            // "10-5" is a range or a difference; "– 5" after a word is a dash.
            let belongs = !(before.properties.isAlphabetic || ("0"..."9").contains(before) || before == ")" || before == "%")
            if belongs { start -= 1 }
        }
        if start < first, isMinus(start), isCurrency(start - 1) { start -= 1 }
        return start
    }

    func isMinus(_ index: Int) -> Bool { ["-", "\u{2212}", "\u{2013}"].contains(scalar(index)) }
    private func isCurrency(_ index: Int) -> Bool { scalar(index).properties.generalCategory == .currencySymbol }

    /// Digits with separators, and what they may mean.
    private func decimal(_ first: Int) -> (readings: [Double], end: Int) {
        var groups: [String] = [""]
        var separators: [Unicode.Scalar] = []
        var end = first
        while true {
            if isDigit(end) {
                groups[groups.count - 1].unicodeScalars.append(scalar(end))
                end += 1
            } else if isSeparator(end), isDigit(end + 1) {
                // A blank, an apostrophe or an underscore only parts groups of three.
                let isThree = isDigit(end + 2) && isDigit(end + 3) && !isDigit(end + 4)
                let isPointOrComma = scalar(end) == "." || scalar(end) == ","
                guard isPointOrComma || (isThree && (1...3).contains(groups[groups.count - 1].count)) else { break }
                separators.append(scalar(end))
                groups.append("")
                end += 1
            } else {
                break
            }
        }
        return (Self.meanings(groups, separators), end)
    }

    private func isSeparator(_ index: Int) -> Bool {
        switch scalar(index) {
        case ".", ",", " ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "\u{2019}", "_": true
        default: false
        }
    }

    private static func meanings(_ groups: [String], _ separators: [Unicode.Scalar]) -> [Double] {
        guard let last = separators.last, let lastGroup = groups.last else { return Double(groups[0]).map { [$0] } ?? [] }
        let allThree = groups.dropFirst().allSatisfy { $0.count == 3 } && (1...3).contains(groups[0].count)
        let whole = Double(groups.joined())
        let kinds = Set(separators)
        if kinds.count == 1 {
            // One kind of separator: it groups, or it is the one decimal mark.
            let decimal =
                separators.count == 1 && (last == "." || last == ",") ? Double("\(groups[0].isEmpty ? "0" : groups[0]).\(lastGroup)") : nil
            let grouped = allThree ? whole : nil
            // "5 200 ml bottles": a blank may part two numbers; the last one is a reading, too.
            let alone = last == " " ? Double(lastGroup) : nil
            let readings = last == "." ? [decimal, grouped] : [grouped, decimal, alone]
            let known = readings.compactMap { $0 }
            // "1, 2, 3" never comes here, "1,2,3" does: a list.
            return known.isEmpty ? [Double(lastGroup)].compactMap { $0 } : known
        }
        // Two kinds: the last is the decimal mark if it stands once.
        let isDecimal = (last == "." || last == ",") && separators.filter { $0 == last }.count == 1
        guard isDecimal else { return [whole].compactMap { $0 } }
        return [Double(groups.dropLast().joined() + "." + lastGroup)].compactMap { $0 }
    }

    /// `e3`, `× 10^3`, `x 10^{-3}`, `^10` behind a plain number.
    private func withExponent(_ readings: [Double], _ end: Int) -> ([Double], Int) {
        if scalar(end) == "e" || scalar(end) == "E", let (power, after) = integer(end + 1) {
            return (readings.compactMap { Double("\($0)e0").map { $0 * pow(10, Double(power)) } }, after)
        }
        if scalar(end) == "^", let (power, after) = braced(end + 1) { return (readings.map { pow($0, Double(power)) }, after) }
        var next = blanks(end)
        guard ["×", "x", "*", "·", "X"].contains(scalar(next)) else { return (readings, end) }
        next = blanks(next + 1)
        guard scalar(next) == "1", scalar(next + 1) == "0" else { return (readings, end) }
        if scalar(next + 2) == "^", let (power, after) = braced(next + 3) {
            return (readings.map { $0 * pow(10, Double(power)) }, after)
        }
        if let (power, after) = superscript(next + 2) { return (readings.map { $0 * pow(10, Double(power)) }, after) }
        return (readings, end)
    }

    /// `3/4` and `1 3/4`; a date is neither.
    private func withFraction(_ readings: [Double], _ end: Int) -> ([Double], Int) {
        if scalar(end) == "/", let (below, after) = natural(end + 1), below > 0, !(scalar(after) == "/" || scalar(after) == "."),
            readings.count == 1
        {
            return (readings.map { $0 / Double(below) }, after)
        }
        let next = blanks(end)
        if let part = Self.vulgar[scalar(next)], readings.count == 1 { return ([readings[0] + part], next + 1) }
        if next == end + 1, readings.count == 1, let (above, slash) = natural(next), scalar(slash) == "/",
            let (below, after) = natural(slash + 1),
            above < below, scalar(after) != "/"
        {
            return ([readings[0] + Double(above) / Double(below)], after)
        }
        return (readings, end)
    }

    /// "3 million" is 3,000,000 or, in an answer asked for in millions, 3.
    private func withScale(_ readings: [Double], _ end: Int) -> ([Double], Int) {
        let start = blanks(end)
        guard start - end <= 1 else { return (readings, end) }
        var after = start
        while scalar(after).properties.isAlphabetic { after += 1 }
        let word = String(text[start..<min(after, text.count)]).lowercased()
        guard let factor = Self.scales[word] else { return (readings, end) }
        return (readings.map { $0 * factor } + readings, after)
    }

    private static let scales: [String: Double] = [
        "thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "millionen": 1e6, "milliarden": 1e9,
        "milliards": 1e9, "millones": 1e6, "mille": 1e3, "tausend": 1e3, "mil": 1e3,
    ]

    private static let vulgar: [Unicode.Scalar: Double] = [
        "½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1.0 / 3, "⅔": 2.0 / 3, "⅕": 0.2, "⅖": 0.4, "⅗": 0.6, "⅘": 0.8, "⅙": 1.0 / 6, "⅚": 5.0 / 6,
        "⅛": 0.125,
        "⅜": 0.375, "⅝": 0.625, "⅞": 0.875,
    ]
}
