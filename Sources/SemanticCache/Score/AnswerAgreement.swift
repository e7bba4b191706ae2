/// Whether two answers to what was taken for one question say the same: the verdict of shadow mode.
enum AnswerAgreement {
    /// Cosine from which answers agree.
    static let agreement = 0.9
    /// Overlap of words from which answers agree, and up to which they do not, where no cosine is known.
    static let overlaps = (agree: 0.8, disagree: 0.3)
    /// Answers of up to so many words state one thing: what one of them denies and the other does not is then another statement.
    static let shortAnswer = 40

    /// Equal text up to case, white space and punctuation agrees. Otherwise answers with other numbers, units or dates, one beginning with yes and
    /// the other with no, and short ones of which one denies more, do not. Otherwise the cosine decides, and without one the words.
    ///
    /// - Parameter cosine: of the answers' embeddings, when they were made.
    /// - Returns: `nil` when it cannot be told: an empty answer, or an overlap of words that proves nothing.
    static func agree(_ a: String, _ b: String, cosine: Double?) -> Bool? {
        let one = PromptFacts(withoutListMarks(a))
        let other = PromptFacts(withoutListMarks(b))
        guard !one.sequence.isEmpty, !other.sequence.isEmpty else { return nil }
        if one.sequence == other.sequence, one.numbers == other.numbers, one.quotes == other.quotes { return true }
        if numbers(one) != numbers(other) || Set(one.dates) != Set(other.dates) || UnitsGuard.separates(one, other) { return false }
        if let first = verdict(one), let second = verdict(other), first != second { return false }
        if max(one.sequence.count, other.sequence.count) <= shortAnswer, one.denials.count != other.denials.count { return false }
        if let cosine, !cosine.isNaN { return cosine >= agreement }
        let overlap = SimilarityScore.overlap(one, other)
        return overlap >= overlaps.agree ? true : overlap <= overlaps.disagree ? false : nil
    }

    /// "First" and "one" say too little in an answer.
    private static func numbers(_ facts: PromptFacts) -> Set<String> { Set(facts.numbers).subtracting(["n:1"]) }

    private static func verdict(_ facts: PromptFacts) -> Bool? {
        switch facts.sequence.first {
        case "yes", "yeah", "true", "correct": true
        case "no", "nope", "false", "incorrect": false
        default: nil
        }
    }

    /// Without the numbers and dashes that begin the lines of a list.
    private static func withoutListMarks(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            let body = line.drop { $0.isWhitespace || $0 == "-" || $0 == "*" || $0 == "\u{2022}" || $0 == "#" }
            let rest = body.drop(while: \.isNumber)
            guard rest.startIndex != body.startIndex, body.distance(from: body.startIndex, to: rest.startIndex) <= 3 else {
                return String(body)
            }
            guard let mark = rest.first, mark == "." || mark == ")", rest.dropFirst().first?.isWhitespace ?? false else {
                return String(body)
            }
            return String(rest.dropFirst(2))
        }.joined(separator: "\n")
    }
}
