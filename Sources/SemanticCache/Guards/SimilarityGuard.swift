/// A kind of difference between two prompts that makes an answer to one wrong for the other, however near their embeddings are.
///
/// Embedders put "column 3" and "column 7" at a cosine of 0.996 and honest paraphrases at 0.91 to 0.97: no threshold tells them apart. A
/// guard is
/// a pure comparison of ``PromptFacts``, symmetric and reflexive, and hard: one difference is enough. When a guard cannot be sure that two
/// prompts
/// ask the same it separates them, because a miss costs one model call and a false hit costs a wrong answer.
enum SimilarityGuard: String, CaseIterable, Sendable {
    /// Numeric values, in digits or words.
    case numbers
    /// Units, currencies, rates.
    case units
    /// Months, weekdays, dates, times of day, eras, and what lies before or after them.
    case dates
    /// Proper names: capitalised words, acronyms, known places, languages, products, people.
    case names
    /// Quoted strings, code, bracketed lists.
    case quotes
    /// URLs, addresses, paths, symbols of code, versions, flags, tags.
    case identifiers
    /// What is denied, excluded or excepted.
    case negation
    /// One prompt says a word, the other its opposite.
    case antonyms
    /// The same words in roles exchanged: from X to Y, X than Y, X of Y, who does what to whom.
    case direction
    /// What kind of answer is wanted: the question word, modality, tense, the form and length asked for.
    case question = "question_type"
    /// Any other word of substance that only one of the prompts has and that is no known synonym. The net under all the others.
    case words

    /// Whether this guard sees a difference. Symmetric; never for two prompts that are equal up to white space, the case of the first
    /// letter, and
    /// final punctuation. Linear in the length of the prompts.
    func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        switch self {
        case .numbers: NumbersGuard.separates(asked, stored)
        case .units: UnitsGuard.separates(asked, stored)
        case .dates: DatesGuard.separates(asked, stored)
        case .names: NamesGuard.separates(asked, stored)
        case .quotes: QuotesGuard.separates(asked, stored)
        case .identifiers: IdentifiersGuard.separates(asked, stored)
        case .negation: NegationGuard.separates(asked, stored)
        case .antonyms: AntonymsGuard.separates(asked, stored)
        case .direction: DirectionGuard.separates(asked, stored)
        case .question: QuestionGuard.separates(asked, stored)
        case .words: WordsGuard.separates(asked, stored)
        }
    }
}

enum Guards {
    /// The first guard, in the order of ``SimilarityGuard/allCases``, that sees a difference; `nil` when none does, and the stored answer
    /// may be used
    /// as far as the guards are concerned.
    static func first(separating asked: PromptFacts, from stored: PromptFacts) -> SimilarityGuard? {
        SimilarityGuard.allCases.first { $0.separates(asked, stored) }
    }
}
