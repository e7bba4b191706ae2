extension PromptLexer {
    /// A number, a date, a time of day or a version, with whatever unit or multiplier is glued to it.
    mutating func takeNumber() {
        if takeISODate() || takeSlashDate() || takeClock() { return }
        let start = position
        var end = digits(from: start)
        var whole = text(start..<end)
        // 1,000 and 1_000 and 1'000: groups of exactly three.
        if whole.count <= 3, scalar(at: start) != "0" {
            while let mark = scalar(at: end), mark == "," || mark == "_" || mark == "'", digits(from: end + 1) == end + 4 {
                whole += text(end + 1..<end + 4)
                end += 4
            }
        }
        var points = 0
        var tail = ""
        while scalar(at: end) == ".", digits(from: end + 1) > end + 1 {
            let next = digits(from: end + 1)
            tail += text(end..<next)
            end = next
            points += 1
        }
        if points > 1 {
            append(.identifier, whole + tail)
            position = end
            return
        }
        let sign = isNegative(start) ? "-" : ""
        takeSuffix(value: sign + stripped(whole) + tail, end: end)
    }

    private func digits(from index: Int) -> Int {
        var end = index
        while let scalar = scalar(at: end), ScalarClass.isDigit(scalar) { end += 1 }
        return end
    }

    private func stripped(_ digits: String) -> String {
        let rest = digits.drop { $0 == "0" }
        return rest.isEmpty ? "0" : String(rest)
    }

    /// A minus sign, and not a range or a hyphen.
    private func isNegative(_ start: Int) -> Bool {
        guard scalar(at: start - 1) == "-" else { return false }
        guard let before = scalar(at: start - 2) else { return true }
        return ScalarClass.isBlank(before) || "([,=".unicodeScalars.contains(before)
    }

    /// Ordinal endings, decades, multipliers, and units written without a space.
    private mutating func takeSuffix(value: String, end: Int) {
        var letters = end
        while let scalar = scalar(at: letters),
            scalar.isASCII && ScalarClass.isLetter(scalar) || scalar.value == 0xB5 || scalar.value == 0x3BC,
            letters < end + 8
        {
            letters += 1
        }
        let suffix = text(end..<letters)
        let folded = suffix.lowercased()
        position = letters
        switch folded {
        case "": number(value)
        case "st", "nd", "rd", "th": number(value)
        case "s" where value.count == 4 && value.hasSuffix("0") && !value.contains("."): append(.date, value + "s")
        case "s" where value.count == 2 && value.hasSuffix("0"): append(.date, "19" + value + "s")
        case "k": number(NumberText.scaled(value, by: 3))
        case "mn", "mio", "mln": number(NumberText.scaled(value, by: 6))
        case "m" where suffix == "M" || lexemes.last?.kind == .unit: number(NumberText.scaled(value, by: 6))
        case "bn": number(NumberText.scaled(value, by: 9))
        case "b" where lexemes.last?.kind == .unit: number(NumberText.scaled(value, by: 9))
        case "am", "pm": append(.date, NumberText.clock(hour: value, minute: "0", half: folded))
        default:
            if let unit = UnitLexicon.glued(suffix) {
                number(NumberText.trimmed(value))
                append(.unit, unit)
            } else {
                // A label such as "4o" or "3D": the digits and the letters count, and so does their being one word.
                number(value)
                position = end
            }
        }
    }

    private mutating func number(_ value: String) {
        let isAmount = lexemes.last?.kind == .unit || scalar(at: position) == "%" || followsUnit()
        append(.number, isAmount ? NumberText.trimmed(value) : value)
    }

    /// Whether a unit comes next: then 3.50 is 3.5, and no version.
    private func followsUnit() -> Bool {
        var place = position
        while let scalar = scalar(at: place), ScalarClass.isBlank(scalar) || scalar == "-", place < position + 8 { place += 1 }
        var end = place
        while let scalar = scalar(at: end), ScalarClass.isLetter(scalar), end < place + 12 { end += 1 }
        if end == place { return scalar(at: place).map { "$\u{20AC}\u{A3}\u{A5}\u{B0}".unicodeScalars.contains($0) } ?? false }
        let word = text(place..<end)
        return UnitLexicon.glued(word) != nil || UnitLexicon.word(word.lowercased()) != nil
    }

    // MARK: - Dates and times

    /// `2024-03-05`, and `2024-03`.
    private mutating func takeISODate() -> Bool {
        let year = digits(from: position)
        guard year == position + 4, scalar(at: year) == "-" else { return false }
        let month = digits(from: year + 1)
        guard month - year == 3, let number = Int(text(year + 1..<month)), (1...12).contains(number) else { return false }
        var day: Int?
        var end = month
        if scalar(at: month) == "-" {
            let close = digits(from: month + 1)
            if close - month == 3 {
                day = Int(text(month + 1..<close))
                end = close
            }
        }
        if let next = scalar(at: end), ScalarClass.isDigit(next) { return false }
        append(.date, "m:\(number)")
        if let day { append(.number, String(day)) }
        append(.number, stripped(text(position..<year)))
        position = end
        return true
    }

    /// `3/4/2024` and `3.4.2024` stay as they are: which of them is the month nobody can tell.
    private mutating func takeSlashDate() -> Bool {
        let first = digits(from: position)
        guard first - position <= 2, let mark = scalar(at: first), mark == "/" || mark == "." || mark == "-" else { return false }
        let second = digits(from: first + 1)
        guard second > first + 1, second - first <= 3, scalar(at: second) == mark else { return false }
        let third = digits(from: second + 1)
        let length = third - second - 1
        guard length == 4 || length == 2 && mark == "/" else { return false }
        if let next = scalar(at: third), ScalarClass.isLetter(next) { return false }
        append(.date, "d:\(stripped(text(position..<first)))/\(stripped(text(first + 1..<second)))/\(text(second + 1..<third))")
        position = third
        return true
    }

    /// `14:30`, `2:30 pm`, `3 p.m.`
    private mutating func takeClock() -> Bool {
        let hourEnd = digits(from: position)
        guard hourEnd - position <= 2, let hour = Int(text(position..<hourEnd)), hour <= 24 else { return false }
        var end = hourEnd
        var minute: String?
        if scalar(at: hourEnd) == ":" {
            let close = digits(from: hourEnd + 1)
            guard close == hourEnd + 3, scalar(at: close) != ":" else { return false }
            minute = text(hourEnd + 1..<close)
            end = close
        }
        var place = end
        while scalar(at: place).map(ScalarClass.isBlank) ?? false, place < end + 8 { place += 1 }
        var half: String?
        if let letter = scalar(at: place)?.properties.lowercaseMapping, letter == "a" || letter == "p" {
            var next = place + 1
            if scalar(at: next) == "." { next += 1 }
            if scalar(at: next)?.properties.lowercaseMapping == "m" {
                next += 1
                if scalar(at: next) == ".", scalar(at: next - 2) == "." { next += 1 }
                if scalar(at: next).map({ !ScalarClass.isLetter($0) && !ScalarClass.isDigit($0) }) ?? true {
                    half = String(letter) + "m"
                    end = next
                }
            }
        }
        guard minute != nil || half != nil else { return false }
        append(.date, NumberText.clock(hour: String(hour), minute: minute ?? "0", half: half))
        position = end
        return true
    }
}
