/// "Is it safe" is not "is it not safe": as much must be denied, and not another word of the same prompt.
enum NegationGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        guard asked.denials.map(\.kind).sorted() == stored.denials.map(\.kind).sorted() else { return true }
        let one = Set(asked.denials.map(\.target)).subtracting([""])
        let other = Set(stored.denials.map(\.target)).subtracting([""])
        guard asked.denials.count == one.count, stored.denials.count == other.count else { return false }
        // The denial has moved from one word to another, and both prompts have both words.
        return one.subtracting(other).contains(where: stored.keys.contains) && other.subtracting(one).contains(where: asked.keys.contains)
    }
}
