import ChatAPI

/// Collects an answer as one `chat.completion` object, for the cache: whatever the client's own wire format is, and without the logprobs.
struct AnswerCollector {
    private let maxBytes: Int
    /// `nil` once the answer outgrew its bound, or was not what can be collected.
    private var assembler: ChatCompletionAssembler?
    /// The model refused by its own word.
    var isRefusal = false

    /// - Parameter maxBytes: of the collected JSON; a longer answer is given up.
    init(maxBytes: Int) {
        self.maxBytes = maxBytes
        assembler = ChatCompletionAssembler(keepsLogprobs: false, maxBytes: maxBytes)
    }

    mutating func append(_ chunk: CompletionChunk, of batch: CompletionBatch) {
        do throws(AssemblyError) {
            try assembler?.append(chunk, of: batch)
        } catch {
            assembler = nil
        }
    }

    /// Another leg's chunks follow.
    mutating func restart() { self = AnswerCollector(maxBytes: maxBytes) }

    /// The whole answer; `nil` when there is none, or not one that can be kept.
    var body: [UInt8]? {
        do throws(AssemblyError) {
            return try assembler?.body()
        } catch {
            return nil
        }
    }
}
