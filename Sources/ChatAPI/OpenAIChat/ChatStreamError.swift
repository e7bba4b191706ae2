/// Why the bytes of an upstream are not a chat completion.
public enum ChatStreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An event's data, or the whole body, is not a JSON object. The offset counts from the first byte of that data.
    case malformedChunk(offset: Int, message: String)
    /// One event is larger than the decoder's bound.
    case eventTooLarge(limit: Int)
    /// The input ended inside an event.
    case truncatedEvent
    /// The input ended between events, but before `[DONE]`.
    case missingTerminator

    public var description: String {
        switch self {
        case .malformedChunk(let offset, let message): "the upstream sent an event that is not a JSON object, at byte \(offset): \(message)"
        case .eventTooLarge(let limit): "the upstream sent an event larger than \(limit) bytes"
        case .truncatedEvent: "the upstream's stream ended inside an event"
        case .missingTerminator: "the upstream's stream ended without 'data: [DONE]'"
        }
    }
}
