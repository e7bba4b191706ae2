import Cascade
import ChatAPI
import FastJSON
import GatewayTesting
import Synchronization

/// A provider whose answer depends on the question, and which keeps the questions.
final class AnsweringProvider: CompletionProvider {
    enum Answer: Sendable {
        case text(String)
        case fail(ProviderError.Kind, status: Int? = nil, retryAfter: Int? = nil)
        /// Never answers.
        case silence
    }

    struct Question: Sendable {
        var body: JSONValue
        var system: String { body["messages"]?.array?.first?["content"]?.string ?? "" }
        /// The last message.
        var user: String { body["messages"]?.array?.last?["content"]?.string ?? "" }
        /// The first of the user's.
        var firstUser: String { body["messages"]?.array?[1]["content"]?.string ?? "" }
        var messageCount: Int { body["messages"]?.array?.count ?? 0 }
        /// What stands between the lines with the mark: the request, answer A, answer B.
        var blocks: [String] {
            var blocks: [String] = []
            for part in firstUser.components(separatedBy: "\n>>> END ").dropLast() {
                guard let start = part.range(of: "<<< ") else { continue }
                let block = part[start.upperBound...]
                blocks.append(String(block[block.index(after: block.firstIndex(of: "\n") ?? block.startIndex)...]))
            }
            return blocks
        }
    }

    let name = "judges"
    let capabilities = ProviderCapabilities()
    private let answer: @Sendable (Question, _ number: Int) -> Answer
    private let decoder = ScriptedProvider(name: "judges", scripts: [])
    private let asked = Mutex<[Question]>([])
    private let flight = Mutex<(now: Int, most: Int)>((0, 0))

    /// - Parameter number: of the question, from 0.
    init(_ answer: @escaping @Sendable (Question, _ number: Int) -> Answer) { self.answer = answer }

    // Copied: shared storage that leaves a lock looks like a race to the thread sanitizer.
    var questions: [Question] { asked.withLock { $0.map { $0 } } }
    var mostAtOnce: Int { flight.withLock { $0.most } }

    private final class Call: RunningCompletion {
        let provider: String
        let sink: any CompletionSink
        init(provider: String, sink: any CompletionSink) {
            self.provider = provider
            self.sink = sink
        }
        func cancel() { sink.closed(ProviderError(.cancelled, provider: provider, message: "cancelled")) }
        func resume() {}
    }

    func start(_ call: CompletionCall, sink: any CompletionSink) -> any RunningCompletion {
        guard case .chat(let request) = call.operation, let body = try? JSONValue.parse(request.body) else {
            sink.closed(ProviderError(.invalidRequest, provider: name, message: "not a chat"))
            return Call(provider: name, sink: sink)
        }
        let question = Question(body: body)
        let number = asked.withLock { asked in
            asked.append(question)
            return asked.count - 1
        }
        flight.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { flight.withLock { $0.now -= 1 } }
        switch answer(question, number) {
        case .text(let text):
            sink.opened(UpstreamHead(status: 200, isEventStream: false))
            let body = Self.completion(text)
            _ = body.withUnsafeBytes { sink.received($0) }
            sink.closed(nil)
        case .fail(let kind, let status, let retryAfter):
            sink.closed(
                ProviderError(kind, provider: name, status: status, retryAfterSeconds: retryAfter, message: "scripted \(kind.rawValue)"))
        case .silence: break
        }
        return Call(provider: name, sink: sink)
    }

    static func completion(_ text: String) -> [UInt8] {
        let message: JSONValue = ["role": "assistant", "content": .string(text)]
        let value: JSONValue = [
            "id": "c", "object": "chat.completion", "model": "m",
            "choices": [["index": 0, "message": message, "finish_reason": "stop"]],
            "usage": ["prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100],
        ]
        return value.serialized()
    }

    func makeDecoder(scansLogprobs: Bool) -> any CompletionDecoder { decoder.makeDecoder(scansLogprobs: scansLogprobs) }
    func decodeBody(_ body: [UInt8], into batch: inout CompletionBatch) throws(ProviderError) { try decoder.decodeBody(body, into: &batch) }
    func decodeEmbeddings(_ body: [UInt8]) throws(ProviderError) -> TokenUsage? { nil }

    /// Scores as the judge is to write them.
    static func scores(_ a: Int, _ b: Int? = nil) -> String {
        let first = #""a": {"reason": "because a", "score": \#(a)}"#
        return b.map { #"{\#(first), "b": {"reason": "because b", "score": \#($0)}}"# } ?? "{\(first)}"
    }
}

extension String {
    func components(separatedBy separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
    func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}
extension Substring {
    func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}
