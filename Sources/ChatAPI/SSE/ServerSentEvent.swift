/// One dispatched event, copied out of the stream.
public struct ServerSentEvent: Sendable, Hashable {
    /// The `event` field; empty when the stream did not name the event.
    public var name: String
    /// The `data` lines joined by LF.
    public var data: [UInt8]

    public init(name: String = "", data: [UInt8]) {
        self.name = name
        self.data = data
    }
}
