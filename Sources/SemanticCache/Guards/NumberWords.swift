/// Reads numbers in words, ordinals and Roman numerals.
enum NumberWords {
    static func merged(_ tokens: [PromptToken]) -> [PromptToken] {
        var result: [PromptToken] = []
        result.reserveCapacity(tokens.count)
        var index = 0
        while index < tokens.count {
            if let quarter = quarter(tokens, index) {
                var token = PromptToken(word: quarter)
                token.role = .date
                result.append(token)
                index += 2
            } else if let (value, width) = read(tokens, index) {
                let after = index + width
                if value == "19", after < tokens.count, tokens[min(after + (tokens[after].text == "-" ? 1 : 0), tokens.count - 1)].isDecade
                {
                    index = after + (tokens[after].text == "-" ? 1 : 0)
                    continue
                }
                var token = PromptToken(word: value)
                token.role = .number
                token.isQuoted = tokens[index].isQuoted
                token.isSoftOne = value == "1" && tokens[index].text == "one"
                result.append(token)
                index += width
            } else {
                result.append(tokens[index])
                index += 1
            }
        }
        return result
    }

    /// "Q3", which the lexer cuts in two.
    private static func quarter(_ tokens: [PromptToken], _ index: Int) -> String? {
        guard tokens[index].text == "q", tokens[index].capitals != .none || index == 0, index + 1 < tokens.count,
            tokens[index + 1].role == .number,
            ["1", "2", "3", "4"].contains(tokens[index + 1].text)
        else { return nil }
        return "q" + tokens[index + 1].text
    }

    private static func read(_ tokens: [PromptToken], _ start: Int) -> (String, Int)? {
        let token = tokens[start]
        if token.role == .number {
            guard start + 1 < tokens.count, let power = powers[tokens[start + 1].text], tokens[start + 1].role == .content else {
                return nil
            }
            return (NumberText.scaled(token.text, by: power), 2)
        }
        guard token.role == .content, !token.isSymbol else { return nil }
        if token.capitals != .none, let value = roman(tokens, start) { return (String(value), 1) }
        guard token.traits.contains(.number) else { return nil }
        if token.text == "a" || token.text == "an", start + 1 < tokens.count, let power = powers[tokens[start + 1].text] {
            return ("1" + String(repeating: "0", count: power), 2)
        }
        return cardinal(tokens, start)
    }

    /// "Two hundred and five", "twenty-first", "two thirds".
    private static func cardinal(_ tokens: [PromptToken], _ start: Int) -> (String, Int)? {
        var total = 0
        var group = 0
        var lastUnit = 1_000
        var index = start
        var isOrdinal = false
        scan: while index < tokens.count, !isOrdinal, index - start < 24 {
            let word = tokens[index].text
            if tokens[index].role == .sign, word == "-", index > start, index + 1 < tokens.count,
                small[tokens[index + 1].text] != nil || ordinals[tokens[index + 1].text] != nil, group % 10 == 0, group >= 20
            {
                index += 1
                continue
            }
            guard tokens[index].role == .content else { break }
            if word == "and", index > start, group >= 100 || total > 0, index + 1 < tokens.count, small[tokens[index + 1].text] != nil {
                index += 1
                continue
            }
            if let value = small[word] {
                guard accepts(value, after: lastUnit, group: group), word != "one" || isOne(tokens, index, group > 0 || total > 0) else {
                    break scan
                }
                group += value
                lastUnit = value
            } else if word == "hundred", index > start, group > 0, group < 100 {
                group *= 100
                lastUnit = 100
            } else if let power = powers[word], power >= 3, index > start, group > 0, group < 1_000, total < 1_000_000_000_000 {
                total += group * (0..<power).reduce(1) { value, _ in value * 10 }
                group = 0
                lastUnit = 1_000
            } else if let value = ordinals[word], isOrdinalUse(tokens, index, group: group), accepts(value, after: lastUnit, group: group) {
                group += value
                isOrdinal = true
            } else {
                break
            }
            index += 1
        }
        guard index > start, total + group > 0 || tokens[start].text == "zero" else { return nil }
        // "two thirds", "one half"
        if !isOrdinal, index < tokens.count, let part = fractions[tokens[index].text] {
            return ("\(total + group)/\(part)", index - start + 1)
        }
        return (String(total + group), index - start)
    }

    private static func accepts(_ value: Int, after last: Int, group: Int) -> Bool {
        if group == 0 { return true }
        if last == 100 { return value < 100 }
        return last >= 20 && last < 100 && last % 10 == 0 && value < 10 && value > 0
    }

    /// A figure, and not "which one", "one of", "no one", "one should".
    private static func isOne(_ tokens: [PromptToken], _ index: Int, _ isTail: Bool) -> Bool {
        if isTail { return true }
        let before = index > 0 ? tokens[index - 1].text : ""
        let after = index + 1 < tokens.count ? tokens[index + 1].text : ""
        if [
            "which", "this", "that", "the", "no", "any", "every", "each", "some", "another", "good", "best", "better", "does", "do", "can",
            "should",
        ].contains(before) {
            return false
        }
        return !["", "of", "another", "should", "can", "could", "would", "might", "must", "is", "to", "who", "that"].contains(after)
    }

    /// "Second" may be a unit of time; "quarter" and "half" alone are no ordinals.
    private static func isOrdinalUse(_ tokens: [PromptToken], _ index: Int, group: Int) -> Bool {
        guard tokens[index].text == "second" else {
            return tokens[index].text != "first" || index == 0 || !["at", "for"].contains(tokens[index - 1].text)
        }
        if group > 0 { return group >= 20 }
        guard index > 0, index + 1 < tokens.count, tokens[index + 1].role == .content, !FunctionWords.contains(tokens[index + 1].text)
        else {
            return false
        }
        let before = tokens[index - 1]
        return before.role == .content
            && ["the", "a", "my", "your", "his", "her", "its", "their", "in", "of", "last"].contains(before.text)
    }

    private static func roman(_ tokens: [PromptToken], _ index: Int) -> Int? {
        let token = tokens[index]
        guard index > 0, token.text.allSatisfy({ "ivx".contains($0) }), token.capitals != .none, let raw = token.raw,
            raw == raw.uppercased(), raw.utf8.count >= 2 || token.text == "v" || token.text == "x"
        else {
            return nil
        }
        let before = tokens[index - 1]
        let isNumbered = before.capitals == .initial || numbered.contains(before.text)
        guard isNumbered, raw.utf8.count >= 2 || before.capitals == .initial || numbered.contains(before.text) else { return nil }
        return NumberText.roman(token.text)
    }

    private static let numbered: Set<String> = [
        "war", "part", "chapter", "volume", "act", "type", "phase", "title", "article", "book", "stage", "level", "class", "section",
        "grade", "version",
    ]

    /// What a number may begin with.
    static var words: [String] { Array(small.keys) + Array(ordinals.keys) + ["a", "an"] }

    private static let powers: [String: Int] = [
        "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "crore": 7,
    ]

    private static let fractions: [String: Int] = [
        "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4, "fifth": 5, "fifths": 5, "sixths": 6, "eighths": 8,
        "tenth": 10, "tenths": 10, "hundredth": 100, "hundredths": 100,
    ]

    private static let small: [String: Int] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11,
        "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
        "twenty": 20,
        "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    ]

    private static let ordinals: [String: Int] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
        "eleventh": 11,
        "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
        "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100,
    ]
}
