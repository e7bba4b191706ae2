/// "Column 3" is not "column 7". Values are compared as exact text, so 3.10 is not 3.1, while "one thousand", "1,000" and "1k" are equal.
enum NumbersGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if asked.numbers == stored.numbers { return false }
        // "One tin" is "a tin".
        return firm(asked) != firm(stored)
    }

    private static func firm(_ facts: PromptFacts) -> [String] {
        var left = facts.softOnes
        return facts.numbers.filter { number in
            guard number == "n:1", left > 0 else { return true }
            left -= 1
            return false
        }
    }
}
