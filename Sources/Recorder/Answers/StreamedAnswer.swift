import CalibrationData
import Cascade
import ChatAPI
import EntropyRouting

/// What one streamed answer has said so far: text, evidence with its times, usage, and who answered.
struct StreamedAnswer {
    private(set) var text: [UInt8] = []
    private(set) var tokens: [RecordedToken] = []
    private(set) var usage: TokenUsage?
    private(set) var identity: StreamIdentity?
    private(set) var finish: FinishReason?
    private(set) var isRefusal = false
    private(set) var firstTokenMs: Double?
    /// Tokens with evidence, or one for each delta that came without.
    private(set) var countedTokens = 0
    /// Something of a stream of events has come.
    private(set) var hasBegun = false
    /// Bytes of everything that was said.
    private(set) var byteCount = 0

    /// Takes what one piece of the stream said, `ms` after the request was sent.
    ///
    /// - Throws: the error that the upstream reported within its stream, without the provider's name.
    mutating func take(_ batch: CompletionBatch, at ms: Double) throws(ProviderError) {
        if batch.identity != nil || !batch.chunks.isEmpty { hasBegun = true }
        if let identity = batch.identity { self.identity = identity }
        for chunk in batch.chunks { try take(chunk, of: batch, at: ms) }
    }

    private mutating func take(_ chunk: CompletionChunk, of batch: CompletionBatch, at ms: Double) throws(ProviderError) {
        var evidence = 0
        var unobserved: [UInt8] = []
        var hasUnobserved = false
        for index in chunk.events {
            switch batch.events[Int(index)] {
            case .evidence(let range):
                evidence += range.count
                for token in range { take(batch.tokens[Int(token)], of: batch, at: ms) }
            case .text(let range):
                text += batch.text[range.range]
                unobserved += batch.text[range.range]
                byteCount += range.count
                hasUnobserved = hasUnobserved || !range.isEmpty
            case .refusal(let range):
                isRefusal = true
                byteCount += range.count
                hasUnobserved = true
            case .reasoning(let range):
                byteCount += range.count
                hasUnobserved = hasUnobserved || !range.isEmpty
            case .toolCall: hasUnobserved = true
            case .finish(let reason): finish = reason
            case .usage(let usage): self.usage = usage
            case .failure(let range):
                throw ProviderError(.inStream, provider: "", message: String(decoding: batch.text[range.range], as: UTF8.self))
            case .role: break
            }
        }
        if hasUnobserved, evidence == 0 {
            // As the gateway's own monitor: one token for a delta without evidence.
            tokens.append(RecordedToken(ms: ms, bytes: unobserved, logprob: .nan, top: [], isListed: true))
            evidence = 1
        }
        countedTokens += evidence
        if firstTokenMs == nil, evidence > 0 { firstTokenMs = ms }
    }

    private mutating func take(_ token: TokenEvidence, of batch: CompletionBatch, at ms: Double) {
        tokens.append(
            RecordedToken(
                ms: ms, bytes: Array(batch.text[token.text.range]), logprob: token.logprob,
                top: Array(batch.alternatives[Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)]),
                isListed: token.isListed))
    }

    var finishKind: FinishKind {
        switch finish {
        case .stop: .stop
        case .length: .length
        case .toolCalls: .toolCalls
        case .contentFilter: .contentFilter
        case .other, nil: .other
        }
    }
}
