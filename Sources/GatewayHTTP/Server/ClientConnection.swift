import NIOCore
import Synchronization

/// Tells the request in flight on a connection that its client has gone. One request at a time: HTTP/1.1.
final class ClientConnection: Sendable {
    private struct State: Sendable {
        var isClosed = false
        var onClose: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Calls `action` when the client leaves, at once when it has left already. Replaces the action before.
    func onClose(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            state.onClose = state.isClosed ? nil : action
            return state.isClosed
        }
        if isClosed { action() }
    }

    /// The request is over; nobody needs to be told any more.
    func forget() {
        state.withLock { $0.onClose = nil }
    }

    /// Idempotent.
    func close() {
        let action = state.withLock { state in
            defer { state.onClose = nil }
            state.isClosed = true
            return state.onClose
        }
        action?()
    }
}

/// Sees the client's end of the socket close: by a reset, or by the end of its input. A client that shuts down its sending side while it
/// waits for an answer counts as gone, as in other proxies: it is what a closed laptop and a cancelled `fetch` look like.
final class ClientDisconnectHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let connection: ClientConnection

    init(_ connection: ClientConnection) { self.connection = connection }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { connection.close() }
        context.fireUserInboundEventTriggered(event)
    }
}
