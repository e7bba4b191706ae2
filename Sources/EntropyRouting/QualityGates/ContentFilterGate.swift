/// Escalates a draft that the drafter's provider cut off by its content filter: what is left of it is not an answer.
enum ContentFilterGate {
    static func objection(to facts: DraftFacts) -> String? {
        facts.finish == .contentFilter ? "the draft was cut off by the provider's content filter" : nil
    }
}
