/// Writes a chunk for a client as it came from the upstream, with at most three changes: its `logprobs` becomes `null`, its `usage`
/// goes, one member is added. Every other byte survives, but line breaks between JSON tokens become spaces, since a line break would
/// end the SSE line.
public enum ChatChunkWriter {
    /// Appends `data: <json>` and a blank line; nothing for a chunk without JSON.
    /// - Parameters:
    ///   - keepLogprobs: the client asked for `logprobs`.
    ///   - maxAlternatives: the `top_logprobs` it asked for, where the upstream was asked for more; `nil` keeps all.
    ///   - keepUsage: the client asked for `usage`.
    ///   - extraMember: name and value of a member to add at the end of the object, as raw JSON: `"qualm":{...}`.
    public static func append(
        chunk: CompletionChunk, of batch: borrowing CompletionBatch, keepLogprobs: Bool, maxAlternatives: Int? = nil, keepUsage: Bool,
        extraMember: [UInt8]? = nil, to out: inout [UInt8]
    ) {
        guard !chunk.json.isEmpty else { return }
        out.append(contentsOf: "data: ".utf8)
        appendJSON(
            chunk: chunk, of: batch, keepLogprobs: keepLogprobs, maxAlternatives: maxAlternatives, keepUsage: keepUsage,
            extraMember: extraMember,
            to: &out)
        out.append(UInt8(ascii: "\n"))
        out.append(UInt8(ascii: "\n"))
    }

    /// Appends the object alone.
    public static func appendJSON(
        chunk: CompletionChunk, of batch: borrowing CompletionBatch, keepLogprobs: Bool, maxAlternatives: Int? = nil, keepUsage: Bool,
        extraMember: [UInt8]? = nil, to out: inout [UInt8]
    ) {
        guard !chunk.json.isEmpty else { return }
        let start = out.count
        let end = chunk.json.range.upperBound - 1
        let isWhole = keepLogprobs && maxAlternatives == nil
        let logprobs = isWhole || chunk.logprobs.isEmpty ? nil : chunk.logprobs.range
        let usage = keepUsage || chunk.usage.isEmpty ? nil : memberRange(of: chunk.usage.range, in: batch, object: chunk.json.range)
        var copied = chunk.json.range.lowerBound
        // The two values never overlap: one is a member of the root, the other stands inside another.
        let usageFirst = (usage?.lowerBound ?? Int.max) < (logprobs?.lowerBound ?? Int.max)
        if usageFirst, let usage {
            out.append(contentsOf: batch.bytes[copied..<usage.lowerBound])
            copied = usage.upperBound
        }
        if let logprobs {
            out.append(contentsOf: batch.bytes[copied..<logprobs.lowerBound])
            if keepLogprobs, let maxAlternatives {
                LogprobsTrimmer.append(batch.bytes.span.extracting(logprobs), limit: maxAlternatives, to: &out)
            } else {
                out.append(contentsOf: "null".utf8)
            }
            copied = logprobs.upperBound
        }
        if !usageFirst, let usage {
            out.append(contentsOf: batch.bytes[copied..<usage.lowerBound])
            copied = usage.upperBound
        }
        out.append(contentsOf: batch.bytes[copied..<end])
        if let extraMember {
            if !isEmptyObject(out, from: start) { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: extraMember)
        }
        out.append(UInt8(ascii: "}"))
        unfold(&out, from: start)
    }

    /// The whole member whose value stands at `value`, with one of the commas beside it.
    private static func memberRange(of value: Range<Int>, in batch: borrowing CompletionBatch, object: Range<Int>) -> Range<Int> {
        // Backwards over the colon and the name's closing quote to its opening quote. A name that reads `usage` holds no quote.
        var start = value.lowerBound - 1
        while batch.bytes[start] != UInt8(ascii: "\"") { start -= 1 }
        start -= 1
        while batch.bytes[start] != UInt8(ascii: "\"") { start -= 1 }
        var before = start - 1
        while isSpace(batch.bytes[before]) { before -= 1 }
        if batch.bytes[before] == UInt8(ascii: ",") { return before..<value.upperBound }
        var after = value.upperBound
        while isSpace(batch.bytes[after]) { after += 1 }
        return batch.bytes[after] == UInt8(ascii: ",") ? start..<after + 1 : start..<value.upperBound
    }

    private static func isEmptyObject(_ out: [UInt8], from start: Int) -> Bool {
        var last = out.count - 1
        while last > start, isSpace(out[last]) { last -= 1 }
        return last == start
    }

    /// Raw line breaks stand only between tokens, where a space means the same.
    private static func unfold(_ out: inout [UInt8], from start: Int) {
        replace(0x0A, in: &out, from: start)
        replace(0x0D, in: &out, from: start)
    }

    private static func replace(_ byte: UInt8, in out: inout [UInt8], from start: Int) {
        var from = start
        while let found = ByteSearch.firstIndex(of: byte, in: out.span, from..<out.count) {
            out[found] = UInt8(ascii: " ")
            from = found + 1
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
