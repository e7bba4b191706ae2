/// Names in running text, by their capitals.
enum NameFinder {
    struct Found: Sendable, Hashable {
        var text: String
        var range: Range<String.Index>
    }

    /// Words, capitalised or not, and whether there are digits in it.
    static func shape(_ name: String) -> [Bool] {
        name.split(separator: " ").map { $0.first?.isUppercase ?? false } + [name.contains(where: \.isNumber)]
    }

    /// One to four capitalised words in a row of which the first does not begin a sentence or a line.
    static func names(in text: String) -> [Found] {
        var names: [Found] = []
        var run: Range<String.Index>?
        var words = 0
        var beginsSentence = true
        func close() {
            if let range = run, words <= 4, text[range].count >= 3 { names.append(Found(text: String(text[range]), range: range)) }
            run = nil
            words = 0
        }
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index].isLetter else {
                let character = text[index]
                if character.isNewline || ".!?:;#*-•".contains(character) { beginsSentence = true }
                if character != " " && character != "-" && character != "'" || beginsSentence { close() }
                index = text.index(after: index)
                continue
            }
            var end = index
            while end < text.endIndex, text[end].isLetter || text[end].isNumber { end = text.index(after: end) }
            if text[index].isUppercase && !beginsSentence {
                run = (run?.lowerBound ?? index)..<end
                words += 1
            } else {
                close()
            }
            beginsSentence = false
            index = end
        }
        close()
        return names
    }
}
