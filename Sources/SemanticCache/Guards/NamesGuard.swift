/// A name that one prompt has must be somewhere in the other, in whatever case; and as often, where nothing else tells the prompts apart.
enum NamesGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let residue = WordsGuard.residue(asked, stored)
        if !asked.names.isDisjoint(with: residue.asked) || !stored.names.isDisjoint(with: residue.stored) { return true }
        guard asked.keys == stored.keys, asked.substance.count == stored.substance.count else { return false }
        let names = asked.names.union(stored.names)
        return occurrences(of: names, asked) != occurrences(of: names, stored)
    }

    private static func occurrences(of names: Set<String>, _ facts: PromptFacts) -> [String] {
        facts.substance.map(\.key).filter(names.contains).sorted()
    }
}
