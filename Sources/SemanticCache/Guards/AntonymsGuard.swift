/// One prompt says "increase" where the other says "decrease".
enum AntonymsGuard {
    /// Pairs of words that are compared; prompts that differ in more words are left to the words guard.
    private static let limit = 400

    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let residue = WordsGuard.residue(asked, stored)
        let one = residue.asked.union(asked.functions.subtracting(stored.functions))
        let other = residue.stored.union(stored.functions.subtracting(asked.functions))
        for word in one where !AntonymLexicon.opposites(of: word).isDisjoint(with: other) { return true }
        guard residue.asked.count * residue.stored.count <= limit else { return false }
        return residue.asked.contains { word in residue.stored.contains { AntonymLexicon.areOpposed(word, $0) } }
    }
}
