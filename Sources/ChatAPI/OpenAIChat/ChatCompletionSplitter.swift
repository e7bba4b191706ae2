/// Splits a whole `chat.completion` body into the `chat.completion.chunk` objects of a stream: for providers that cannot stream and for
/// replaying stored answers. The reverse of ``ChatCompletionAssembler``: assembling the chunks gives equal content again.
///
/// Every chunk is one line. Per choice: a chunk with the role (and whatever the message holds that is neither text nor call), reasoning, content, refusal, one chunk
/// per tool call, and a last one with the finish reason; then, if asked for, one with the usage and no choices. Every chunk carries `id`,
/// `created`, `model`, `service_tier` and `system_fingerprint`; other top-level members go with the first. Framing and `[DONE]` are
/// the SSE writer's.
public struct ChatCompletionSplitter: Sendable {
    private let maxTextBytes: Int
    private let includesUsage: Bool

    /// - Parameters:
    ///   - maxTextBytes: longer texts are cut into pieces of at most so many bytes of JSON, between characters; at least 16. By default
    ///     a text is one piece. Logprobs go with the first piece.
    ///   - includesUsage: end with a usage chunk, as `stream_options.include_usage` asks.
    public init(maxTextBytes: Int = .max, includesUsage: Bool) {
        self.maxTextBytes = max(16, maxTextBytes)
        self.includesUsage = includesUsage
    }

    /// The chunks' JSON objects in order.
    ///
    /// - Parameter body: valid JSON (an upstream's body is validated when it is decoded).
    /// - Throws: ``AssemblyError/malformed(detail:)`` when it is no object with a `choices` array of objects.
    public func chunks(of body: [UInt8]) throws(AssemblyError) -> [[UInt8]] {
        do {
            return try split(body.span)
        } catch let error as AssemblyError {
            throw error
        } catch let error as RawJSON.Malformed {
            throw .malformed(detail: "the completion is not valid JSON at byte \(error.offset)")
        } catch {
            throw .malformed(detail: "the completion could not be read")
        }
    }

    /// The frame of every chunk: what stands before and behind `choices`.
    private struct Frame {
        var shared: [UInt8] = []
        /// Goes with the first chunk only.
        var once: [UInt8] = []
        var chunks: [[UInt8]] = []

