/// What stands in quotes, backticks or brackets is compared as it is written. Where only one prompt has quotes, the other must have their
/// words in the
/// same order.
enum QuotesGuard {
    /// Quotations that are searched for in the other prompt; with more than these the quotes themselves must be equal.
    private static let limit = 16

    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if !asked.payload.isEmpty, !stored.payload.isEmpty, asked.payload != stored.payload { return true }
        if asked.quotes == stored.quotes { return false }
        guard asked.quotes.isEmpty || stored.quotes.isEmpty, asked.quotes.count + stored.quotes.count <= limit else { return true }
        return !occurs(asked.quotes, stored) || !occurs(stored.quotes, asked)
    }

    private static func occurs(_ quotes: [String], _ facts: PromptFacts) -> Bool {
        quotes.allSatisfy { quote in
            let words = PromptLexer(quote).lexemes.filter { $0.kind != .symbol && $0.kind != .boundary }.map(\.text)
            return contains(facts.sequence, words)
        }
    }

    /// Search in linear time (Knuth, Morris, Pratt 1977).
    private static func contains(_ text: [String], _ part: [String]) -> Bool {
        guard !part.isEmpty else { return false }
        var borders = [Int](repeating: 0, count: part.count)
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = borders[length - 1] }
            if part[index] == part[length] { length += 1 }
            borders[index] = length
        }
        var matched = 0
        for word in text {
            while matched > 0, word != part[matched] { matched = borders[matched - 1] }
            if word == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }
}
