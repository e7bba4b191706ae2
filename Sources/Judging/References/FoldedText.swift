/// A text as a sequence of words in which writing does not matter: case, diacritics of Latin letters, punctuation and white space are gone.
///
/// - Latin letters lose their marks (`Besançon` is `besancon`, `Łódź` is `lodz`); `ß`, `æ`, `œ`, `þ` are two letters, combining marks vanish.
/// - An apostrophe or a hyphen parts words, so that `Paris's` has `paris` and `twenty-one` is `twenty one`.
/// - A number is one word: `1,000` is `1000`, `3.14` stays whole, a minus sign that belongs to it stays.
/// - A sign that means something (`+ % = < > $ € £ ° &`, and `#` behind a letter, as in `C#`) is a word by itself.
/// - Ideographs, kana and Thai are written without spaces: each character is a word.
struct FoldedText: Sendable, Hashable {
    let words: [String]

    var isEmpty: Bool { words.isEmpty }

    init(_ text: String) {
        var folding = Folding(Array(text.unicodeScalars))
        words = folding.run()
    }

    /// The other's words occur in this order, side by side.
    func contains(_ other: FoldedText) -> Bool {
        guard let first = other.words.first, other.words.count <= words.count else { return false }
        for start in 0...(words.count - other.words.count) where words[start] == first {
            if words[start..<start + other.words.count].elementsEqual(other.words) { return true }
        }
        return false
    }
}

private struct Folding {
    let scalars: [Unicode.Scalar]
    private var words: [String] = []
    private var word = ""

    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func run() -> [String] {
        for index in scalars.indices { take(index) }
        end()
        return words
    }

    private mutating func end() {
        if !word.isEmpty { words.append(word) }
        word = ""
    }

    private mutating func alone(_ text: String) {
        end()
        words.append(text)
    }

    private func scalar(_ index: Int) -> Unicode.Scalar? { scalars.indices.contains(index) ? scalars[index] : nil }

    private func isDigit(_ index: Int) -> Bool { scalar(index).map { ("0"..."9").contains($0) } ?? false }

    private mutating func take(_ index: Int) {
        let scalar = scalars[index]
        switch scalar {
        case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
        case "A"..."Z": word.unicodeScalars.append(Unicode.Scalar(scalar.value + 32) ?? scalar)
        case ".":
            if isDigit(index - 1), isDigit(index + 1) { word.append(".") } else { end() }
        case ",":
            // "1,000" but not "1,2".
            let isGroup = isDigit(index - 1) && (1...3).allSatisfy { isDigit(index + $0) } && !isDigit(index + 4)
            if !isGroup { end() }
        case "-", "\u{2212}":
            let isSign = isDigit(index + 1) && !(self.scalar(index - 1).map { $0.properties.isAlphabetic || isDigit(index - 1) } ?? false)
            end()
            if isSign { word = "-" }
        case "+", "%", "=", "<", ">", "$", "€", "£", "°", "&": alone(String(Character(scalar)))
        case "#":
            if let previous = self.scalar(index - 1), previous.properties.isAlphabetic { alone("#") } else { end() }
        case _ where scalar.isASCII: end()
        default: takeForeign(scalar)
        }
    }

    private mutating func takeForeign(_ scalar: Unicode.Scalar) {
        // Subscripts and superscripts: H₂O, m².
        switch scalar.value {
        case 0x2080...0x2089: return word.append(String(scalar.value - 0x2080))
        case 0x2070, 0x2074...0x2079: return word.append(String(scalar.value - 0x2070))
        case 0xB9: return word.append("1")
        case 0xB2, 0xB3: return word.append(String(scalar.value - 0xB0))
        case 0x200B...0x200D, 0x2060, 0xFEFF, 0xAD: return
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark where (0x300...0x36F).contains(scalar.value): return
        case .nonspacingMark, .spacingMark, .enclosingMark: word.unicodeScalars.append(scalar)
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .otherNumber,
            .letterNumber:
            if isUnspaced(scalar) { alone(String(Character(scalar))) } else { word.append(LatinLetter.base(of: scalar)) }
        default: end()
        }
    }

    private func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value) || (0x0E00...0x0E7F).contains(scalar.value)
    }
}

/// Base letters of Latin letters with marks, by their Unicode names, which need no table: LATIN SMALL LETTER C WITH CEDILLA.
enum LatinLetter {
    static func base(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "ß", "ẞ": return "ss"
        case "æ", "Æ", "ǽ", "Ǽ": return "ae"
        case "œ", "Œ": return "oe"
        case "þ", "Þ": return "th"
        case "ð", "Ð": return "d"
        case "ı", "İ": return "i"
        default: break
        }
        if let name = scalar.properties.name, name.hasPrefix("LATIN ") {
            let words = name.split(separator: " ")
            if words.count >= 4, words[2] == "LETTER", words[3].count == 1, words.count == 4 || words[4] == "WITH" {
                return words[3].lowercased()
            }
        }
        return scalar.properties.lowercaseMapping
    }
}