        mutating func add(choices: [UInt8], usage: [UInt8]? = nil) {
            var chunk: [UInt8] = []
            chunk.append(contentsOf: #"{"object":"chat.completion.chunk""#.utf8)
            chunk.append(contentsOf: shared)
            chunk.append(contentsOf: once)
            once.removeAll()
            chunk.append(contentsOf: #","choices":["#.utf8)
            chunk.append(contentsOf: choices)
            chunk.append(UInt8(ascii: "]"))
            if let usage {
                chunk.append(contentsOf: #","usage":"#.utf8)
                chunk.append(contentsOf: usage)
            }
            chunk.append(UInt8(ascii: "}"))
            // A pretty-printed body has line breaks between its tokens (JSON strings cannot hold any); in an SSE `data:` line they would
            // end the line.
            chunk.removeAll { $0 == 0x0A || $0 == 0x0D }
            chunks.append(chunk)
        }

        mutating func add(index: Int, delta: [UInt8], logprobs: [UInt8]? = nil, finish: [UInt8]? = nil, others: [UInt8] = []) {
            var choice = Array(#"{"index":\#(index),"delta":{"#.utf8)
            choice.append(contentsOf: delta)
            choice.append(contentsOf: #"},"logprobs":"#.utf8)
            choice.append(contentsOf: logprobs ?? Array("null".utf8))
            choice.append(contentsOf: #","finish_reason":"#.utf8)
            choice.append(contentsOf: finish ?? Array("null".utf8))
            choice.append(contentsOf: others)
            choice.append(UInt8(ascii: "}"))
            add(choices: choice)
        }
    }

    private func split(_ json: Span<UInt8>) throws -> [[UInt8]] {
        var frame = Frame()
        var choices: Range<Int>?
        var usage: [UInt8]?
        var object = RawJSON.Members(objectAt: 0)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "choices", in: json) {
                choices = member.value
            } else if RawJSON.matches(member.name, "usage", in: json) {
                usage = RawJSON.isNull(member.value, in: json) ? nil : RawJSON.bytes(member.value, in: json)
            } else if Self.sharedMembers.contains(where: { RawJSON.matches(member.name, $0, in: json) }) {
                RawJSON.append(member, to: &frame.shared, in: json)
            } else if !RawJSON.matches(member.name, "object", in: json) {
                RawJSON.append(member, to: &frame.once, in: json)
            }
        }
        guard let choices, RawJSON.isArray(choices, in: json) else {
            throw AssemblyError.malformed(detail: "the completion has no 'choices' array")
        }
        var elements = RawJSON.Elements(arrayAt: choices.lowerBound)
        var position = 0
        while let choice = try elements.next(in: json) {
            guard RawJSON.isObject(choice, in: json) else { throw AssemblyError.malformed(detail: "a choice is not an object") }
            try split(choice: choice, position: position, into: &frame, in: json)
            position += 1
        }
        guard position > 0 else { throw AssemblyError.empty }
        if includesUsage, let usage { frame.add(choices: [], usage: usage) }
        return frame.chunks
    }

    private static let sharedMembers: [StaticString] = ["id", "created", "model", "service_tier", "system_fingerprint"]

    private func split(choice: Range<Int>, position: Int, into frame: inout Frame, in json: Span<UInt8>) throws {
        var index = position
        var message: Range<Int>?
        var logprobs: [UInt8]?
        var finish: [UInt8]?
        var others: [UInt8] = []
        var object = RawJSON.Members(objectAt: choice.lowerBound)
        while let member = try object.next(in: json) {
            if RawJSON.matches(member.name, "message", in: json) {
                message = member.value
            } else if RawJSON.matches(member.name, "index", in: json) {
                index = RawJSON.integer(member.value, in: json) ?? position
            } else if RawJSON.matches(member.name, "logprobs", in: json) {
                logprobs = RawJSON.isNull(member.value, in: json) ? nil : RawJSON.bytes(member.value, in: json)
            } else if RawJSON.matches(member.name, "finish_reason", in: json) {
                finish = RawJSON.isNull(member.value, in: json) ? nil : RawJSON.bytes(member.value, in: json)
            } else {
                RawJSON.append(member, to: &others, in: json)
            }
        }
        guard let message, RawJSON.isObject(message, in: json) else {
            throw AssemblyError.malformed(detail: "choice \(index) has no 'message' object")
        }
        let parts = try MessageParts(message, in: json)
        frame.add(index: index, delta: parts.opening())
        for (name, text) in parts.texts {
            for piece in pieces(of: text) {
                frame.add(index: index, delta: Self.textDelta(name, piece), logprobs: name == Self.content ? logprobs : nil)
                if name == Self.content { logprobs = nil }
            }
        }
        for (number, call) in parts.toolCalls.enumerated() {
            frame.add(index: index, delta: Array(#""tool_calls":[{"index":\#(number)"#.utf8) + call + Array("]".utf8))
        }
        // Logprobs without content (a refusal's, say) go with the last chunk.
        frame.add(index: index, delta: [], logprobs: logprobs, finish: finish, others: others)
    }

    private static let content = Array("content".utf8)

    private static func textDelta(_ name: [UInt8], _ piece: ArraySlice<UInt8>) -> [UInt8] {
        var delta: [UInt8] = [UInt8(ascii: "\"")]
        delta.append(contentsOf: name)
        delta.append(contentsOf: "\":\"".utf8)
        delta.append(contentsOf: piece)
        delta.append(UInt8(ascii: "\""))
        return delta
    }

    /// Cuts escaped text in front of a character or an escape, never between the halves of a surrogate pair.
    private func pieces(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        guard text.count > maxTextBytes else { return text.isEmpty ? [] : [text[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var at = 0
        while at < text.count {
            let next = Self.endOfCharacter(at, in: text)
            if next - start > maxTextBytes {
                pieces.append(text[start..<at])
                start = at
            }
            at = next
        }
        pieces.append(text[start...])
        return pieces
    }

    private static func endOfCharacter(_ start: Int, in text: [UInt8]) -> Int {
        if text[start] == 0x5C {
            guard start + 1 < text.count, text[start + 1] == 0x75 else { return min(start + 2, text.count) }
            let isHighSurrogate =
                start + 3 < text.count && text[start + 2] | 0x20 == 0x64 && [0x38, 0x39, 0x61, 0x62].contains(text[start + 3] | 0x20)
            return min(start + (isHighSurrogate ? 12 : 6), text.count)
        }
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
