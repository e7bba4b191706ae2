import Cascade
import ChatAPI

/// OpenAI's whole chat completion, collected from a stream.
struct ChatBodyEncoder: AnswerEncoder {
    private let keepsLogprobs: Bool
    private let maxAlternatives: Int?
    private let provider: String
    private let maxBytes: Int
    private var assembler: ChatCompletionAssembler

    /// - Parameters:
    ///   - provider: named when the chunks do not make an answer.
    ///   - maxBytes: bound of the collected answer.
    init(_ request: ChatRequest, provider: String, maxBytes: Int) {
        keepsLogprobs = request.wantsLogprobs
        maxAlternatives = request.topLogprobs ?? 0
        self.provider = provider
        self.maxBytes = maxBytes
        assembler = ChatCompletionAssembler(keepsLogprobs: keepsLogprobs, maxAlternatives: maxAlternatives, maxBytes: maxBytes)
    }

    mutating func restart() {
        assembler = ChatCompletionAssembler(keepsLogprobs: keepsLogprobs, maxAlternatives: maxAlternatives, maxBytes: maxBytes)
    }

    mutating func append(_ chunk: CompletionChunk, of batch: borrowing CompletionBatch, to output: inout [UInt8]) throws(ProviderError) {
        do throws(AssemblyError) {
            try assembler.append(chunk, of: copy batch)
        } catch {
            throw ProviderError(.malformed, provider: provider, message: error.description)
        }
    }

    mutating func finish(_ record: DecisionRecord, to output: inout [UInt8]) throws(ProviderError) {
        do throws(AssemblyError) {
            output.append(contentsOf: try assembler.body(extraMember: DecisionMetadata.member(record)))
        } catch {
            throw ProviderError(.malformed, provider: provider, message: error.description)
        }
    }

    mutating func fail(_ failure: CascadeFailure, record: DecisionRecord, to output: inout [UInt8]) {
        // Nothing has been sent: the failure becomes the response, with its own status.
    }

    var keepAlive: [UInt8]? { nil }
}

/// A direct answer that was not streamed: the provider's body, byte for byte, with one member more.
enum DirectBody {
    static func withMetadata(_ body: [UInt8], _ record: DecisionRecord) -> [UInt8] {
        guard let end = body.lastIndex(of: UInt8(ascii: "}")) else { return body }
        var out: [UInt8] = []
        let member = DecisionMetadata.member(record)
        out.reserveCapacity(body.count + member.count + 1)
        out.append(contentsOf: body[..<end])
        out.append(UInt8(ascii: ","))
        out.append(contentsOf: member)
        out.append(contentsOf: body[end...])
        return out
    }
}
