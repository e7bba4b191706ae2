/// Compares prompts that are written nearly alike: the same words in another order, in other case, with other signs, or with one word
/// exchanged or put in. There only a short list of changes is harmless.
enum VerbatimComparison {
    static func separates(_ asked: VerbatimFacts, _ stored: VerbatimFacts) -> Bool {
        if differsInCase(asked, stored) || differsInPersons(asked, stored) { return true }
        if asked.words == stored.words {
            return asked.signs != stored.signs || asked.isLiteral && asked.everyWord != stored.everyWord
                || movesLetter(asked.everyWord, stored.everyWord)
        }
        if asked.words.count == stored.words.count, asked.words.sorted() == stored.words.sorted() {
            return !isHarmlessMove(asked.words, stored.words)
        }
        return differsInOnePlace(asked, stored)
    }

    /// "A" may be a letter: "is a not b" is not "is not a b".
    private static func movesLetter(_ one: [String], _ other: [String]) -> Bool {
        one != other && one.count == other.count && one.sorted() == other.sorted() && one.contains("a")
    }

    // MARK: - Case

    private static func differsInCase(_ asked: VerbatimFacts, _ stored: VerbatimFacts) -> Bool {
        asked.forms.contains { word, forms in
            guard let others = stored.forms[word] else { return false }
            // The same spellings, seen once each: a word may come a thousand times.
            let one = Set(forms)
            let other = Set(others)
            guard one.count + other.count < 16 else { return one != other }
            if word.utf8.count == 1, word != "i", !forms.contains(where: \.startsSentence), !others.contains(where: \.startsSentence) {
                return one != other
            }
            let isShared = one.contains { form in
                other.contains {
                    form.raw == $0.raw || (form.startsSentence || $0.startsSentence) && form.raw.dropFirst() == $0.raw.dropFirst()
                }
            }
            return !isShared && !mayDifferInCase(word, one.union(other).map(\.raw), asked, stored)
        }
    }

    private static func mayDifferInCase(_ word: String, _ spellings: [String], _ asked: VerbatimFacts, _ stored: VerbatimFacts) -> Bool {
        let isPlain = asked.isLowerCase || stored.isLowerCase
        if isPlain, asked.words.count > 4, NameLexicon.technical.contains(word) || word == "go" { return true }
        if ambiguous.contains(word) || word.utf8.count == 1 && word != "i" || units.contains(word) { return false }
        if acronyms.contains(word) || FunctionWords.contains(word) { return true }
        if asked.isUpperCase || stored.isUpperCase { return true }
        // Capitals inside a word make a symbol of it, unless nothing but capitals is in it.
        let tails = Set(spellings.map { $0.dropFirst() })
        guard tails.count == 1 else { return NameLexicon.contains(word) }
        if NameLexicon.contains(word) || DateLexicon.word(word) != nil { return true }
        if asked.isLiteral || stored.isLiteral { return false }
        if asked.words.count > 5, stored.words.count > 5 { return true }
        return (isPlain || asked.isTitleCase || stored.isTitleCase) && word.utf8.count > 3
    }

    /// Names that are other words in lower case.
    private static let ambiguous = FunctionWords.words(
        """
        turkey polish apple march may august china jordan amazon oracle shell target gap orange swift rust ruby go nice reading bath mobile
        bush will mark bill rose grace hope us it who aids cat job amber cologne swede windows word excel access teams meta alphabet slack
        sage mercury chile guinea rails spring flask django react angular lent mass crown bolt puma jaguar
        ford dodge lima split cork essex phoenix pole poles dutch ram ion lisp pascal julia basic pearl ada nova echo
        """)

    private static let units = FunctionWords.words("mw mb gb tb kb pb kib mib gib pa mpa hz mhz ghz kw gw ev mev db ma mv ms cal kcal")

