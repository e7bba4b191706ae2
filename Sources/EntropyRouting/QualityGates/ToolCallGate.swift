/// Escalates a draft whose tool calls cannot be carried out, or that announces some and holds none.
enum ToolCallGate {
    static func objection(to facts: DraftFacts) -> String? {
        if let problem = facts.toolCallProblem { return "a tool call is unusable: \(problem)" }
        if facts.finish == .toolCalls, facts.toolCallCount == 0 { return "the draft ended with tool_calls but holds none" }
        return nil
    }
}
