/// "Why" is not "how", "can I" is not "should I", "who was" is not "who is", and "in one sentence" is not "in detail".
enum QuestionGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if asked.forms != stored.forms { return true }
        if asked.demands.isEmpty || stored.demands.isEmpty {
            return !(asked.demands + stored.demands).allSatisfy { !$0.kinds.isDisjoint(with: topic) }
        }
        let isParallel = asked.runsParallel(to: stored)
        let agree = Agreement(
            isQuantity: !asked.units.isEmpty && asked.units == stored.units, isDated: isDated(asked) && isDated(stored),
            isChoice: asked.functions.contains("or") && stored.functions.contains("or"),
            isTechnical: !asked.keys.intersection(stored.keys).isDisjoint(with: NameLexicon.technical), isParallel: isParallel)
        if isParallel, asked.demands.count == stored.demands.count {
            return !zip(asked.demands, stored.demands).allSatisfy { agree.holds($0, $1) }
        }
        if asked.demands.count == stored.demands.count {
            return !everyone(of: asked, in: stored, agree) || !everyone(of: stored, in: asked, agree)
        }
        // One prompt puts into a clause what the other asks apart.
        return asked.demands.count < stored.demands.count
            ? !everyone(of: asked, in: stored, agree) : !everyone(of: stored, in: asked, agree)
    }

    private static func everyone(of facts: PromptFacts, in other: PromptFacts, _ agree: Agreement) -> Bool {
        facts.demands.allSatisfy { demand in other.demands.contains { agree.holds(demand, $0) } }
    }

    private struct Agreement {
        /// Both name the same units: what they ask for is an amount, however they put it.
        var isQuantity: Bool
        /// A year, or a given text, says when, whatever the tense.
        var isDated: Bool
        /// Both name what is to be chosen from: "A or B".
        var isChoice: Bool
        /// Both are about one programming language or tool: "how do I" and "write" ask for the same code.
        var isTechnical: Bool
        var isParallel: Bool

        func holds(_ one: PromptFacts.Demand, _ other: PromptFacts.Demand) -> Bool {
            let widened = widened(one.kinds)
            guard !widened.isDisjoint(with: self.widened(other.kinds)) else { return false }
            if !isParallel || isQuantity, !one.kinds.isDisjoint(with: [.isSo, .will]) { return true }
            if isParallel, !isDated, (one.tense == .future) != (other.tense == .future), one.kinds.contains(.person) { return false }
            return one.tense == .none || other.tense == .none || one.tense == other.tense || isDated
        }

        private func widened(_ kinds: AnswerKinds) -> AnswerKinds {
            var result = kinds
            if isQuantity, !kinds.isDisjoint(with: [.count, .measure, .identify, .convert, .compute]) {
                result.formUnion([.count, .measure, .identify])
            }
            if isQuantity, !kinds.isDisjoint(with: [.isSo, .will]) { result.formUnion([.isSo, .will]) }
            if isChoice { result.formUnion(.isSo) }
            if isParallel { return result }
            if !kinds.isDisjoint(with: [.isSo, .can, .must, .will]) { result.formUnion([.isSo, .can, .must, .will]) }
            if isTechnical, !kinds.isDisjoint(with: [.howTo, .write, .compute]) { result.formUnion([.howTo, .write]) }
            if !kinds.isDisjoint(with: [.measure, .mechanism, .place, .country, .city]) { result.formUnion(.identify) }
            return result
        }
    }

    private static func isDated(_ facts: PromptFacts) -> Bool { facts.numbers.contains { $0.utf8.count == 6 } || !facts.quotes.isEmpty }

    /// What a topic without a question may ask: whatever the words themselves leave no choice about.
    private static let topic: AnswerKinds = [
        .what, .howTo, .mechanism, .person, .year, .date, .clock, .country, .city, .place, .count, .measure, .isSo, .compare, .translate,
        .write,
    ]
}
