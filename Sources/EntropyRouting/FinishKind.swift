/// Why a draft ended. The raw values are OpenAI's finish reasons.
public enum FinishKind: String, Sendable, Hashable, CaseIterable {
    case stop
    case length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    /// Complete, but none of the above.
    case other
}
