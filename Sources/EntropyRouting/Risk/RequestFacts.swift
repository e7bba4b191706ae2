/// What a risk model may know about a request besides its draft.
public struct RequestFacts: Sendable, Hashable {
    public var taskClass: TaskClass
    /// Tokens of the prompt, counted or estimated; negative counts as 0.
    public var promptTokens: Int
    /// Why the draft ended; `nil` while it streams.
    public var finish: FinishKind?

    public init(taskClass: TaskClass, promptTokens: Int, finish: FinishKind? = nil) {
        self.taskClass = taskClass
        self.promptTokens = promptTokens
        self.finish = finish
    }
}
