/// `user_id` is not `user_ids`, and example.com is not example.org.
enum IdentifiersGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if asked.identifiers != stored.identifiers { return true }
        if asked.symbols.isSubset(of: stored.words), stored.symbols.isSubset(of: asked.words) { return false }
        return true
    }
}