    private static let acronyms = FunctionWords.words(
        """
        sql http https html css json xml yaml csv api apis url urls nasa usa uk eu dns tcp udp ip ssh ssl tls ftp pdf gpu cpu ram rom usb
        php aws gcp cli gui ide sdk ui ux seo ceo cto dna rna hiv fbi cia nato un who iphone ipad macos ios wifi tv dvd cd pc ai ml llm
        gpt rest vpn lan wan ssd hdd faq diy vat gdp irs npm git jwt oauth crud orm svg png jpg jpeg gif mp3 mp4 rgb eli5 youtube github
        hex mov avi docx xlsx heic ffmpeg
        javascript typescript postgresql mysql sqlite mongodb graphql numpy latex powershell
        """
    ).subtracting(["ram", "who"])

    // MARK: - Who

    /// "My manager" is not "your manager"; "how do I" is "how do you" when all of it is.
    private static func differsInPersons(_ asked: VerbatimFacts, _ stored: VerbatimFacts) -> Bool {
        let one = asked.persons
        let other = stored.persons
        guard one.count == other.count, one != other, one.sorted() != other.sorted() else { return false }
        // One manager is not the other's, unless the one who asks changes too.
        return !isGeneral(one, other) && !isGeneral(other, one)
    }

    private static func isGeneral(_ one: [String], _ other: [String]) -> Bool {
        Set(one) == ["1"] && Set(other) == ["2"]
    }

    // MARK: - Order

    /// Words between which a move is searched for; in longer ones any other order is a difference.
    private static let longest = 64

    private static func isHarmlessMove(_ asked: [String], _ stored: [String]) -> Bool {
        let bare = asked.filter { !kinds.contains($0) }
        if asked.count - bare.count == 1, bare == stored.filter({ !kinds.contains($0) }) { return true }
        let one = asked
        let other = stored
        guard let first = one.indices.first(where: { one[$0] != other[$0] }),
            let last = one.indices.last(where: { one[$0] != other[$0] }), last - first < longest
        else {
            return false
        }
        let part = Array(one[first...last])
        let target = Array(other[first...last])
        // "March 5" and "5 March".
        if part.count == 2, part.contains(where: { DateLexicon.word($0) != nil }), part.contains(where: isNumeral) { return true }
        let isWhole = part.count == one.count
        for middle in 1..<part.count where Array(part[middle...] + part[..<middle]) == target {
            // "From A to B" and "to B from A".
            if part[0] != part[middle], carriers.contains(part[0]), carriers.contains(part[middle]) { return true }
            // A phrase moved from the end to the front, or the other way round; or "turn down the heat" and "turn the heat down".
            if isWhole, leading.contains(part[middle]) && !leading.contains(part[0]) { return true }
            if isWhole, leading.contains(part[0]) && !leading.contains(part[middle]) { return true }
            // "Why do owls not bark" and "why don't owls bark".
            if part.count == 2, part.contains("not"), first < 3,
                !part.contains(where: { FunctionWords.contains($0) && $0 != "not" && !subjects.contains($0) })
            {
                return true
            }
            if middle == 1, adverbs.contains(part[0]) { return true }
            if middle == part.count - 1, adverbs.contains(part[middle]) { return true }
        }
        // "Whose motto is X" and "X is whose motto".
        if isWhole, let middle = part.firstIndex(where: copulas.contains),
            Array(part[(middle + 1)...] + [part[middle]] + part[..<middle]) == target
        {
            return asks(part[0], middle) || asks(target[0], part.count - 1 - middle)
        }
        // "A and B" and "B and A".
        for middle in part.indices.dropFirst().dropLast() where joints.contains(part[middle]) {
            let left = part[..<middle]
            let right = part[(middle + 1)...]
            if Array(right + [part[middle]] + left) == target, !left.contains(where: joints.contains),
                !right.contains(where: joints.contains)
            {
                return !(right + left).contains { steps.contains($0) }
            }
        }
        return false
    }

    private static func asks(_ word: String, _ count: Int) -> Bool { count < 4 && ["what", "who", "whose", "which"].contains(word) }

    private static let subjects: Set<String> = ["i", "it", "he", "she", "we", "they", "you"]
    private static let carriers: Set<String> = ["from", "to", "into", "in", "on", "at", "for", "with"]

