/// `gates`: checks of a draft that escalate whatever its entropy says. All are on by default.
public struct GatesConfiguration: Sendable, Equatable {
    /// A draft without text and without a tool call.
    public let emptyAnswer: Bool
    /// `finish_reason: length`.
    public let length: Bool
    /// JSON was asked for (`response_format`) and the draft is not JSON, or does not match its schema.
    public let structuredOutput: Bool
    /// A tool call that names an unknown tool or does not match its schema.
    public let toolCalls: Bool
    /// The draft refuses, or says that it is not sure.
    public let refusal: Bool
    /// `finish_reason: content_filter`.
    public let contentFilter: Bool

    init(_ section: inout SectionReader) {
        emptyAnswer = section.read("empty_answer", .truth, default: true, "escalate a draft without text and without a tool call")
        length = section.read("length", .truth, default: true, "escalate a draft cut off by its length (finish_reason: length)")
        structuredOutput = section.read(
            "structured_output", .truth, default: true,
            "escalate a draft that is not JSON, or not of the schema, when the request asks for JSON")
        toolCalls = section.read(
            "tool_calls", .truth, default: true,
            "escalate a tool call that names an unknown tool or does not match its schema")
        refusal = section.read("refusal", .truth, default: true, "escalate a draft that refuses or says that it is not sure")
        contentFilter = section.read("content_filter", .truth, default: true, "escalate a draft stopped by the provider's content filter")
        section.finish()
    }
}
