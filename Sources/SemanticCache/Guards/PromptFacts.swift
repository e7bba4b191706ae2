/// Everything that the guards and the score compare of a prompt, gathered in one pass.
///
/// Time and memory are linear in the prompt's length. Any text is accepted; the lexicons are English, and for a text in another language
/// every word
/// and its place count, so that such prompts match only when they are the same words in the same order.
struct PromptFacts: Sendable {
    /// A denial and what it denies.
    struct Denial: Sendable, Hashable {
        var kind: String
        /// The key of the next word of substance; empty where that says nothing.
        var target: String
    }

    /// A word of substance, or a whole date, with what joins it to the one before.
    struct OrderedKey: Sendable, Hashable {
        var key: String
        var link: String
        var isFirm: Bool
    }

    /// A sentence that asks for something.
    struct Demand: Sendable, Hashable {
        enum Tense: Sendable, Hashable { case none, present, past, future }

        var kinds: AnswerKinds
        var tense: Tense
    }

    struct Neighbours: Sendable, Hashable {
        var before: String
        var after: String
    }

    /// Words on either side of a preposition of one kind.
    struct Sides: Sendable, Hashable {
        var left: Set<String> = []
        var right: Set<String> = []
    }

    /// Words of substance in order.
    let substance: [PromptToken]
    /// Keys of ``substance``.
    let keys: Set<String>
    /// Words of substance in order as far as order is compared: without soft ones, a date of several words as one.
    let order: [OrderedKey]
    /// What stands directly before and after each of ``substance``, articles left out: a key, a function word, or a mark for the end.
    let neighbours: [Neighbours]
    /// Function words and tags, articles left out, each as often as it occurs.
    let frame: [String: Int]
    /// Prepositions, conjunctions and signs between a word of substance and the one before it; as many as ``substance``.
    let links: [String]
    /// Keys of numbers, ascending, each as often as it occurs.
    let numbers: [String]
    /// How many of ``numbers`` are a "one" that may stand for "a".
    let softOnes: Int
    let units: Set<String>
    /// Numbers with the units right behind them.
    let amounts: Set<String>
    /// Months, weekdays, times, and relations such as `before`; ascending, each as often as it occurs.
    let dates: [String]
    /// Keys of words of substance that are no numbers, units, dates or identifiers.
    let words: Set<String>
    /// The part of ``words`` that may be left out.
    let softWords: Set<String>
    let names: Set<String>
    let quotes: [String]
    let identifiers: Set<String>
    /// Symbols of code that are also in ``words``.
    let symbols: Set<String>
    let denials: [Denial]
    /// Function words that have opposites, and articles and pronouns.
    let functions: Set<String>
    let demands: [Demand]
    let forms: Set<String>
    let sides: [String: Sides]
    /// Who is asked for: the one who does, or the one to whom it is done; `nil` when nobody is.
    let asksForDoer: Bool?
    /// The words of grammar, for prompts that have the same words of substance.
    let grammar: GrammarFacts
    let isEnglish: Bool
    /// What stands behind a colon in a prompt that wants something done with it: "Correct this: ...".
    let payload: [String]
    /// Every word and number in order, lower case.
    let sequence: [String]
    let verbatim: VerbatimFacts

    init(_ text: String) {
        verbatim = VerbatimFacts(text)
        let lexer = PromptLexer(text)
        let tokens = TokenReader(lexer.lexemes).tokens
        let sentences = SentenceReader(tokens)
        let consumed = sentences.consumed

        var substance: [PromptToken] = []
        var links: [String] = []
        var link = ""
        var functions: Set<String> = []
        for (index, token) in tokens.enumerated() {
            if token.isSubstance, !consumed.contains(index) {
                substance.append(token)
                links.append(link)
                link = ""
            } else {
                if token.role == .function { functions.insert(token.text) }
                if OrderReader.links(token) { link += link.isEmpty ? token.text : " " + token.text }
            }
        }
        self.substance = substance
        self.links = links
        keys = Set(substance.map(\.key))
        order = OrderReader.order(substance, links)
        frame = OrderReader.frame(tokens)
        neighbours = OrderReader.neighbours(tokens, consumed: consumed)
        softOnes = tokens.filter { $0.role == .number && $0.isSoftOne }.count
        self.functions = functions
        numbers = substance.filter { $0.role == .number }.map(\.key).sorted()
        units = Set(substance.filter { $0.role == .unit }.map(\.key))
        amounts = Set(zip(substance, substance.dropFirst()).filter { $0.role == .number && $1.role == .unit }.map { $0.key + " " + $1.key })
        dates = (substance.filter { $0.role == .date }.map(\.key) + OrderReader.dateRelations(tokens)).sorted()
        identifiers = Set(substance.filter { $0.role == .identifier }.map(\.key))
        let worded = substance.filter { $0.role == .content || $0.role == .soft }
        words = Set(worded.map(\.key))
        softWords = Set(worded.filter { $0.role == .soft }.map(\.key)).subtracting(worded.filter { $0.role == .content }.map(\.key))
        names = Set(worded.filter(\.isName).map(\.key))
        symbols = Set(worded.filter(\.isSymbol).map(\.key))
        quotes = lexer.quotes.sorted()
        denials = OrderReader.denials(tokens, consumed: consumed)
        demands = sentences.demands
        asksForDoer = sentences.asksForDoer
        forms = words.intersection(QuestionLexicon.forms).union(OrderReader.numberedForms(substance))
        sides = OrderReader.sides(tokens)
        grammar = GrammarFacts(tokens, consumed: consumed)
        sequence = lexer.lexemes.filter { $0.kind != .symbol && $0.kind != .boundary }.map(\.text)
        let isProcessing = sentences.demands.first.map { !$0.kinds.isDisjoint(with: Self.processing) } ?? false
        let colon = isProcessing ? lexer.lexemes.firstIndex { $0.kind == .boundary && $0.text == ":" } : nil
        payload = colon.map { Array(lexer.lexemes[$0...].filter { $0.kind != .symbol && $0.kind != .boundary }.map(\.text)) } ?? []
        isEnglish = Self.isEnglish(sequence)
    }

    private static let processing: AnswerKinds = [.fix, .translate, .rewrite, .classify, .proceed, .review, .summarize]

    /// Whether what the prompts share comes in the same order in both: one is then the other with words exchanged, put in or left out,
    /// rather than
    /// a sentence of another build.
    func runsParallel(to other: PromptFacts) -> Bool { shared(with: other.keys) == other.shared(with: keys) }

    /// Whether the grammar around the words of substance is all but the same: at least four in five function words.
    func hasFrame(of other: PromptFacts) -> Bool {
        let total = frame.values.reduce(0, +) + other.frame.values.reduce(0, +)
        let common = frame.reduce(0) { $0 + min($1.value, other.frame[$1.key] ?? 0) }
        return total == 0 || common * 10 >= total * 4
    }

    private func shared(with keys: Set<String>) -> [String] { substance.map(\.key).filter(keys.contains) }

    /// More words that only English has than words that only others have.
    private static func isEnglish(_ sequence: [String]) -> Bool {
        var english = 0
        var foreign = 0
        var others = 0
        for word in sequence {
            let traits = WordTraits.of(word)
            if traits.contains(.english) { english += 1 }
            if traits.contains(.foreign) { foreign += 1 }
            if word.utf8.contains(where: { $0 >= 0x80 }),
                word.unicodeScalars.contains(where: { !$0.isASCII && ScalarClass.isLetter($0) && $0.value > 0x24F })
            {
                others += 1
            }
        }
        return foreign <= english && others * 2 <= sequence.count
    }
}
