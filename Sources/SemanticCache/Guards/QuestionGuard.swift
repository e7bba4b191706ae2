/// "Why" is not "how", "can I" is not "should I", "who was" is not "who is", and "in one sentence" is not "in detail".
enum QuestionGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if asked.forms != stored.forms { return true }
        if asked.demands.isEmpty || stored.demands.isEmpty {
            return !(asked.demands + stored.demands).allSatisfy { !$0.kinds.isDisjoint(with: topic) }
        }
        guard asked.demands.count == stored.demands.count else { return all(asked).isDisjoint(with: all(stored)) }
        return !zip(asked.demands, stored.demands).allSatisfy(agree)
    }

    private static func all(_ facts: PromptFacts) -> AnswerKinds { facts.demands.reduce(into: []) { $0.formUnion($1.kinds) } }

    private static func agree(_ one: PromptFacts.Demand, _ other: PromptFacts.Demand) -> Bool {
        guard !one.kinds.isDisjoint(with: other.kinds) else { return false }
        return one.tense == .none || other.tense == .none || one.tense == other.tense
    }

    /// What a topic without a question may ask: whatever the words themselves leave no choice about.
    private static let topic: AnswerKinds = [
        .what, .howTo, .mechanism, .person, .year, .date, .clock, .country, .city, .place, .count, .isSo, .compare, .translate, .write,
    ]
}
