public import Cascade
public import ChatAPI

/// What every ``CompletionProvider`` must do, checked against an upstream that misbehaves on demand. Each check returns what was wrong, in
/// words; nothing is a pass.
public struct CompletionProviderConformance: Sendable {
    /// What the upstream does with a call.
    public enum Upstream: Sendable, Hashable, CaseIterable {
        /// A sound answer with logprobs and usage.
        case answer
        /// The same, slowly and for ever so long.
        case slowAnswer
        case badRequest, unauthorized, rateLimited, serverError
        /// The connection is closed before any answer.
        case closedAtOnce
        /// A head and then silence; half of the answer and then silence. The provider must be set up with short timeouts.
        case silentFromStart, silentInMiddle
        case resetInMiddle, cutInMiddle
        case withoutTerminator
        case malformedEvent
        case errorEvent

        /// How such a call must end, or `nil` for a success.
        public var expected: [ProviderError.Kind]? {
            switch self {
            case .answer, .slowAnswer: nil
            case .badRequest: [.invalidRequest]
            case .unauthorized: [.unauthorized]
            case .rateLimited: [.rateLimited]
            case .serverError: [.serverError]
            case .closedAtOnce: [.reset]
            case .silentFromStart: [.firstByteTimeout]
            case .silentInMiddle: [.idleTimeout]
            case .resetInMiddle, .cutInMiddle, .withoutTerminator: [.truncated]
            case .malformedEvent: [.malformed]
            case .errorEvent: [.inStream]
            }
        }

        /// The upstream answers with an error status: no head may be reported.
        var isErrorStatus: Bool { [.badRequest, .unauthorized, .rateLimited, .serverError].contains(self) }
    }

    private let provider: any CompletionProvider
    private let request: ChatRequest
    private let model: @Sendable (Upstream) -> String

    /// - Parameters:
    ///   - request: a valid request.
    ///   - model: the model name that makes the upstream behave so.
    public init(provider: any CompletionProvider, request: ChatRequest, model: @escaping @Sendable (Upstream) -> String) {
        self.provider = provider
        self.request = request
        self.model = model
    }

    private func call(_ upstream: Upstream, isStreaming: Bool = true) -> CompletionCall {
        CompletionCall(request: request, model: model(upstream), isStreaming: isStreaming, topLogprobs: 5)
    }

    // MARK: Answers

    /// A streamed answer: opened once, decoded to text, evidence, usage and terminal marker, however its bytes are cut; the same text whole.
    public func answers() async -> [String] {
        let sink = CollectingCompletionSink()
        let running = provider.start(call(.answer), sink: sink)
        guard await sink.wait(until: \.isClosed) else { return ["a sound answer did not end"] }
        let heard = sink.heard
        var complaints = heard.complaints
        if heard.head != UpstreamHead(status: 200, isEventStream: true) {
            complaints.append("the head is \(String(describing: heard.head))")
        }
        if let error = heard.error { complaints.append("a sound answer failed: \(error)") }
        // Both are harmless now.
        running.cancel()
        running.resume()

        let whole = decoded(heard.bytes, pieces: heard.bytes.count)
        complaints += whole.complaints
        for size in [1, 7, 100] where decoded(heard.bytes, pieces: size) != whole {
            complaints.append("read in pieces of \(size) bytes the answer is another")
        }
        if whole.text.isEmpty || whole.tokens == 0 || whole.usage == nil {
            complaints.append("text, evidence or usage is missing: \(whole)")
        }
        complaints += await collected(like: whole)
        try? await Task.sleep(for: .milliseconds(20))
        return complaints + sink.heard.complaints.dropFirst(heard.complaints.count)
    }

    private func collected(like streamed: Decoded) async -> [String] {
        let sink = CollectingCompletionSink()
        _ = provider.start(call(.answer, isStreaming: false), sink: sink)
        guard await sink.wait(until: \.isClosed), sink.heard.error == nil else { return ["a whole answer did not come"] }
        var batch = CompletionBatch()
        do throws(ProviderError) {
            try provider.decodeBody(sink.heard.bytes, into: &batch)
        } catch {
            return ["a whole answer cannot be read: \(error)"]
        }
        var whole = Decoded()
        whole.take(batch)
        guard whole.text == streamed.text, whole.usage == streamed.usage, whole.finish == streamed.finish else {
            return ["whole and streamed answers differ: \(whole) and \(streamed)"]
        }
        return sink.heard.complaints
    }

    /// What a stream's bytes mean, for comparison.
    private struct Decoded: Hashable {
        var text: [UInt8] = []
        var tokens = 0
        var usage: TokenUsage?
        var finish: FinishReason?
        var complaints: [String] = []

