/// A word of a prompt with the part it plays.
struct PromptToken: Sendable, Hashable {
    enum Role: Sendable, Hashable {
        /// A word of substance.
        case content
        /// Substance that is often left out: "the capital *city* of".
        case soft
        /// Grammar, and tags of ``PhraseLexicon``.
        case function
        case number
        case unit
        case date
        case identifier
        /// Brackets, commas, operators.
        case sign
        /// The end of a sentence.
        case boundary
    }

    /// Lower case.
    var text: String { didSet { traits = WordTraits.of(text) } }
    private(set) var traits: WordTraits
    /// What is compared: the stem, or its synonyms' common word, or a canonical value.
    var key: String
    var role: Role
    var raw: String?
    var capitals: Lexeme.Capitals = .none
    var startsSentence = false
    var isQuoted = false
    /// A proper name, or to be taken for one.
    var isName = false
    /// "One" in letters: as good as "a".
    var isSoftOne = false
    /// Looks like a symbol of code: `getUser`.
    var isSymbol = false

    init(_ lexeme: Lexeme) {
        text = lexeme.text
        traits = WordTraits.of(lexeme.text)
        key = lexeme.text
        raw = lexeme.raw
        capitals = lexeme.capitals
        startsSentence = lexeme.startsSentence
        isQuoted = lexeme.isQuoted
        role =
            switch lexeme.kind {
            case .word: .content
            case .number: .number
            case .unit: .unit
            case .date: .date
            case .identifier: .identifier
            case .symbol: .sign
            case .boundary: .boundary
            }
    }

    init(word: String) {
        text = word
        traits = WordTraits.of(word)
        key = word
        role = .content
    }

    /// "Seventies", "1970s".
    var isDecade: Bool { text.hasPrefix("19") && text.hasSuffix("0s") || DateLexicon.word(text)?.hasSuffix("0s") ?? false }

    /// Carries something that can be exchanged for something else.
    var isSubstance: Bool {
        switch role {
        case .content, .soft, .number, .unit, .date, .identifier: true
        case .function, .sign, .boundary: false
        }
    }
}
