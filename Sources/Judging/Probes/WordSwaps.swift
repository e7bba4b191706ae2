/// Words whose exchange changes what a sentence says.
enum WordSwaps {
    static let units = [
        ("km", "miles"), ("kilometers", "miles"), ("kilometres", "miles"), ("miles", "kilometres"), ("meters", "feet"), ("metres", "feet"),
        ("feet", "metres"), ("cm", "mm"), ("mm", "cm"), ("kg", "g"), ("grams", "kilograms"), ("pounds", "ounces"), ("liters", "gallons"),
        ("litres", "gallons"), ("hours", "minutes"), ("minutes", "seconds"), ("seconds", "minutes"), ("days", "weeks"), ("weeks", "months"),
        ("months", "years"), ("years", "months"), ("°C", "°F"), ("°F", "°C"), ("Celsius", "Fahrenheit"), ("percent", "per mille"),
        ("million", "billion"), ("billion", "million"), ("thousand", "million"), ("dollars", "cents"), ("euros", "cents"), ("century", "decade"),
    ]

    static let negations = [
        ("is not", "is"), ("are not", "are"), ("cannot", "can"), ("does not", "does"), ("do not", "do"), ("was not", "was"), ("never", "always"),
        ("always", "never"), ("is", "is not"), ("are", "are not"), ("was", "was not"), ("were", "were not"), ("can", "cannot"), ("has", "has no"),
        ("increases", "decreases"), ("decreases", "increases"), ("before", "after"), ("after", "before"), ("true", "false"), ("false", "true"),
        ("True", "False"), ("False", "True"), ("Yes", "No"), ("No", "Yes"), ("yes", "no"), ("no", "yes"), ("north", "south"), ("south", "north"),
        ("east", "west"), ("west", "east"), ("larger", "smaller"), ("smaller", "larger"), ("first", "last"), ("all", "no"),
    ]
}

/// Names in running text, by their capitals.
enum NameFinder {
    struct Found: Sendable, Hashable {
        var text: String
        var range: Range<String.Index>
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
