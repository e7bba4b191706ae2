import ChatAPI

/// What the drafter has said so far, pieced together for the quality gates.
struct DraftText {
    private(set) var answer: [UInt8] = []
    private(set) var hasRefusal = false
    /// Bytes of all that was said, also of what is no longer kept.
    private(set) var byteCount = 0
    private var calls: [(index: Int, id: [UInt8], name: [UInt8], arguments: [UInt8])] = []
    private let limit: Int

    /// - Parameter limit: bytes that are kept; what a draft says beyond it is only counted.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes one event; `text` is the batch's text store.
    mutating func append(_ event: CompletionEvent, text: [UInt8]) {
        switch event {
        case .text(let range):
            byteCount += range.count
            if byteCount <= limit { answer.append(contentsOf: text[range.range]) }
        case .refusal:
            hasRefusal = true
        case .toolCall(let delta):
            byteCount += delta.id.count + delta.name.count + delta.arguments.count
            if byteCount <= limit { append(delta, text: text) }
        case .role, .reasoning, .evidence, .finish, .usage, .failure:
            break
        }
    }

    private mutating func append(_ delta: ToolCallDelta, text: [UInt8]) {
        let position: Int
        if let known = calls.firstIndex(where: { $0.index == delta.index }) {
            position = known
        } else {
            position = calls.count
            calls.append((delta.index, [], [], []))
        }
        if calls[position].id.isEmpty { calls[position].id.append(contentsOf: text[delta.id.range]) }
        calls[position].name.append(contentsOf: text[delta.name.range])
        calls[position].arguments.append(contentsOf: text[delta.arguments.range])
    }

    var toolCalls: [DraftToolCall] {
        calls.map { call in
            DraftToolCall(
                id: String(decoding: call.id, as: UTF8.self), name: String(decoding: call.name, as: UTF8.self),
                arguments: String(decoding: call.arguments, as: UTF8.self))
        }
    }
}
