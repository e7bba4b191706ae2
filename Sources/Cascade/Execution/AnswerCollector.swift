import ChatAPI

/// Collects an answer as one `chat.completion` object, for the cache: whatever the client's own wire format is, and without the logprobs.
struct AnswerCollector {
    private let maxBytes: Int
    private var saidBytes = 0
    /// `nil` once the answer outgrew its bound, or was not what can be collected.
    private var assembler: ChatCompletionAssembler?
    /// The model refused by its own word.
    var isRefusal = false

    /// - Parameter maxBytes: of what the answer says, decoded; a longer one is given up.
    init(maxBytes: Int) {
        self.maxBytes = maxBytes
        // Its own bound counts the frame of every chunk, too, and would end an answer long before its text is too long.
        assembler = ChatCompletionAssembler(keepsLogprobs: false)
    }

    mutating func append(_ chunk: CompletionChunk, of batch: CompletionBatch) {
        guard assembler != nil else { return }
        for index in chunk.events { saidBytes += batch.events[Int(index)].saidBytes }
        guard saidBytes <= maxBytes else { return assembler = nil }
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

extension CompletionEvent {
    fileprivate var saidBytes: Int {
        switch self {
        case .text(let range), .reasoning(let range), .refusal(let range): range.count
        case .toolCall(let delta): delta.id.count + delta.name.count + delta.arguments.count
        case .role, .evidence, .finish, .usage, .failure: 0
        }
    }
}
