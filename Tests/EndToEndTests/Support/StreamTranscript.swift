import FastJSON
import Foundation
import Testing

/// A streamed answer as a strict client reads it: every event one line, `data: ` or `: `, with an empty line behind it.
struct StreamTranscript {
    enum Item {
        case keepAlive
        case chunk(JSONValue)
        case metadata(JSONValue)
        case error(JSONValue)
        case done
    }

    var items: [Item] = []

    init(_ body: [UInt8]) throws {
        var text = String(decoding: body, as: UTF8.self)[...]
        while !text.isEmpty {
            guard let end = text.range(of: "\n\n") else { throw Failure(description: "an event breaks off: '\(text.prefix(200))'") }
            items.append(try Self.item(text[..<end.lowerBound]))
            text = text[end.upperBound...]
        }
    }

    private static func item(_ event: Substring) throws -> Item {
        guard !event.contains("\n"), !event.contains("\r") else { throw Failure(description: "an event of several lines: '\(event)'") }
        if event == "data: [DONE]" { return .done }
        if event == ": keep-alive" { return .keepAlive }
        if event.hasPrefix(": qualm ") { return .metadata(try JSONValue.parse(Array(event.dropFirst(8).utf8))) }
        guard event.hasPrefix("data: ") else { throw Failure(description: "not an event of the contract: '\(event)'") }
        let json = try JSONValue.parse(Array(event.dropFirst(6).utf8))
        return json["error"] == nil ? .chunk(json) : .error(json)
    }

    var chunks: [JSONValue] { items.compactMap { if case .chunk(let json) = $0 { json } else { nil } } }
    var keepAlives: Int { items.count { if case .keepAlive = $0 { true } else { false } } }
    var isDone: Bool { items.contains { if case .done = $0 { true } else { false } } }
    var error: JSONValue? { items.lazy.compactMap { if case .error(let json) = $0 { json } else { nil } }.first }
    var metadata: JSONValue? { items.lazy.compactMap { if case .metadata(let json) = $0 { json } else { nil } }.first }

    /// The chunks that carry choices.
    var choiceChunks: [JSONValue] { chunks.filter { $0["choices"]?.array?.isEmpty == false } }
    var deltas: [JSONValue] { choiceChunks.compactMap { $0["choices"]?.array?.first?["delta"] } }
    var content: String { deltas.compactMap { $0["content"]?.string }.joined() }
    var refusal: String { deltas.compactMap { $0["refusal"]?.string }.joined() }
    var model: String? { chunks.first?["model"]?.string }
    var usageChunk: JSONValue? { chunks.last { $0["choices"]?.array?.isEmpty == true } }

    /// Tool calls put together by index: id, name, arguments.
    var toolCalls: [[String]] {
        var calls: [Int: [String]] = [:]
        for call in deltas.flatMap({ $0["tool_calls"]?.array ?? [] }) {
            var known = calls[call["index"]?.int ?? -1] ?? ["", "", ""]
            known[0] += call["id"]?.string ?? ""
            known[1] += call["function", "name"]?.string ?? ""
            known[2] += call["function", "arguments"]?.string ?? ""
            calls[call["index"]?.int ?? -1] = known
        }
        return calls.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Checks everything that OpenAI's framing promises of an answer that ended well, for one choice.
    ///
    /// - Parameter usage: the client asked for `stream_options.include_usage`.
    func expectExactFraming(usage: Bool, _ comment: Comment) throws {
        #expect(error == nil, comment)
        let roles = deltas.filter { $0["role"] != nil }
        #expect(roles.count == 1 && deltas.first?["role"]?.string == "assistant", comment)
        let reasons = choiceChunks.map { $0["choices"]?.array?.first?["finish_reason"] }
        #expect(reasons.dropLast().allSatisfy { $0 == .some(.null) }, comment)
        #expect(reasons.last??.string != nil, comment)
        #expect(choiceChunks.allSatisfy { $0["choices"]?.array?.first?["index"]?.int == 0 }, comment)
        #expect(chunks.allSatisfy { $0["object"]?.string == "chat.completion.chunk" }, comment)
        #expect(Set(chunks.compactMap { $0["id"]?.string }).count == 1, comment)
        #expect(Set(chunks.compactMap { $0["model"]?.string }).count == 1, comment)
        // What the gateway asked for itself is not the client's business.
        #expect(chunks.allSatisfy { ($0["choices"]?.array?.first?["logprobs"] ?? .null).isNull }, comment)
        if usage {
            #expect(chunks.last?["choices"]?.array?.isEmpty == true && chunks.last?["usage"]?.object != nil, comment)
            #expect(chunks.last?["qualm", "decision_id"]?.string != nil, comment)
            #expect(chunks.count == choiceChunks.count + 1, comment)
        } else {
            #expect(chunks.count == choiceChunks.count && chunks.allSatisfy { $0["usage"] == nil }, comment)
        }
        // Chunks with keep-alives between them, then the outcome, then the end, then nothing.
        let tail = try #require(items.count >= 2 ? Array(items.suffix(2)) : nil, comment)
        guard case .metadata = tail[0], case .done = tail[1] else {
            Issue.record("the stream does not end with ': qualm' and '[DONE]': \(tail)")
            return
        }
        #expect(items.dropLast(2).allSatisfy { if case .chunk = $0 { true } else if case .keepAlive = $0 { true } else { false } }, comment)
    }
}
