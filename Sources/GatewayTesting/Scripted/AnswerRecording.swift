public import Cascade
public import ChatAPI
import Synchronization

/// A client that writes down what it gets.
public final class RecordingClient: AnswerSink {
    /// Everything received, as text.
    public private(set) var text = ""
    /// The pieces, one for each write.
    public private(set) var writes: [String] = []
    /// The head that came with the first bytes.
    public private(set) var head: AnswerHead?
    public private(set) var hasBegun = false
    private let onWrite: (Int) async throws -> Void

    /// - Parameter onWrite: called before each write is taken, with its number from 1; throws when the client has gone.
    public init(onWrite: @escaping (_ number: Int) async throws -> Void = { _ in }) {
        self.onWrite = onWrite
    }

    public func send(_ bytes: [UInt8], head: @autoclosure () -> AnswerHead) async throws {
        if !hasBegun { self.head = head() }
        hasBegun = true
        try await onWrite(writes.count + 1)
        writes.append(String(decoding: bytes, as: UTF8.self))
        text += writes[writes.count - 1]
    }
}

/// A wire format that is easy to compare: texts as they are, `^` for a role, `{name arguments}` for tool calls, `$reason`, and `#` behind a
/// complete or `!` behind a failed answer.
public struct PlainEncoder: AnswerEncoder {
    private let isCollecting: Bool
    private let refuses: Bool
    private var collected: [UInt8] = []

    /// - Parameters:
    ///   - isCollecting: nothing leaves before the end.
    ///   - refuses: throws at the end, as an answer does that cannot be put together.
    public init(isCollecting: Bool = false, refuses: Bool = false) {
        self.isCollecting = isCollecting
        self.refuses = refuses
    }

    public mutating func restart() { collected = [] }

    public mutating func append(
        _ chunk: CompletionChunk, of batch: borrowing CompletionBatch, to output: inout [UInt8]
    ) throws(ProviderError) {
        var written: [UInt8] = []
        for index in chunk.events {
            switch batch.events[Int(index)] {
            case .role: written.append(UInt8(ascii: "^"))
            case .text(let range), .refusal(let range): written.append(contentsOf: batch.text[range.range])
            case .toolCall(let delta):
                written.append(
                    contentsOf: Array("{".utf8) + batch.text[delta.name.range] + " ".utf8 + batch.text[delta.arguments.range] + "}".utf8)
            case .finish(let reason): written.append(contentsOf: "$\(reason.rawValue)".utf8)
            case .reasoning, .evidence, .usage, .failure: break
            }
        }
        if isCollecting { collected += written } else { output += written }
    }

    public mutating func finish(_ record: DecisionRecord, to output: inout [UInt8]) throws(ProviderError) {
        if refuses { throw ProviderError(.malformed, provider: "encoder", message: "refused") }
        output += collected
        output.append(UInt8(ascii: "#"))
    }

    public mutating func fail(_ failure: CascadeFailure, record: DecisionRecord, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "!"))
    }

    public var keepAlive: [UInt8]? { isCollecting ? nil : [UInt8(ascii: "~")] }
}

/// Hears outcomes and keeps them.
public final class RecordingObserver: CascadeObserver {
    private let heard = Mutex<(records: [DecisionRecord], cancelled: [LegRecord.Leg])>(([], []))

    public init() {}

    /// The outcomes so far.
    public var records: [DecisionRecord] { heard.withLock { $0.records } }
    /// Legs whose connection was closed by the gateway, in the order in which they ended.
    public var cancelled: [LegRecord.Leg] { heard.withLock { $0.cancelled } }

    public func observed(_ record: DecisionRecord) { heard.withLock { $0.records.append(record) } }
    public func cancelled(leg: LegRecord.Leg, latency: Duration) { heard.withLock { $0.cancelled.append(leg) } }
}

/// A checker with fixed answers.
public struct FixedChecker: DraftChecker {
    private let structure: String?
    private let tools: String?

    /// - Parameters:
    ///   - structure: what it says of every text.
    ///   - tools: what it says of every set of tool calls.
    public init(structure: String? = nil, tools: String? = nil) {
        self.structure = structure
        self.tools = tools
    }

    public func structuredOutputProblem(text: String) -> String? { structure }
    public func toolCallProblem(calls: [DraftToolCall]) -> String? { tools }
}
