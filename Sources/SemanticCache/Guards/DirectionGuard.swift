/// The same words in exchanged roles: "French to English", "is B faster than A", "man bites dog".
///
/// English moves phrases about freely ("in Python, sort a list"), so order alone is no difference. Four things are: words that change
/// sides of a
/// preposition; two neighbours that change places and are joined in the same way before and after; an exchange around a word that stays;
/// and a
/// question that asks for the one who does instead of the one to whom it is done.
enum DirectionGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if let one = asked.asksForDoer, let other = stored.asksForDoer, one != other, asked.keys == stored.keys { return true }
        if changesSides(asked, stored) || turnsPassive(asked, stored) || turnsPassive(stored, asked) { return true }
        let isSymmetric = comparesOnly(asked) && comparesOnly(stored)
        return exchangesNeighbours(asked, stored, isSymmetric) || !isSymmetric && exchangesAround(asked, stored)
    }

    /// Kinds of which one name or number on the wrong side is enough.
    private static let directed: Set<String> = ["to", "than", "before"]

    private static func changesSides(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        for (kind, one) in asked.sides {
            guard let other = stored.sides[kind] else { continue }
            let toRight = one.left.subtracting(one.right).filter { other.right.contains($0) && !other.left.contains($0) }
            let toLeft = one.right.subtracting(one.left).filter { other.left.contains($0) && !other.right.contains($0) }
            if !toRight.isEmpty && !toLeft.isEmpty { return true }
            if directed.contains(kind), toRight.union(toLeft).contains(where: { asked.names.contains($0) || $0.hasPrefix("n:") }) {
                return true
            }
        }
        return false
    }

    /// A comparison of equals: the order of what is compared does not matter.
    private static func comparesOnly(_ facts: PromptFacts) -> Bool {
        facts.demands.contains { $0.kinds.contains(.compare) && !$0.kinds.contains(.identify) } || facts.words.contains("differ")
            || facts.words.contains("compare") || facts.words.contains("similarity") || facts.functions.contains("versus")
            || facts.functions.contains("between") || facts.words.contains("versus")
    }

    private static func exchangesNeighbours(_ asked: PromptFacts, _ stored: PromptFacts, _ isSymmetric: Bool) -> Bool {
        let isSameFrame = hasSameFrame(asked, stored)
        var links: [Pair: String] = [:]
        for index in stored.order.indices.dropFirst() {
            links[Pair(first: stored.order[index - 1].key, second: stored.order[index].key)] = stored.order[index].link
        }
        for index in asked.order.indices.dropFirst() {
            let one = asked.order[index - 1].key
            let other = asked.order[index].key
            guard one != other, let link = links[Pair(first: other, second: one)], link == asked.order[index].link else { continue }
            if links[Pair(first: one, second: other)] != nil { continue }
            // "What is the fastest animal" and "which animal is the fastest".
            if link.isEmpty, asked.frame != stored.frame, one.hasSuffix("est") || other.hasSuffix("est") { continue }
            // "A 4 oz steak" is "a steak of 4 oz" where there is no other number to change places with.
            if link.isEmpty, one.hasPrefix("n:") != other.hasPrefix("n:"), asked.numbers.count == 1 { continue }
            if isSymmetric || isInterchangeable(link) || link.isEmpty && (!isSameFrame || isPassive(asked) != isPassive(stored)) {
                continue
            }
            return true
        }
        return false
    }

    /// The same words, joined in the same way place by place.
    private static func hasSameFrame(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        asked.order.count == stored.order.count && asked.order.dropFirst().map(\.link) == stored.order.dropFirst().map(\.link)
            && asked.order.map(\.key).sorted() == stored.order.map(\.key).sorted()
    }

    /// "Does A pay B" and "is A paid by B": the word behind "by" does it, and so may not stand behind the verb of the other prompt.
    private static func turnsPassive(_ passive: PromptFacts, _ active: PromptFacts) -> Bool {
        guard !active.order.contains(where: { $0.link.contains("by") }) else { return false }
        for index in passive.order.indices.dropFirst() where passive.order[index].link == "by" {
            let verb = passive.order[index - 1].key
            let doer = passive.order[index].key
            guard let place = active.order.firstIndex(where: { $0.key == verb }),
                let other = active.order.firstIndex(where: { $0.key == doer })
            else {
                continue
            }
            if other == place + 1, active.order[other].link.isEmpty { return true }
        }
        return false
    }

    /// "Should gutters be cleaned" against "should I clean gutters".
    private static func isPassive(_ facts: PromptFacts) -> Bool {
        !facts.functions.isDisjoint(with: ["be", "been", "being"])
            || facts.functions.contains("by") && !facts.functions.isDisjoint(with: ["is", "are", "was", "were"])
    }

    private struct Pair: Hashable {
        var first: String
        var second: String
    }

    /// "A and B", "in A or in B".
    private static func isInterchangeable(_ link: String) -> Bool {
        let words = link.split(separator: " ").map(String.init)
        guard words.contains(where: { FunctionWords.symmetric.contains($0) }) else { return words == [","] }
        return words.allSatisfy { FunctionWords.symmetric.contains($0) || FunctionWords.prepositions.contains($0) || $0 == "," }
    }

    /// The same words, some exchanged across others that keep their places.
    private static func exchangesAround(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let one = asked.order.map(\.key)
        let other = stored.order.map(\.key)
        guard one != other, hasSameFrame(asked, stored) else { return false }
        let moved = one.indices.filter { one[$0] != other[$0] }
        guard let first = moved.first, let last = moved.last else { return false }
        return last - first + 1 > moved.count
    }
}
