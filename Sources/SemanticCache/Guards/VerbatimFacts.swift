/// A prompt as it is written: its words in order with their case, and the signs between them.
///
/// The other facts forgive a great deal; these are for prompts that differ in their letters by very little, where the little is the point.
struct VerbatimFacts: Sendable {
    struct Form: Sendable, Hashable {
        var raw: String
        var startsSentence: Bool
    }

    /// Lower case; articles and polite words left out, pronouns by person: "me" is "i".
    private(set) var words: [String] = []
    /// As ``words``, with the articles.
    private(set) var everyWord: [String] = []
    /// How each word is written.
    private(set) var forms: [String: [Form]] = [:]
    /// Brackets and operators with the place of the word behind them.
    private(set) var signs: [String] = []
    /// Pronouns in order, by person: you and I, he and she.
    private(set) var persons: [String] = []
    /// No capital letter at all.
    private(set) var isLowerCase = true
    /// No small letter, in at least four words.
    private(set) var isUpperCase = true
    /// All longer words begin with a capital.
    private(set) var isTitleCase = false
    /// Letters, words or symbols are themselves what is asked about.
    private(set) var isLiteral = false

    init(_ text: String) {
        let scalars = text.unicodeScalars.map(ScalarClass.folded)
        var position = 0
        var startsSentence = true
        var longWords = 0
        var longCapitals = 0
        var count = 0
        while position < scalars.count {
            let scalar = scalars[position]
            guard Self.isWordly(scalar) else {
                note(scalar, next: position + 1 < scalars.count ? scalars[position + 1] : nil, place: count)
                if ".!?:".unicodeScalars.contains(scalar) { startsSentence = true }
                position += 1
                continue
            }
            var raw = ""
            var hasCapital = false
            let beginsUpper = ScalarClass.isUpper(scalar)
            while position < scalars.count, Self.isWordly(scalars[position]) || isApostrophe(scalars, position) {
                if ScalarClass.isUpper(scalars[position]) { hasCapital = true }
                raw.unicodeScalars.append(scalars[position])
                position += 1
            }
            if hasCapital { isLowerCase = false }
            if raw.unicodeScalars.contains(where: ScalarClass.isLower) { isUpperCase = false }
            let lower = hasCapital ? raw.lowercased() : raw
            if raw.utf8.count > 3, !startsSentence {
                longWords += 1
                if beginsUpper { longCapitals += 1 }
            }
            forms[lower, default: []].append(Form(raw: raw, startsSentence: startsSentence))
            take(lower)
            count += 1
            startsSentence = false
        }
        isUpperCase = isUpperCase && count > 3
        isTitleCase = longWords >= 2 && longWords == longCapitals
    }

    private mutating func take(_ lower: String) {
        if !Self.polite.contains(lower) { everyWord.append(lower) }
        if Self.literal.contains(lower) { isLiteral = true }
        for word in Self.expanded(lower) where !Self.dropped.contains(word) {
            words.append(Self.subjects[word] ?? word)
            if let person = Self.pronouns[word] { persons.append(person) }
        }
    }

    private mutating func note(_ sign: Unicode.Scalar, next: Unicode.Scalar?, place: Int) {
        switch sign {
        case "(", ")", "[", "]", "{", "}", "+", "=", "<", ">", "&", "|", "^", "~", "\\": signs.append("\(sign)\(place)")
        case "!":
            if let next, Self.isWordly(next) || next == "(" || next == "=" { signs.append("!\(place)") }
        default: break
        }
    }

    private func isApostrophe(_ scalars: [Unicode.Scalar], _ position: Int) -> Bool {
        scalars[position] == "'" && position > 0 && Self.isWordly(scalars[position - 1]) && position + 1 < scalars.count
            && Self.isWordly(scalars[position + 1])
    }

    private static func isWordly(_ scalar: Unicode.Scalar) -> Bool {
        ScalarClass.isLetter(scalar) || ScalarClass.isDigit(scalar) || scalar == "_"
    }

    /// "What's" as "what is"; a possessive as the owner and a mark.
    private static func expanded(_ word: String) -> [String] {
        guard word.contains("'") else { return [word] }
        if let whole = contracted[word] { return whole }
        if word.hasSuffix("'s") { return [String(word.dropLast(2)), "'s"] }
        if word.hasSuffix("n't") { return [String(word.dropLast(3)), "not"] }
        for (ending, full) in [("'d", "would"), ("'ll", "will"), ("'ve", "have"), ("'re", "are")] where word.hasSuffix(ending) {
            return [String(word.dropLast(ending.count)), full]
        }
        return [word]
    }

    private static let contracted: [String: [String]] = [
        "what's": ["what", "is"], "who's": ["who", "is"], "where's": ["where", "is"], "how's": ["how", "is"], "it's": ["it", "is"],
        "that's": ["that", "is"], "there's": ["there", "is"], "i'm": ["i", "am"], "you're": ["you", "are"], "they're": ["they", "are"],
        "we're": ["we", "are"], "he's": ["he", "is"], "she's": ["she", "is"], "can't": ["can", "not"], "won't": ["will", "not"],
        "i've": ["i", "have"], "let's": ["let", "us"],
    ]

    private static let polite = FunctionWords.words("please kindly hi hello hey thanks thank pls plz")
    private static let dropped = polite.union(["a", "an", "the"])

    private static let literal = FunctionWords.words(
        """
        variable variables function class method print constant repeat echo spell spelling uppercase lowercase
        characters character count string write type typed output verbatim say pronounce regex identifier symbol word words
        """)

    private static let subjects = ["me": "i", "him": "he", "her": "she", "us": "we", "them": "they", "whom": "who"]

    /// "They" and "it" stand for any word, and are left out.
    private static let pronouns = [
        "i": "1", "me": "1", "my": "1", "mine": "1", "we": "1", "us": "1", "our": "1", "you": "2", "your": "2", "yours": "2",
        "he": "3m", "him": "3m", "his": "3m", "she": "3f", "her": "3f", "hers": "3f",
    ]
}
