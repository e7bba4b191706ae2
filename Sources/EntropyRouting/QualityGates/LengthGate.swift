/// Escalates a draft that ran into its token limit, or that is shorter than its task class allows. Tool calls are no short answers.
struct LengthGate: Sendable, Hashable {
    let minimumCharacters: [TaskClass: Int]

    func objection(to facts: DraftFacts) -> String? {
        if facts.finish == .length { return "the draft ran into its token limit" }
        guard let minimum = minimumCharacters[facts.taskClass], minimum > 0, facts.toolCallCount == 0 else { return nil }
        // Characters are counted only as far as needed.
        guard facts.text.prefix(minimum).count < minimum else { return nil }
        return "the draft is shorter than the \(minimum) characters expected of a \(facts.taskClass.rawValue) answer"
    }
}
