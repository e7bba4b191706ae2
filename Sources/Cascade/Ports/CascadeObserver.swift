/// Hears the outcome of every request, exactly once, whatever way it ended. Must return quickly: it runs in the request's task.
public protocol CascadeObserver: Sendable {
    func observed(_ record: DecisionRecord)

    /// A leg that the gateway closed has really ended: `latency` runs from the decision until the transport had closed the connection.
    /// Called on the transport's thread.
    func cancelled(leg: LegRecord.Leg, latency: Duration)

    /// An upstream call was started; ``legEnded(_:)`` follows exactly once.
    func legStarted(_ leg: LegRecord.Leg)

    /// Its exchange is over and its connection free or closed. Called on the transport's thread.
    func legEnded(_ leg: LegRecord.Leg)
}

extension CascadeObserver {
    public func legStarted(_ leg: LegRecord.Leg) {}
    public func legEnded(_ leg: LegRecord.Leg) {}
}

/// Checks a finished draft against what the request asked for. The adapter knows JSON and schemas, the gates only hear the verdict.
public protocol DraftChecker: Sendable {
    /// Why the text is not what `response_format` asked for, or `nil`.
    func structuredOutputProblem(text: String) -> String?
    /// Why the tool calls do not match the request's tools, or `nil`.
    func toolCallProblem(calls: [DraftToolCall]) -> String?
}

/// A tool call as the drafter made it, pieced together.
public struct DraftToolCall: Sendable, Hashable {
    public var id: String
    public var name: String
    /// JSON, as a string.
    public var arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}
