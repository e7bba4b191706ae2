public import ChatAPI

/// Turns canonical chunks into the client's wire format. One encoder serves one request; conformances live at the edge.
///
/// A streaming encoder appends bytes for every chunk, and the executor holds them back or sends them. A collecting encoder appends nothing
/// before ``finish(_:to:)``. The executor drives both in the same way: not streaming is streaming, collected.
public protocol AnswerEncoder {
    /// Another leg's chunks follow: everything encoded so far is void and none of it has been sent.
    mutating func restart()

    /// Appends the wire form of one chunk. A chunk that carries usage is kept for ``finish(_:to:)``.
    mutating func append(_ chunk: CompletionChunk, of batch: borrowing CompletionBatch, to output: inout [UInt8]) throws(ProviderError)

    /// Appends what ends a complete answer: usage, trailing metadata, terminal marker; or the whole collected body.
    mutating func finish(_ record: DecisionRecord, to output: inout [UInt8]) throws(ProviderError)

    /// Appends what tells a client that began to receive that the answer cannot be completed.
    mutating func fail(_ failure: CascadeFailure, record: DecisionRecord, to output: inout [UInt8])

    /// What keeps an idle connection alive while the answer is held back; `nil` when the format has no such thing.
    var keepAlive: [UInt8]? { get }
}

/// The client's side of a request. All calls come from the request's own task, one at a time.
public protocol AnswerSink: AnyObject {
    /// Sends bytes; the first call sends the head with them, in one write. Returns when the client can take more: the back-pressure.
    /// Throws when the client has gone.
    func send(_ bytes: [UInt8], head: @autoclosure () -> AnswerHead) async throws

    /// Bytes have been sent.
    var hasBegun: Bool { get }
}

/// What is known when the response headers leave.
public struct AnswerHead: Sendable, Hashable {
    public var decisionID: String
    public var route: AnswerRoute
    /// `provider:model` of the leg that answers.
    public var model: String
    /// Time spent in the gateway before the first upstream call left, in milliseconds.
    public var overheadMs: Double
    /// The stored answer that is served, when one is.
    public var cache: CacheHitRecord?

    public init(decisionID: String, route: AnswerRoute, model: String, overheadMs: Double, cache: CacheHitRecord? = nil) {
        self.decisionID = decisionID
        self.route = route
        self.model = model
        self.overheadMs = overheadMs
        self.cache = cache
    }
}

/// Who answered: the value of `x-qualm-route`.
public enum AnswerRoute: String, Sendable, Hashable, CaseIterable {
    case draft, heavyweight, cache, direct
    /// Nothing has answered yet: the head left with a keep-alive.
    case pending
}
