/// Collects the chunks of one stream into the one `chat.completion` body that the provider would have answered without streaming.
///
/// It works on the chunks' raw JSON, so that members nobody here has heard of survive, and it never decodes texts: the escaped pieces of a
/// string are joined as they are. Rules (OpenAI's reference for the streamed and the whole object):
///
/// - top level: `id`, `created`, `model` and unknown members as first seen (`null` does not count), `usage` as last seen, `object` becomes
///   `chat.completion`; `obfuscation` is padding of streams and left out;
/// - message: `content`, `refusal`, `reasoning_content` and unknown string members joined, unknown arrays joined, everything else as last
///   seen; `content` is `null` when nothing was said, or nothing but an empty string beside tool calls or a refusal;
/// - tool calls by index and id: a piece with another id than the call at its index begins a new call;
/// - `logprobs` joined when the client asked for them, else `null`;
/// - several choices by index.
///
/// A value of one stream: append its chunks in order, then call ``body(extraMember:)``.
public struct ChatCompletionAssembler: Sendable {
    private let keepsLogprobs: Bool
    private let maxAlternatives: Int?
    private let maxBytes: Int
    private var collectedBytes = 0
    /// Name (escaped, without quotes) and value of each top-level member but `choices`, `usage` and `object`.
    private var members: [(name: [UInt8], value: [UInt8])] = []
    private var usage: [UInt8]?
    private var choices: [ChoiceAssembly] = []

    /// More choices than this in one answer are refused: OpenAI's own bound of `n`.
    static let maxChoices = 128

    /// - Parameters:
    ///   - keepsLogprobs: the client asked for `logprobs`.
    ///   - maxAlternatives: alternatives kept for each token; `nil` keeps all that came.
    ///   - maxBytes: bound of everything kept, in bytes of JSON; 16 MiB by default. Beyond it ``append(_:of:)`` fails.
    public init(keepsLogprobs: Bool, maxAlternatives: Int? = nil, maxBytes: Int = 16 << 20) {
        self.keepsLogprobs = keepsLogprobs
        self.maxAlternatives = maxAlternatives
        self.maxBytes = maxBytes
    }

    /// No chunk with a choice has come yet.
    public var isEmpty: Bool { choices.isEmpty }

    /// Takes a chunk as the decoder delivered it; its logprobs are stepped over unread when they are not kept.
    public mutating func append(_ chunk: CompletionChunk, of batch: CompletionBatch) throws(AssemblyError) {
        let known: Range<Int>? =
            chunk.logprobs.isEmpty
            ? nil
            : (chunk.logprobs.range.lowerBound - chunk.json.range.lowerBound)..<(chunk.logprobs.range.upperBound
                - chunk.json.range.lowerBound)
        try append(batch.bytes.span.extracting(chunk.json.range), logprobs: known)
    }

    /// Takes one chunk's JSON object.
    public mutating func append(json: [UInt8]) throws(AssemblyError) {
        try append(json.span, logprobs: nil)
    }