    private static func isNumeral(_ word: String) -> Bool { word.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }

    private static let copulas: Set<String> = ["is", "are", "was", "were"]

    /// "The number 7" is "7".
    private static let kinds = FunctionWords.words("number city country lake river language")
    private static let leading = FunctionWords.words("in for on at with using given as if when while before after during without within")
    private static let adverbs = FunctionWords.words("up down on off out away back over")
    private static let joints = FunctionWords.words("and or versus vs between with")
    private static let steps = FunctionWords.words("then first next before after not no only if")

    // MARK: - One place

    /// Equal but for one run of words, put in or exchanged for another.
    private static func differsInOnePlace(_ asked: VerbatimFacts, _ stored: VerbatimFacts) -> Bool {
        let one = asked.words
        let other = stored.words
        let shorter = min(one.count, other.count)
        guard shorter > 0 else { return false }
        var prefix = 0
        while prefix < shorter, one[prefix] == other[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < shorter - prefix, one[one.count - 1 - suffix] == other[other.count - 1 - suffix] { suffix += 1 }
        let left = Array(one[prefix..<(one.count - suffix)])
        let right = Array(other[prefix..<(other.count - suffix)])
        if left.isEmpty || right.isEmpty {
            let added = left + right
            if asked.isLiteral && stored.isLiteral, added.contains(where: one.contains), added.contains(where: other.contains) {
                return true
            }
            // "Whether or not", and "or not" at the end.
            if added == ["or", "not"], suffix == 0 || prefix > 0 && one[prefix - 1] == "whether" { return false }
            return added.contains { joining.contains($0) || !isLight($0) }
        }
        guard left.count == 1, right.count == 1 else { return false }
        // "When src is a link" and "when dst is a link", where both have both words.
        if one.contains(right[0]) || other.contains(left[0]), !FunctionWords.contains(left[0]), !FunctionWords.contains(right[0]) {
            return SynonymLexicon.canonical(WordForms.stem(left[0])) != SynonymLexicon.canonical(WordForms.stem(right[0]))
        }
        guard isGrammar(left[0]), isGrammar(right[0]) else { return false }
        return !exchangeable.contains { $0.contains(left[0]) && $0.contains(right[0]) }
    }

    /// What adds something, whatever stands behind it.
    private static let joining = FunctionWords.words("and or but not without only except before after unless never")

    /// Grammar, vague words, and what other guards compare: units and numbers.
    private static func isLight(_ word: String) -> Bool {
        FunctionWords.contains(word) || UnitLexicon.word(word) != nil || isNumeral(word) || FunctionWords.soft.contains(word)
            || polite.contains(word)
            || FunctionWords.softKeys.contains(SynonymLexicon.canonical(WordForms.stem(word)))
    }

    private static func isGrammar(_ word: String) -> Bool {
        FunctionWords.contains(word) || FunctionWords.prepositions.contains(word) || ["near", "next"].contains(word)
    }

    private static let polite = FunctionWords.words(
        """
        minus times divided percent help would could quick quickly question today now explain briefly simple simply easy easily best good
        way
        """
    )

    /// Words of grammar that may stand for one another where all else is equal.
    private static let exchangeable: [Set<String>] = [
        ["can", "could", "do", "does", "should", "would"], ["may", "might", "can", "could"], ["is", "are", "was", "were", "be"],
        ["do", "does", "did"], ["every", "all", "each"], ["some", "any"], ["if", "when"], ["on", "about"], ["with", "and", "to", "versus"],
        ["in", "within", "at", "inside"], ["i", "you", "one", "we"], ["will", "would"], ["have", "has", "had"], ["who", "that", "which"],
        ["what", "which"], ["what", "when"], ["for", "of"], ["with", "using", "by"], ["into", "to", "in"], ["must", "should"],
        ["that", "this", "it"],
        ["between", "of"], ["from", "of"], ["because", "as"], ["because", "since"], ["though", "although"], ["so", "thus", "hence"],
    ]
}
