/// Finds in each sentence what is asked for.
struct SentenceReader {
    private(set) var demands: [PromptFacts.Demand] = []
    private(set) var asksForDoer: Bool?
    /// Tokens that say what is wanted and nothing of what it is wanted about: "explain", "write".
    private(set) var consumed: Set<Int> = []

    /// How far into a sentence its question word is looked for, in tokens.
    private static let reach = 40

    init(_ tokens: [PromptToken]) {
        var start = 0
        for index in tokens.indices where tokens[index].role == .boundary {
            read(tokens, start..<index)
            start = index + 1
        }
        read(tokens, start..<tokens.count)
    }

    private mutating func read(_ tokens: [PromptToken], _ range: Range<Int>) {
        guard let first = range.first(where: { !Self.leads.contains(tokens[$0].text) && tokens[$0].role != .sign }) else { return }
        let last = range.upperBound - 1
        if let place = range.first(where: { tokens[$0].text == "<howto>" && !tokens[$0].isQuoted })
            ?? (tokens[last].text == "how" ? last : nil)
        {
            demand(.howTo, tokens, place, range)
            return
        }
        if let order = order(tokens, first) {
            consume(tokens, first)
            if first + 1 < range.upperBound, let kinds = opening(tokens, first + 1, range) {
                demand(kinds, tokens, first + 1, range)
            } else {
                demands.append(.init(kinds: order, tense: .none))
            }
            return
        }
        if let kinds = QuestionLexicon.polar[tokens[first].text], !tokens[first].isQuoted {
            demands.append(.init(kinds: kinds, tense: tense(tokens[first].text)))
            return
        }
        for index in first..<min(range.upperBound, first + Self.reach) where !tokens[index].isQuoted {
            if let kinds = opening(tokens, index, range) {
                demand(kinds, tokens, index, range)
                readSecond(tokens, index + 1..<range.upperBound)
                return
            }
            guard index > first, tokens[index - 1].text == "," || tokens[index - 1].text == "-" else { continue }
            if let order = order(tokens, index) {
                consume(tokens, index)
                demands.append(.init(kinds: order, tense: .none))
                return
            }
            if let kinds = QuestionLexicon.polar[tokens[index].text] {
                demands.append(.init(kinds: kinds, tense: tense(tokens[index].text)))
                return
            }
        }
    }

    /// "... and why?"
    private mutating func readSecond(_ tokens: [PromptToken], _ range: Range<Int>) {
        for index in range.dropFirst() where tokens[index - 1].text == "and" && !tokens[index].isQuoted {
            if let kinds = opening(tokens, index, range) {
                demand(kinds, tokens, index, range)
                return
            }
        }
    }

    private static let leads: Set<String> = [
        "and", "also", "then", "so", "now", "but", "ok", "okay", "well", "or", "question", "me", "briefly", "just", "simply", "quickly",
    ]

    private func order(_ tokens: [PromptToken], _ index: Int) -> AnswerKinds? {
        guard !tokens[index].isQuoted else { return nil }
        return QuestionLexicon.orders[tokens[index].text]
    }

    /// Verbs whose meaning is wholly in the kind of answer.
    private static let plain = FunctionWords.words(
        """
        explain describe clarify define list name enumerate give provide show present write compose draft create generate make prepare craft
        produce make turn put convert transform change compare contrast recommend suggest translate summarize find determine calculate
        compute differentiate distinguish
        """)

    private mutating func consume(_ tokens: [PromptToken], _ index: Int) {
        if Self.plain.contains(tokens[index].text) { consumed.insert(index) }
    }

    private func opening(_ tokens: [PromptToken], _ index: Int, _ range: Range<Int>) -> AnswerKinds? {
        let token = tokens[index]
        guard !token.isQuoted, let kinds = QuestionLexicon.openings[token.text] else { return nil }
        if token.text == "whose", index > range.lowerBound, tokens[index - 1].role == .content { return nil }
        if token.text == "when" || token.text == "where" || token.text == "which" || token.text == "who" {
            // Not the conjunction: "when I run it", "a man who".
            guard index + 1 < range.upperBound else { return index == range.lowerBound ? kinds : nil }
            let next = tokens[index + 1].text
            if token.text == "when" {
                return QuestionLexicon.polar[next] != nil || next == "to" ? kinds : nil
            }
            if index > range.lowerBound + 3, tokens[index - 1].role == .content { return nil }
        }
        return kinds
    }

    private mutating func demand(_ kinds: AnswerKinds, _ tokens: [PromptToken], _ index: Int, _ range: Range<Int>) {
        let after = index + 1 < range.upperBound ? tokens[index + 1].text : ""
        let compares = kinds.contains(.identify) || kinds.contains(.mechanism)
        let differs = compares && range.contains { $0 > index && IrregularForms.table[tokens[$0].text] == "differ" }
        demands.append(.init(kinds: differs ? kinds.union(.compare) : kinds, tense: tense(after)))
        guard asksForDoer == nil, ["who", "whom", "<person>"].contains(tokens[index].text) else { return }
        if tokens[index].text == "whom" {
            asksForDoer = index > 0 && tokens[index - 1].text == "by"
            return
        }
        let rest = tokens[(index + 1)..<range.upperBound]
        let near = rest.prefix(3).map(\.text)
        if near.contains(where: { ["did", "does", "do"].contains($0) }) {
            asksForDoer = false
        } else if near.contains(where: { ["was", "were", "is", "are"].contains($0) }), rest.contains(where: { $0.text == "by" }) {
            asksForDoer = rest.last?.text == "by"
        } else {
            asksForDoer = true
        }
    }

    private func tense(_ word: String) -> PromptFacts.Demand.Tense {
        if QuestionLexicon.present.contains(word) { return .present }
        if QuestionLexicon.past.contains(word) { return .past }
        return QuestionLexicon.future.contains(word) ? .future : .none
    }
}