        mutating func take(_ batch: CompletionBatch) {
            for event in batch.events {
                switch event {
                case .text(let range): text += batch.text[range.range]
                case .evidence(let range): tokens += range.count
                case .usage(let counted): usage = counted
                case .finish(let reason): finish = reason
                case .failure: complaints.append("an error event")
                case .role, .reasoning, .refusal, .toolCall: break
                }
            }
        }
    }

    private func decoded(_ bytes: [UInt8], pieces size: Int) -> Decoded {
        var decoder = provider.makeDecoder(scansLogprobs: true)
        var result = Decoded()
        var isDone = false
        do throws(ProviderError) {
            for start in stride(from: 0, to: bytes.count, by: max(1, size)) {
                var batch = CompletionBatch()
                try decoder.decode(Array(bytes[start..<min(bytes.count, start + size)]), into: &batch)
                result.take(batch)
                isDone = isDone || batch.isDone
            }
            var batch = CompletionBatch()
            try decoder.finish(into: &batch)
        } catch {
            result.complaints.append("\(error)")
        }
        if !isDone { result.complaints.append("no terminal marker") }
        return result
    }

    // MARK: Faults

    /// The call ends as ``Upstream/expected`` says, once, under the provider's name.
    public func fails(_ upstream: Upstream) async -> [String] {
        guard let expected = upstream.expected else { return ["\(upstream) is no fault"] }
        let sink = CollectingCompletionSink()
        _ = provider.start(call(upstream), sink: sink)
        guard await sink.wait(until: \.isClosed) else { return ["\(upstream) did not end"] }
        let heard = sink.heard
        var complaints = heard.complaints
        guard let error = heard.error ?? decodingError(heard.bytes) else { return complaints + ["\(upstream) passed for a success"] }
        if !expected.contains(error.kind) { complaints.append("\(upstream) ended as \(error.kind): \(error.message)") }
        if error.provider != provider.name { complaints.append("\(upstream) is blamed on \(error.provider)") }
        if error.message.isEmpty { complaints.append("\(upstream) has no message") }
        if upstream.isErrorStatus, heard.head != nil || heard.pieces > 0 { complaints.append("an error body was delivered as an answer") }
        if upstream == .rateLimited, error.status != 429 || (error.retryAfterSeconds ?? 0) < 1 {
            complaints.append("429 came with status \(error.status ?? 0), retry after \(error.retryAfterSeconds ?? 0) s")
        }
        return complaints
    }

    private func decodingError(_ bytes: [UInt8]) -> ProviderError? {
        var decoder = provider.makeDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        do throws(ProviderError) {
            try decoder.decode(bytes, into: &batch)
            for event in batch.events {
                guard case .failure(let range) = event else { continue }
                return ProviderError(.inStream, provider: provider.name, message: String(decoding: batch.text[range.range], as: UTF8.self))
            }
            try decoder.finish(into: &batch)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Control

    /// A cancel closes the call once, before and in the middle of the answer, however often it is asked for.
    public func cancels() async -> [String] {
        var complaints: [String] = []
        for pieces in [0, 1] {
            let sink = CollectingCompletionSink()
            let running = provider.start(call(.slowAnswer), sink: sink)
            guard await sink.wait(until: { $0.pieces >= pieces }) else { return complaints + ["a slow answer did not begin"] }
            running.cancel()
            running.cancel()
            guard await sink.wait(until: \.isClosed) else { return complaints + ["a cancelled call was not closed"] }
            let bytes = sink.heard.bytes.count
            if sink.heard.error?.kind != .cancelled { complaints.append("a cancel ended as \(String(describing: sink.heard.error?.kind))") }
            try? await Task.sleep(for: .milliseconds(20))
            if sink.heard.bytes.count != bytes { complaints.append("bytes came after the end") }
            complaints += sink.heard.complaints
        }
        return complaints
    }

    /// A pause stops the delivery until the resume, and nothing is lost.
    public func pauses() async -> [String] {
        let free = CollectingCompletionSink()
        _ = provider.start(call(.answer), sink: free)
        let sink = CollectingCompletionSink(pauses: true)
        let running = provider.start(call(.answer), sink: sink)
        guard await free.wait(until: \.isClosed), await sink.wait(until: { $0.pieces > 0 }) else { return ["no answer began"] }
        let pieces = sink.heard.pieces
        try? await Task.sleep(for: .milliseconds(50))
        var complaints: [String] = []
        if sink.heard.pieces != pieces { complaints.append("pieces came during a pause") }
        while !sink.heard.isClosed {
            let before = sink.heard.pieces
            running.resume()
            guard await sink.wait(until: { $0.isClosed || $0.pieces > before }) else {
                return complaints + ["a resumed call did not go on"]
            }
        }
        let (paused, whole) = (decoded(sink.heard.bytes, pieces: 1_000), decoded(free.heard.bytes, pieces: 1_000))
        if paused != whole { complaints.append("a paused answer differs: \(paused) and \(whole)") }
        return complaints + sink.heard.complaints
    }
}
