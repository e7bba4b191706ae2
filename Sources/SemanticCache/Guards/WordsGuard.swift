/// A word of substance that only one prompt has, and that no synonym, form or abbreviation in the other accounts for.
///
/// Where the prompts run in parallel, what stands in the same gap must be the same. Where one is a rewording of the other, so that what they share
/// stands in another order, vague words ("take", "form", "item") may differ, and others only on one side.
enum WordsGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if !asked.isEnglish || !stored.isEnglish, asked.sequence != stored.sequence { return true }
        let residue = residue(asked, stored)
        if residue.asked.isEmpty && residue.stored.isEmpty { return false }
        let one = residue.asked.subtracting(asked.softWords)
        let other = residue.stored.subtracting(stored.softWords)
        if asked.runsParallel(to: stored) {
            return !one.isEmpty || !other.isEmpty || exchangesInGap(asked, residue.asked, stored, residue.stored)
        }
        return !one.isEmpty && !other.isEmpty
    }

    /// Words of each prompt that the other does not have.
    static func residue(_ asked: PromptFacts, _ stored: PromptFacts) -> (asked: Set<String>, stored: Set<String>) {
        var one = asked.words.subtracting(stored.words)
        var other = stored.words.subtracting(asked.words)
        if !one.isEmpty, !other.isEmpty {
            expand(&one, asked, &other, stored)
            expand(&other, stored, &one, asked)
            relate(&one, &other)
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

    /// Takes words of one family away: "pronounce" and "pronunciation", "sun" and "sunlight".
    private static func relate(_ one: inout Set<String>, _ other: inout Set<String>) {
        guard one.count <= reach, other.count <= reach else { return }
        for word in one {
            guard let kin = other.first(where: { isKin(word, $0) }) else { continue }
            one.remove(word)
            other.remove(kin)
        }
    }

    /// The same beginning of at least five letters and three quarters of the shorter word.
    private static func isKin(_ one: String, _ other: String) -> Bool {
        let prefix = zip(one, other).prefix { $0 == $1 }.count
        return prefix >= 5 && prefix * 4 >= min(one.count, other.count) * 3 && !AntonymLexicon.areOpposed(one, other)
    }
}
