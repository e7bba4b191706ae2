/// What is known about a complete draft when the quality gates judge it. Whoever fills it in has parsed JSON and checked schemas; the
/// gates only decide.
public struct DraftFacts: Sendable, Hashable {
    /// The visible answer, without reasoning and without the refusal channel.
    public var text: String
    public var finish: FinishKind
    /// The drafter used the refusal channel.
    public var refusal: Bool
    /// JSON was asked for (`response_format`).
    public var wantsJSON: Bool
    /// What is wrong with the answer as JSON or against its schema; `nil` when nothing is, or nothing was asked.
    public var structuredOutputProblem: String?
    /// What is wrong with a tool call: unknown tool, arguments that are not JSON or do not match the schema; `nil` when nothing is.
    public var toolCallProblem: String?
    /// Complete tool calls in the draft, 0 or more.
    public var toolCallCount: Int
    public var taskClass: TaskClass

    public init(
        text: String, finish: FinishKind, refusal: Bool = false, wantsJSON: Bool = false, structuredOutputProblem: String? = nil,
        toolCallProblem: String? = nil, toolCallCount: Int = 0, taskClass: TaskClass = .simpleFactual
    ) {
        self.text = text
        self.finish = finish
        self.refusal = refusal
        self.wantsJSON = wantsJSON
        self.structuredOutputProblem = structuredOutputProblem
        self.toolCallProblem = toolCallProblem
        self.toolCallCount = toolCallCount
        self.taskClass = taskClass
    }
}
