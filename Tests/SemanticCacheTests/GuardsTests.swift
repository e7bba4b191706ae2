import Testing

@testable import SemanticCache

@Suite struct GuardsTests {
    @Test("every guard separates its own table", arguments: SeparatedPairs.all)
    func separates(_ similarityGuard: SimilarityGuard, _ pairs: [PromptPair]) {
        #expect(pairs.count >= 15)
        for pair in pairs {
            let seen = similarityGuard.separates(PromptFacts(pair.one), PromptFacts(pair.other))
            let others = SimilarityGuard.allCases.filter { $0.separates(PromptFacts(pair.one), PromptFacts(pair.other)) }
            #expect(seen, "\(similarityGuard.rawValue) does not see: \(pair); seen by \(others.map(\.rawValue))")
        }
    }

    @Test("all guards let every paraphrase through", arguments: ParaphrasedPairs.all)
    func lets(_ topic: SimilarityGuard, _ pairs: [PromptPair]) {
        #expect(pairs.count >= 15)
        for pair in pairs {
            let seen = Guards.first(separating: PromptFacts(pair.one), from: PromptFacts(pair.other))
            #expect(seen == nil, "\(seen?.rawValue ?? "") separates: \(pair)")
        }
    }

    @Test("the first guard in their order gives the difference its name")
    func first() {
        let one = PromptFacts("Is 5 km far from Rome?")
        #expect(Guards.first(separating: one, from: PromptFacts("Is 7 miles far from Oslo?")) == .numbers)
        #expect(Guards.first(separating: one, from: PromptFacts("Is 5 miles far from Oslo?")) == .units)
        #expect(Guards.first(separating: one, from: PromptFacts("Is 5 km far from Oslo?")) == .names)
        #expect(SimilarityGuard.question.rawValue == "question_type")
    }

    @Test("words that differ in both orders and forms stay apart through every synonym group")
    func lexicons() {
        // Groups must not join opposites, and stems must not join words of different groups.
        for (one, other) in [
            ("note", "not"), ("hope", "hop"), ("site", "sit"), ("plane", "planet"), ("state", "statement"), ("organ", "organic"),
            ("contract", "contrast"), ("employer", "employee"), ("universe", "university"), ("depart", "department"), ("version", "verse"),
        ] {
            #expect(WordForms.stem(one) != WordForms.stem(other), "\(one), \(other)")
        }
        for (one, other) in [
            ("running", "ran"), ("translation", "translate"), ("colour", "color"), ("cities", "city"), ("stopped", "stop"),
            ("organise", "organizing"), ("notification", "notify"), ("makes", "made"), ("metre", "meters"), ("installation", "installing"),
            ("naming", "name"),
        ] {
            #expect(WordForms.stem(one) == WordForms.stem(other), "\(one), \(other)")
        }
    }
}