    /// The `chat.completion` object.
    ///
    /// - Parameter extraMember: one more member as raw JSON, `"qualm":{...}`, put last; `nil` for none.
    /// - Throws: ``AssemblyError/empty`` when no choice was collected.
    public func body(extraMember: [UInt8]? = nil) throws(AssemblyError) -> [UInt8] {
        guard !choices.isEmpty else { throw .empty }
        var out: [UInt8] = []
        out.reserveCapacity(collectedBytes + 512 + (extraMember?.count ?? 0))
        out.append(contentsOf: "{".utf8)
        for (position, member) in members.enumerated() {
            if position == 1 { out.append(contentsOf: Self.objectMember) }
            Self.append(member.name, member.value, to: &out)
        }
        if members.count < 2 { out.append(contentsOf: Self.objectMember) }
        out.append(contentsOf: "\"choices\":[".utf8)
        for (position, choice) in choices.sorted(by: { $0.index < $1.index }).enumerated() {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            choice.write(to: &out, maxAlternatives: keepsLogprobs ? maxAlternatives : nil)
        }
        out.append(UInt8(ascii: "]"))
        if let usage {
            out.append(contentsOf: ",\"usage\":".utf8)
            out.append(contentsOf: usage)
        }
        if let extraMember {
            out.append(UInt8(ascii: ","))
            out.append(contentsOf: extraMember)
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    private static let objectMember = Array("\"object\":\"chat.completion\",".utf8)

    private static func append(_ name: [UInt8], _ value: [UInt8], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: name)
        out.append(contentsOf: "\":".utf8)
        out.append(contentsOf: value)
        out.append(UInt8(ascii: ","))
    }
}

extension ChatCompletionAssembler {
    private mutating func append(_ json: Span<UInt8>, logprobs: Range<Int>?) throws(AssemblyError) {
        do {
            // Measured before anything is kept: an upper bound, since a chunk's own frame is not kept.
            let skipped = keepsLogprobs ? 0 : logprobs?.count ?? 0
            var object = RawJSON.Members(objectAt: 0, known: logprobs)
            while let member = try object.next(in: json) {
                if RawJSON.matches(member.name, "choices", in: json) {
                    collectedBytes += member.value.count - skipped
                    guard collectedBytes <= maxBytes else { throw AssemblyError.tooLarge(maxBytes: maxBytes) }
                    try appendChoices(member.value, logprobs: logprobs, in: json)
                } else {
                    try appendMember(member, in: json)
                }
            }
        } catch let error as AssemblyError {
            throw error
        } catch let error as RawJSON.Malformed {
            throw .malformed(detail: "a chunk is not valid JSON at its byte \(error.offset)")
        } catch {
            throw .malformed(detail: "a chunk could not be read")
        }
    }

    private mutating func appendMember(_ member: RawJSON.Member, in json: Span<UInt8>) throws(AssemblyError) {
        if RawJSON.isNull(member.value, in: json) || RawJSON.matches(member.name, "object", in: json)
            || RawJSON.matches(member.name, "obfuscation", in: json)
        {
            return
        }
        if RawJSON.matches(member.name, "usage", in: json) {
            usage = RawJSON.bytes(member.value, in: json)
        } else if !members.contains(where: { RawJSON.equals(member.name, $0.name, in: json) }) {
            members.append((RawJSON.bytes(member.name, in: json), RawJSON.bytes(member.value, in: json)))
        } else {
            return
        }
        collectedBytes += member.name.count + member.value.count
        guard collectedBytes <= maxBytes else { throw .tooLarge(maxBytes: maxBytes) }
    }

    private mutating func appendChoices(_ value: Range<Int>, logprobs: Range<Int>?, in json: Span<UInt8>) throws {
        guard RawJSON.isArray(value, in: json) else { throw AssemblyError.malformed(detail: "'choices' is not an array") }
        var elements = RawJSON.Elements(arrayAt: value.lowerBound, known: logprobs)
        while let choice = try elements.next(in: json) {
            guard RawJSON.isObject(choice, in: json) else { throw AssemblyError.malformed(detail: "a choice is not an object") }
            let index = try choiceIndex(choice, logprobs: logprobs, in: json)
            let position: Int
            if let known = choices.firstIndex(where: { $0.index == index }) {
                position = known
            } else {
                guard choices.count < Self.maxChoices else {
                    throw AssemblyError.malformed(detail: "more than \(Self.maxChoices) choices")
                }
                position = choices.count
                choices.append(ChoiceAssembly(index: index))
            }
            try choices[position].append(choice, logprobs: logprobs, keepsLogprobs: keepsLogprobs, in: json)
        }
    }

    private func choiceIndex(_ choice: Range<Int>, logprobs: Range<Int>?, in json: Span<UInt8>) throws -> Int {
        var members = RawJSON.Members(objectAt: choice.lowerBound, known: logprobs)
        while let member = try members.next(in: json) {
            if RawJSON.matches(member.name, "index", in: json) { return RawJSON.integer(member.value, in: json) ?? 0 }
        }
        return 0
    }
}
