/// Finds the number that an answer comes to.
///
/// In this order: the last number in the last `\boxed{}`; the number right behind the last "answer is", "answer:", "answer =" or the like (with
/// `=` on the line behind it the number behind the last `=`); the last number of the text. Digits that belong to a name (`CO2`, `x1`) or an
/// exponent (`m^2`) are no numbers.
enum NumberReader {
    struct Found: Sendable, Hashable {
        /// As it stands in the answer, for messages.
        var text: String
        /// What it may mean: `1,234` is 1234 or, with a decimal comma, 1.234.
        var readings: [Double]
    }

    static func finalNumber(in answer: String) -> Found? {
        let text = NumberScanner.plain(answer)
        if let boxed = lastBoxed(text), let number = NumberScanner.numbers(in: boxed).last { return number.found }
        if let number = behindMarker(text) { return number }
        return NumberScanner.numbers(in: text).last?.found
    }

    /// Small numbers in English words: too many ways to write them to compare.
    static func hasNumberWord(_ answer: String) -> Bool {
        let words: Set<String> = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
            "fourteen",
            "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
            "ninety",
            "hundred", "thousand", "million", "half", "dozen", "none",
        ]
        return FoldedText(answer).words.contains { words.contains($0) }
    }

    private static func lastBoxed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        let mark = Array("\\boxed{".unicodeScalars)
        guard let start = text.lastStart(of: mark) else { return nil }
        var depth = 1
        var end = start + mark.count
        while end < text.count {
            if text[end] == "{" { depth += 1 }
            if text[end] == "}" { depth -= 1 }
            if depth == 0 { break }
            end += 1
        }
        return Array(text[start + mark.count..<end])
    }

    private static func behindMarker(_ text: [Unicode.Scalar]) -> Found? {
        let lower = text.map { ("A"..."Z").contains($0) ? Unicode.Scalar($0.value + 32) ?? $0 : $0 }
        var best: Int?
        for marker in [
            "answer is", "answer:", "answer =", "answer**:", "answer:**", "result is", "result:", "antwort ist", "antwort:", "réponse est",
            "réponse :", "réponse:", "respuesta es", "respuesta:", "answer is:",
        ] {
            let scalars = Array(marker.unicodeScalars)
            if let start = lower.lastStart(of: scalars) { best = max(best ?? 0, start + scalars.count) }
        }
        guard let best else { return nil }
        // What may stand between the marker and its number: marks of emphasis and formulas, and the line break of "Answer:\n42".
        let rest = Array(text[best...])
        let numbers = NumberScanner.numbers(in: rest)
        guard let first = numbers.first, rest[..<first.range.lowerBound].allSatisfy({ isFiller($0) }) else { return nil }
        let lineEnd = rest[first.range.upperBound...].firstIndex(of: "\n") ?? rest.count
        if let equals = rest[first.range.upperBound..<lineEnd].lastIndex(of: "="),
            let behind = numbers.first(where: { $0.range.lowerBound > equals && $0.range.lowerBound < lineEnd })
        {
            return behind.found
        }
        return first.found
    }

    private static func isFiller(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "*", "_", "`", ":", "(", "[", "{", "\\", "~", "≈", "=", "#", ">", "\"": true
        default: scalar.properties.isWhitespace
        }
    }
}

extension [Unicode.Scalar] {
    func lastStart(of pattern: [Unicode.Scalar]) -> Int? {
        guard !pattern.isEmpty, pattern.count <= count else { return nil }
        var start = count - pattern.count
        while start >= 0 {
            if self[start] == pattern[0], self[start..<start + pattern.count].elementsEqual(pattern) { return start }
            start -= 1
        }
        return nil
    }
}
