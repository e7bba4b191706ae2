import Cascade
import ChatAPI
import FastJSON

/// OpenAI's streamed chat completion. Chunks pass through as they came, without what the client did not ask for.
struct ChatStreamEncoder: AnswerEncoder {
    private let keepsLogprobs: Bool
    private let keepsUsage: Bool
    private let maxAlternatives: Int?
    /// The chunk that carries usage, kept until the ledger is closed: it also carries the `qualm` object.
    private var usageChunk: [UInt8]?
    /// `id` of the last chunk, for a usage chunk that the upstream did not send.
    private var lastChunk: [UInt8] = []

    /// - Parameter isTrimming: the upstream may have been asked for more alternatives than the client wants.
    init(_ request: ChatRequest, isTrimming: Bool) {
        maxAlternatives = isTrimming ? request.topLogprobs ?? 0 : nil
        keepsLogprobs = request.wantsLogprobs
        keepsUsage = request.includesUsage
    }

    mutating func restart() {
        usageChunk = nil
        lastChunk = []
    }

    mutating func append(_ chunk: CompletionChunk, of batch: borrowing CompletionBatch, to output: inout [UInt8]) throws(ProviderError) {
        if isUsage(chunk, of: batch) {
            if keepsUsage {
                usageChunk = Array(batch.bytes[chunk.json.range])
                return
            }
            if chunk.hasNoChoices { return }
        }
        if keepsUsage && chunk.isTerminal { lastChunk = Array(batch.bytes[chunk.json.range]) }
        ChatChunkWriter.append(
            chunk: chunk, of: batch, keepLogprobs: keepsLogprobs, maxAlternatives: maxAlternatives, keepUsage: keepsUsage, to: &output)
    }

    mutating func finish(_ record: DecisionRecord, to output: inout [UInt8]) throws(ProviderError) {
        let metadata = DecisionMetadata.object(record)
        if keepsUsage { appendUsage(record, metadata, to: &output) }
        output.append(contentsOf: ": qualm ".utf8)
        output.append(contentsOf: metadata)
        output.append(contentsOf: "\n\n".utf8)
        ServerSentEventWriter.appendDone(to: &output)
    }

    mutating func fail(_ failure: CascadeFailure, record: DecisionRecord, to output: inout [UInt8]) {
        // No [DONE]: an answer that ends without it is not an answer.
        ServerSentEventWriter.appendEvent(data: APIError(failure, requestID: record.requestID).body(), to: &output)
    }

    let keepAlive: [UInt8]? = Array(": keep-alive\n\n".utf8)

    private func isUsage(_ chunk: CompletionChunk, of batch: borrowing CompletionBatch) -> Bool {
        !chunk.usage.isEmpty && batch.bytes[chunk.usage.range.lowerBound] == UInt8(ascii: "{")
    }

    private func appendUsage(_ record: DecisionRecord, _ metadata: [UInt8], to output: inout [UInt8]) {
        do throws(JSONSyntaxError) {
            var editor = try JSONObjectEditor(usageChunk ?? lastChunk)
            if usageChunk == nil {
                // The upstream did not count; what the ledger counted is marked as an estimate there.
                let tokens = record.legs.last { !$0.isWasted && $0.leg != .embedding }?.tokens ?? TokenCount()
                editor.set("choices", to: [])
                editor.set(
                    "usage",
                    to: [
                        "prompt_tokens": .int(Int64(tokens.input)), "completion_tokens": .int(Int64(tokens.output)),
                        "total_tokens": .int(Int64(tokens.input + tokens.output)), "estimated": true,
                    ])
            }
            editor.set("qualm", raw: metadata)
            ServerSentEventWriter.appendEvent(data: editor.applied(), to: &output)
        } catch {
            // There was no chunk at all to build on: an answer without chunks has no usage either.
        }
    }
}
