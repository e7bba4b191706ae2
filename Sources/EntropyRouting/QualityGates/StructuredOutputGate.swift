/// Escalates a draft that is not the JSON that was asked for. A draft that calls tools instead of answering is not judged here.
enum StructuredOutputGate {
    static func objection(to facts: DraftFacts) -> String? {
        guard facts.wantsJSON, facts.toolCallCount == 0, let problem = facts.structuredOutputProblem else { return nil }
        return "the draft is not the JSON that was asked for: \(problem)"
    }
}
