/// Which of the guards' lexicons have a word: one look-up a word instead of one a lexicon.
struct WordTraits: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    static let function = Self(rawValue: 1 << 0)
    static let article = Self(rawValue: 1 << 1)
    /// A preposition, or a conjunction between equals.
    static let joining = Self(rawValue: 1 << 2)
    static let denial = Self(rawValue: 1 << 3)
    static let english = Self(rawValue: 1 << 4)
    static let foreign = Self(rawValue: 1 << 5)
    static let beginsPhrase = Self(rawValue: 1 << 6)
    static let contraction = Self(rawValue: 1 << 7)
    static let date = Self(rawValue: 1 << 8)
    static let dateRelation = Self(rawValue: 1 << 9)
    static let unit = Self(rawValue: 1 << 10)
    static let name = Self(rawValue: 1 << 11)
    static let number = Self(rawValue: 1 << 12)
    static let particle = Self(rawValue: 1 << 13)
    /// Divides a phrase into sides.
    static let marker = Self(rawValue: 1 << 14)
    static let spokenOperator = Self(rawValue: 1 << 15)

    static func of(_ word: String) -> Self { table[word] ?? [] }

    private static let table: [String: Self] = {
        var table: [String: Self] = [:]
        func add(_ words: some Sequence<String>, _ trait: Self) { for word in words { table[word, default: []].insert(trait) } }
        add(FunctionWords.all, .function)
        add(FunctionWords.articles, .article)
        add(FunctionWords.prepositions, .joining)
        add(FunctionWords.symmetric, .joining)
        add(["instead_of", "then", "than", "if", "because", "while", "-"], .joining)
        add(FunctionWords.english, .english)
        add(FunctionWords.foreign, .foreign)
        add(NegationLexicon.kinds.keys, .denial)
        add(PhraseLexicon.tree[0].next.keys, .beginsPhrase)
        add(Contractions.whole.keys, .contraction)
        add(DateLexicon.words.keys, .date)
        add(DateLexicon.relations, .dateRelation)
        add(UnitLexicon.words.keys, .unit)
        add(NameLexicon.known, .name)
        add(NameLexicon.aliases.keys, .name)
        add(NameLexicon.demonyms.keys, .name)
        add(NumberWords.words, .number)
        add(GrammarLexicon.table.keys, .particle)
        add(OrderReader.markers, .marker)
        add(TokenReader.spokenOperators.keys, .spokenOperator)
        return table
    }()
}
