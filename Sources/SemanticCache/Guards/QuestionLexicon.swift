/// What kind of answer a sentence asks for, as a set: two sentences ask alike when the sets have something in common.
struct AnswerKinds: OptionSet, Sendable, Hashable {
    let rawValue: UInt64

    static let identify = Self(rawValue: 1 << 0)
    static let define = Self(rawValue: 1 << 1)
    static let explain = Self(rawValue: 1 << 2)
    static let list = Self(rawValue: 1 << 3)
    static let howTo = Self(rawValue: 1 << 4)
    static let mechanism = Self(rawValue: 1 << 5)
    static let reason = Self(rawValue: 1 << 6)
    static let person = Self(rawValue: 1 << 7)
    static let year = Self(rawValue: 1 << 8)
    static let date = Self(rawValue: 1 << 9)
    static let clock = Self(rawValue: 1 << 10)
    static let country = Self(rawValue: 1 << 11)
    static let city = Self(rawValue: 1 << 12)
    static let place = Self(rawValue: 1 << 13)
    static let count = Self(rawValue: 1 << 14)
    static let isSo = Self(rawValue: 1 << 15)
    static let can = Self(rawValue: 1 << 16)
    static let should = Self(rawValue: 1 << 17)
    static let must = Self(rawValue: 1 << 18)
    static let will = Self(rawValue: 1 << 19)
    static let write = Self(rawValue: 1 << 20)
    static let translate = Self(rawValue: 1 << 21)
    static let summarize = Self(rawValue: 1 << 22)
    static let fix = Self(rawValue: 1 << 23)
    static let compare = Self(rawValue: 1 << 24)
    static let convert = Self(rawValue: 1 << 25)
    static let compute = Self(rawValue: 1 << 26)
    static let classify = Self(rawValue: 1 << 27)
    static let extract = Self(rawValue: 1 << 28)
    static let rewrite = Self(rawValue: 1 << 29)
    static let proceed = Self(rawValue: 1 << 30)
    static let recommend = Self(rawValue: 1 << 31)
    static let review = Self(rawValue: 1 << 32)
    static let solve = Self(rawValue: 1 << 33)
    static let measure = Self(rawValue: 1 << 34)
    static let nameOfCity = Self(rawValue: 1 << 35)
    static let nameOfCountry = Self(rawValue: 1 << 36)

    /// "What is", and a topic that stands alone.
    static let what: Self = [
        .translate, .identify, .define, .explain, .list, .compute, .compare, .recommend, .convert, .nameOfCity, .nameOfCountry,
    ]
}

/// The words that begin a question or an order.
enum QuestionLexicon {
    /// Question words and the tags that ``PhraseLexicon`` puts in place of longer phrases.
    static let openings: [String: AnswerKinds] = [
        "what": .what, "which": [.identify, .list, .person, .recommend], "who": .person, "whom": .person, "whose": .person,
        "when": [.year, .date, .clock], "where": [.country, .city, .place], "why": .reason, "how": [.mechanism, .howTo],
        "<howto>": .howTo, "<howdoes>": [.mechanism, .explain], "<why>": .reason, "<count>": .count, "<year>": .year, "<date>": .date,
        "<clock>": .clock,
        "<country>": [.country, .nameOfCountry], "<city>": [.city, .nameOfCity], "<person>": .person, "<about>": .explain,
        "<makes>": [.reason, .identify, .list, .explain], "<translate>": [.translate, .identify],
        "<wish>": [.write, .list, .recommend, .identify, .howTo, .explain],
        "<define>": .define, "<compare>": [.compare, .explain], "<mean>": [.define, .explain, .translate, .identify], "<measure>": .measure,
    ]

    /// Verbs that begin an order.
    static let orders: [String: AnswerKinds] = table(
        [
            ("explain describe clarify illustrate elaborate discuss outline", .explain), ("define", .define),
            ("list name enumerate", [.list, .identify]), ("show", [.list, .identify, .write, .howTo]),
            ("give provide present", [.list, .identify, .explain, .define, .write, .howTo, .translate]),
            ("write compose draft create generate design build develop implement code produce prepare craft invent", .write),
            ("make turn put use", [.write, .rewrite, .convert, .translate]),
            ("translate", .translate), ("summarize recap condense", .summarize), ("fix debug repair correct resolve troubleshoot", .fix),
            ("compare contrast differentiate distinguish", [.compare, .explain]), ("convert transform change", [.convert, .rewrite]),
            ("calculate compute evaluate estimate count find determine", [.compute, .identify, .list, .measure, .count]),
            ("solve", [.solve, .compute]),
            ("classify categorize label", .classify), ("extract identify", .extract),
            ("rewrite rephrase reword paraphrase improve simplify edit proofread polish shorten", .rewrite),
            ("continue complete finish", .proceed),
            ("recommend suggest", [.recommend, .list]), ("review critique assess analyze", .review),
        ])

    /// Auxiliary verbs that begin a yes-or-no question.
    static let polar: [String: AnswerKinds] = [
        "is": .isSo, "are": .isSo, "was": .isSo, "were": .isSo, "am": .isSo, "do": .isSo, "does": .isSo, "did": .isSo, "has": .isSo,
        "have": .isSo,
        "had": .isSo, "can": .can, "could": .can, "may": .can, "might": .can, "should": .should, "ought": .should, "shall": .should,
        "must": .must,
        "will": .will, "would": .will, "<can>": .can, "<should>": .should, "<must>": .must,
    ]

    static let present: Set<String> = ["is", "are", "am", "do", "does", "has"]
    static let past: Set<String> = ["was", "were", "did", "had"]
    static let future: Set<String> = ["will", "shall"]

    /// Words that ask for a form, length, tone or reader. Keys, as ``WordForms`` and ``SynonymLexicon`` make them.
    static let forms: Set<String> = Set(
        FunctionWords.words(
            """
            json yaml csv xml markdown tabular bullet poem haiku limerick sonnet rap checklist flowchart short detailed formal informal funny
            sarcastic simple
            beginner layman eli5 stepbystep pseudocode rhyme rhyming alphabetical alphabetically chronological chronologically
            """
        ).map { SynonymLexicon.canonical(WordForms.stem($0)) })

    private static func table(_ rows: [(String, AnswerKinds)]) -> [String: AnswerKinds] {
        var table: [String: AnswerKinds] = [:]
        for (words, kinds) in rows { for word in FunctionWords.words(words) { table[word] = kinds } }
        return table
    }
}
