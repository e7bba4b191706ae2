/// Compares the grammar of two prompts that have the same words of substance.
enum GrammarComparison {
    typealias Particle = GrammarLexicon.Particle

    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let one = asked.grammar
        let other = stored.grammar
        guard asked.isEnglish, stored.isEnglish else { return false }
        if differInSymbols(one.symbols, other.symbols) { return true }
        if !one.bounds.isEmpty, !other.bounds.isEmpty, one.bounds != other.bounds { return true }
        if movesTarget(asked, stored) { return true }
        let left = aligned(one, with: stored)
        let right = aligned(other, with: asked)
        let keys = left.core.map(\.key)
        let others = right.core.map(\.key)
        guard keys == others else {
            guard asked.frame == stored.frame, keys.sorted() == others.sorted() else { return false }
            return left.gaps == right.gaps ? exchangesAcross(keys, others, left.gaps) : leftBehind(left) != leftBehind(right)
        }
        return differsInScope(asked, stored) || differsInGaps(left, right, isGeneral: isGeneral(asked) && isGeneral(stored))
    }

    /// "Only members can vote" and "members can only vote": both have what the word belongs to in the other.
    private static func movesTarget(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        asked.grammar.targets.contains { particle, targets in
            guard let others = stored.grammar.targets[particle] else { return false }
            guard particle.family == .focus || asked.keys == stored.keys else { return false }
            return targets.subtracting(others).contains(where: stored.keys.contains)
                && others.subtracting(targets).contains(where: asked.keys.contains)
        }
    }

    private struct Aligned {
        var core: [PromptToken] = []
        var gaps: [[Particle]] = [[]]
    }

    private static let adverbs: Set<String> = ["up", "down", "out", "off", "over", "along"]

    /// Without the soft words that the other prompt does not have.
    private static func aligned(_ facts: GrammarFacts, with other: PromptFacts) -> Aligned {
        var result = Aligned(core: [], gaps: [facts.gaps[0]])
        for (index, token) in facts.core.enumerated() {
            if token.role == .soft, !other.keys.contains(token.key) {
                // With "take up" goes its "up".
                result.gaps[result.gaps.count - 1] += facts.gaps[index + 1].filter { !adverbs.contains($0.word) }
            } else {
                result.core.append(token)
                result.gaps.append(facts.gaps[index + 1])
            }
        }
        return result
    }

    /// Operators are compared one by one; a letter is when both have it: O(n log n) is not O(log n).
    private static func differInSymbols(_ one: [String: Int], _ other: [String: Int]) -> Bool {
        one.contains { key, count in key.hasPrefix("op:") ? other[key] != count : other[key].map { $0 != count } ?? false }
            || other.contains { key, _ in key.hasPrefix("op:") && one[key] == nil }
    }

    /// The preposition at the end of "who is Zeus the father of".
    private static func leftBehind(_ facts: Aligned) -> [Particle] { facts.gaps.last?.filter { $0.family == .preposition } ?? [] }

    /// Words of an exchange whose two runs are searched for; a longer one is a difference.
    private static let longestExchange = 48

    /// Words exchanged across a preposition or conjunction that does not take its sides in any order, as "and" does in "A and B".
    private static func exchangesAcross(_ one: [String], _ other: [String], _ gaps: [[Particle]]) -> Bool {
        let moved = one.indices.filter { one[$0] != other[$0] }
        guard let first = moved.first, let last = moved.last, first < last else { return false }
        guard gaps[(first + 1)...last].contains(where: { !$0.isEmpty }) else { return false }
        guard last - first < longestExchange else { return true }
        let part = Array(one[first...last])
        let target = Array(other[first...last])
        for middle in 1..<part.count where Array(part[middle...] + part[..<middle]) == target {
            return !gaps[first + middle].contains { ["and", "or", "versus"].contains($0.word) }
        }
        return true
    }

    private static func isGeneral(_ facts: PromptFacts) -> Bool {
        facts.demands.allSatisfy {
            !$0.kinds.isDisjoint(with: [.howTo, .mechanism, .can, .should, .must, .write, .measure, .translate, .reason])
                && !$0.kinds.contains(.identify)
        }
    }

    // MARK: - Quantifiers and "only"

    private static func differsInScope(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let (one, other) = residue(asked.grammar.scope, stored.grammar.scope)
        if one.isEmpty && other.isEmpty { return false }
        for left in one {
            for right in other where left.family == right.family && !(light.contains(left.word) && light.contains(right.word)) {
                return true
            }
        }
        let isPolar = asksWhether(asked) && asksWhether(stored)
        let hasThere = asked.grammar.hasThere || stored.grammar.hasThere
        return (one + other).contains { particle in
            GrammarLexicon.isHeavy(particle) || isPolar && (particle.word == "all" || particle.word == "some" && !hasThere)
        }
    }

    private static let light: Set<String> = ["some", "any"]

    private static func asksWhether(_ facts: PromptFacts) -> Bool {
        facts.demands.contains {
            !$0.kinds.isDisjoint(with: [.isSo, .can, .should, .must, .will, .reason]) && !$0.kinds.contains(.identify)
        }
    }

    private static func residue(_ one: [Particle: Int], _ other: [Particle: Int]) -> ([Particle], [Particle]) {
        (one.filter { $0.value > other[$0.key] ?? 0 }.map(\.key), other.filter { $0.value > one[$0.key] ?? 0 }.map(\.key))
    }

    // MARK: - Between the words

    private static func differsInGaps(_ one: Aligned, _ other: Aligned, isGeneral: Bool) -> Bool {
        var onlyLeft: [String: Int] = [:]
        var onlyRight: [String: Int] = [:]
        for index in one.gaps.indices {
            if one.gaps[index] == other.gaps[index] { continue }
            let (left, right) = residue(counted(one.gaps[index]), counted(other.gaps[index]))
            let next = index < one.core.count ? one.core[index] : nil
            for particle in left {
                for partner in right
                where !GrammarLexicon.mayReplace(particle, partner, next: next, isGeneral: isGeneral) { return true }
            }
            if right.isEmpty, left.contains(where: { GrammarLexicon.isHeavy($0) && !has(other, $0) }) { return true }
            if left.isEmpty, right.contains(where: { GrammarLexicon.isHeavy($0) && !has(one, $0) }) { return true }
            for particle in left where moving.contains(particle.family) { onlyLeft[particle.word] = index }
            for particle in right where moving.contains(particle.family) { onlyRight[particle.word] = index }
        }
        // "Substitute for butter" and "substitute butter for".
        return onlyLeft.contains { word, index in onlyRight[word].map { $0 != index } ?? false && !mobile.contains(word) }
    }

    private static func has(_ facts: Aligned, _ particle: Particle) -> Bool { facts.gaps.contains { $0.contains(particle) } }

    /// "Turn the heating up" is "turn up the heating", and "should I" is "I should".
    private static let mobile: Set<String> = ["i", "you", "my", "your", "up", "down", "off", "out", "on", "in"]

    private static let moving: Set<GrammarLexicon.Family> = [.preposition, .pronoun]

    private static func counted(_ gap: [Particle]) -> [Particle: Int] { gap.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
