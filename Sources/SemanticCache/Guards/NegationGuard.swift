/// "Is it safe" is not "is it not safe": as much must be denied, and not another word of the same prompt.
enum NegationGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        guard asked.denials.map(\.kind).sorted() == stored.denials.map(\.kind).sorted() else { return true }
        let one = targets(asked)
        let other = targets(stored)
        guard !one.contains(""), !other.contains("") else { return false }
        // The denial has moved from one word to another, and both prompts have both words.
        return one.subtracting(other).contains(where: stored.keys.contains) && other.subtracting(one).contains(where: asked.keys.contains)
    }

    private static func targets(_ facts: PromptFacts) -> Set<String> { Set(facts.denials.filter { $0.kind == "not" }.map(\.target)) }
}
