/// A word of substance that only one prompt has, and that no synonym, form or abbreviation in the other accounts for.
///
/// Where the prompts run in parallel, what stands in the same gap must be the same. Where one is a rewording of the other, so that what
/// they share
/// stands in another order, vague words ("take", "form", "item") may differ, and others only on one side.
enum WordsGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if !asked.isEnglish || !stored.isEnglish, asked.sequence != stored.sequence { return true }
        if VerbatimComparison.separates(asked.verbatim, stored.verbatim) { return true }
        if GrammarComparison.separates(asked, stored) { return true }
        let residue = residue(asked, stored)
        if residue.asked.isEmpty && residue.stored.isEmpty { return false }
        let one = residue.asked.subtracting(asked.softWords)
        let other = residue.stored.subtracting(stored.softWords)
        if asked.runsParallel(to: stored), asked.hasFrame(of: stored) {
            return !one.isEmpty || !other.isEmpty || exchangesInGap(asked, residue.asked, stored, residue.stored)
        }
        if one.isEmpty && other.isEmpty { return false }
        if sharesPlace(asked, one, stored, other) { return true }
        if asked.runsParallel(to: stored) {
            if residue.asked.count == 1, residue.stored.count == 1, asked.substance.count == stored.substance.count,
                sharesPlace(asked, residue.asked, stored, residue.stored), residue.asked.union(residue.stored).isDisjoint(with: vague),
                !(residue.asked.isSubset(of: asked.softWords) && residue.stored.isSubset(of: stored.softWords))
            {
                return true
            }
            // Too little is left to say that one is the other in more words.
            if asked.keys.intersection(stored.keys).subtracting(asked.softWords).count <= 1 { return true }
        }
        return max(one.count, other.count) > 2 || min(one.count, other.count) > 0
    }

    /// Verbs that say next to nothing, and so may stand for one that says more: "get over" for "cross".
    private static let vague = Set(
        FunctionWords.words("get go come become take make put bring give have do need want use move reach see try").map {
            SynonymLexicon.canonical(WordForms.stem($0))
        })

    /// Whether a word of the one residue and a word of the other stand before, or after, the same word.
    private static func sharesPlace(_ asked: PromptFacts, _ one: Set<String>, _ stored: PromptFacts, _ other: Set<String>) -> Bool {
        guard !one.isEmpty, !other.isEmpty else { return false }
        let places = places(asked, one)
        let others = self.places(stored, other)
        return !places.before.isDisjoint(with: others.before) || !places.after.isDisjoint(with: others.after)
    }

    private static func places(_ facts: PromptFacts, _ residue: Set<String>) -> (before: Set<String>, after: Set<String>) {
        var before: Set<String> = []
        var after: Set<String> = []
        for (token, near) in zip(facts.substance, facts.neighbours) where residue.contains(token.key) {
            if facts.keys.contains(near.before) || near.before.hasPrefix("<") { before.insert(near.before) }
            if facts.keys.contains(near.after) { after.insert(near.after) }
        }
        return (before, after)
    }

    /// Words of each prompt that the other does not have.
    static func residue(_ asked: PromptFacts, _ stored: PromptFacts) -> (asked: Set<String>, stored: Set<String>) {
        var one = asked.words.subtracting(stored.words)
        var other = stored.words.subtracting(asked.words)
        if !one.isEmpty, !other.isEmpty {
            expand(&one, asked, &other, stored)
            expand(&other, stored, &one, asked)
            relate(&one, &other, isReworded: !asked.runsParallel(to: stored) || !asked.hasFrame(of: stored))
        }
        return (one, other)
    }

    /// Whether between the same shared words each prompt has a word that the other lacks.
    private static func exchangesInGap(_ asked: PromptFacts, _ one: Set<String>, _ stored: PromptFacts, _ other: Set<String>) -> Bool {
        let gaps = gaps(asked, one, stored.keys)
        return !gaps.isDisjoint(with: self.gaps(stored, other, asked.keys))
    }

    /// How many shared words stand before each word of `residue`.
    private static func gaps(_ facts: PromptFacts, _ residue: Set<String>, _ keys: Set<String>) -> Set<Int> {
        var result: Set<Int> = []
        var before = 0
        for token in facts.substance {
            if residue.contains(token.key) {
                result.insert(before)
            } else if keys.contains(token.key) {
                before += 1
            }
        }
        return result
    }

    /// Longest abbreviation that is spelled out, in letters, and how many words it is looked for in.
    private static let longest = 5
    private static let reach = 32

    /// Takes "ML" away with "machine learning".
    private static func expand(_ short: inout Set<String>, _ shortFacts: PromptFacts, _ long: inout Set<String>, _ longFacts: PromptFacts) {
        guard short.count <= reach, long.count <= reach else { return }
        for word in short where (2...longest).contains(word.count) && word.allSatisfy(\.isLetter) {
            let letters = Array(word)
            let run = longFacts.substance
            guard run.count >= letters.count, run.count <= 512 else { continue }
            for start in 0...(run.count - letters.count) {
                let part = run[start..<start + letters.count]
                guard zip(part, letters).allSatisfy({ $0.text.first == $1 }), part.allSatisfy({ long.contains($0.key) }) else { continue }
                short.remove(word)
                for token in part { long.remove(token.key) }
                break
            }
        }
    }

    /// Takes words of one family away: "strength" and "strengthen", "Greece" and one "Greek".
    private static func relate(_ one: inout Set<String>, _ other: inout Set<String>, isReworded: Bool) {
        guard one.count <= reach, other.count <= reach else { return }
        var peoples: [(String, String)] = []
        for word in one {
            if let kin = other.first(where: { isKin(word, $0, isReworded: isReworded) }) {
                one.remove(word)
                other.remove(kin)
            } else if let kin = other.first(where: { NameLexicon.demonyms[$0] == word || NameLexicon.demonyms[word] == $0 }) {
                peoples.append((word, kin))
            }
        }
        // Two of them may have changed places.
        guard peoples.count == 1 else { return }
        one.remove(peoples[0].0)
        other.remove(peoples[0].1)
    }

    /// The same beginning, and endings that make one word of another.
    private static func isKin(_ one: String, _ other: String, isReworded: Bool) -> Bool {
        let prefix = zip(one, other).prefix { $0 == $1 }.count
        let shorter = min(one.count, other.count)
        guard prefix >= 4, prefix * 5 >= shorter * 4 else { return false }
        let endings = isReworded ? looseEndings : prefix == 4 ? shortEndings : endings
        return endings.contains(String(one.dropFirst(prefix))) && endings.contains(String(other.dropFirst(prefix)))
    }

    private static let looseEndings = endings.union(["er", "ers", "or", "ior", "est", "al", "ial", "ing", "iv", "ic"])
    private static let shortEndings: Set<String> = ["", "ern", "en", "ness", "ful"]
    private static let endings: Set<String> = [
        "", "e", "ly", "ity", "ance", "ence", "ment", "ness", "ion", "ation", "ition", "able", "ibl", "abl", "ible", "ed", "ing", "y", "en",
        "ern", "iz",
        "ful", "anc", "enc", "light",
    ]
}
