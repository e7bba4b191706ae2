/// A name that one prompt has must be somewhere in the other, in whatever case.
enum NamesGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let residue = WordsGuard.residue(asked, stored)
        return !asked.names.isDisjoint(with: residue.asked) || !stored.names.isDisjoint(with: residue.stored)
    }
}
