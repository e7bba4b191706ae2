private import FastJSON

/// Reads the event stream of one `POST /v1/chat/completions` with `stream: true`, in pieces of any size. One per upstream stream.
///
/// Every event becomes one chunk of the batch. Events behind `[DONE]` are ignored, and so are events whose data is blank. An error the
/// provider reports inside the stream (`event: error`, or an object with an `error` member) is a ``CompletionEvent/failure(_:)``, not
/// a thrown error: the stream itself is well-formed. After a thrown error the decoder must not be used again; what the batch got
/// before it is sound.
public struct ChatStreamDecoder: Sendable {
    private var events: ServerSentEventDecoder
    private var reader: ChatChunkReader
    private var isDone = false
    private var hasIdentity: Bool

    /// - Parameters:
    ///   - maxEventBytes: the bound for one event, and for what is held between two pieces. 4 MiB by default.
    ///   - scansLogprobs: whether to report evidence and ``CompletionBatch/identity``. Without it `logprobs` is still validated and located.
    public init(maxEventBytes: Int = 4 << 20, scansLogprobs: Bool) {
        events = ServerSentEventDecoder(maxEventBytes: maxEventBytes)
        reader = ChatChunkReader(scansLogprobs: scansLogprobs)
        // Nobody asks who a stream comes from whose tokens nobody judges.
        hasIdentity = !scansLogprobs
    }

    /// Appends to `batch` what the next bytes of the stream say.
    public mutating func decode(_ bytes: [UInt8], into batch: inout CompletionBatch) throws(ChatStreamError) {
        try decode(bytes.span, into: &batch)
    }

    /// Appends to `batch` what the next bytes of the stream say.
    public mutating func decode(_ bytes: Span<UInt8>, into batch: inout CompletionBatch) throws(ChatStreamError) {
        var offset = 0
        while !isDone {
            let location: ServerSentEventDecoder.DataLocation?
            do {
                location = try events.next(in: bytes, from: &offset)
            } catch {
                throw Self.error(error)
            }
            switch location {
            case nil: return
            case .piece(let range): try read(bytes.extracting(range), into: &batch)
            case .held:
                let data = events.data
                try read(data.span, into: &batch)
            }
        }
    }

    /// The input ended. Throws ``ChatStreamError/truncatedEvent`` inside an event and ``ChatStreamError/missingTerminator`` before
    /// `[DONE]`. A last `data: [DONE]` whose blank line is missing counts.
    public mutating func finish() throws(ChatStreamError) {
        guard !isDone else { return }
        if let data = events.partialData, Self.isDoneMarker(data.span) {
            isDone = true
            return
        }
        throw events.hasPartialEvent ? .truncatedEvent : .missingTerminator
    }

    private mutating func read(_ data: Span<UInt8>, into batch: inout CompletionBatch) throws(ChatStreamError) {
        if Self.isDoneMarker(data) {
            isDone = true
            batch.isDone = true
            return
        }
        if data.count < 64, Self.isBlank(data) { return }
        guard events.name.elementsEqual("error".utf8) else {
            try reader.read(data, into: &batch)
            if !hasIdentity { readIdentity(of: batch.chunks[batch.chunks.count - 1], in: &batch) }
            return
        }
        let chunks = batch.chunks.count
        do {
            try reader.read(data, into: &batch)
        } catch {
            reader.readFailure(data, into: &batch)
            return
        }
        // The event says that it is an error, so it is one also where its object does not.
        if !reader.reportsFailure {
            let start = batch.text.count
            data.withUnsafeBufferPointer { batch.text.append(contentsOf: $0) }
            batch.events.append(.failure(ByteRange(start, batch.text.count)))
            batch.chunks[chunks].events = batch.chunks[chunks].events.lowerBound..<Int32(truncatingIfNeeded: batch.events.count)
        }
    }

    /// Once a stream: a second look at one chunk, so that the many need none.
    private mutating func readIdentity(of chunk: CompletionChunk, in batch: inout CompletionBatch) {
        guard let object = try? JSONObjectIndex(Array(batch.bytes[chunk.json.range])), let model = object.string("model"), !model.isEmpty
        else { return }
        batch.identity = StreamIdentity(model: model, fingerprint: object.string("system_fingerprint"))
        hasIdentity = true
    }

    private static func error(_ error: ServerSentEventError) -> ChatStreamError {
        switch error {
        case .eventTooLarge(let limit): .eventTooLarge(limit: limit)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func isBlank(_ data: Span<UInt8>) -> Bool {
        for index in data.indices where !isSpace(data[index]) { return false }
        return true
    }

    /// `[DONE]`, white space around it allowed.
    private static func isDoneMarker(_ data: Span<UInt8>) -> Bool {
        var start = 0
        while start < data.count, isSpace(data[start]) { start += 1 }
        guard start < data.count, data[start] == UInt8(ascii: "[") else { return false }
        var end = data.count
        while isSpace(data[end - 1]) { end -= 1 }
        let marker: StaticString = "[DONE]"
        guard end - start == marker.utf8CodeUnitCount else { return false }
        for index in start..<end where data[index] != marker.utf8Start[index - start] { return false }
        return true
    }
}
