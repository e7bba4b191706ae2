/// The gates, in the order in which they are asked: the first that objects names the reason.
public enum GateName: String, Sendable, Hashable, CaseIterable {
    case contentFilter = "content_filter"
    case length
    case refusal
    case emptyAnswer = "empty_answer"
    case toolCall = "tool_call"
    case structuredOutput = "structured_output"
}

/// What the gates say of a draft, whatever its entropy.
public enum GateVerdict: Sendable, Hashable {
    /// No objection.
    case pass
    /// The heavyweight must answer. The reason is a clause in plain English without client text beyond what the problem itself quotes.
    case escalate(gate: GateName, reason: String)
}
