import NIOCore
import NIOHTTP1

/// Knows which request is a connection's last: one in HTTP/1.0, one that asks for the close, and one that wants another protocol, after
/// which NIO's parser reads nothing more. That request is handed on with `connection: close` and its answer says the same (RFC 9112,
/// 9.3 and 9.6); an HTTP/1.0 client is answered in HTTP/1.0, whose bodies end with their length or with the connection (nginx speaks 1.0
/// to its upstreams unless told otherwise). Sits between NIO's HTTP/1 codec and the one for HTTP types.
final class LastRequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct LastRequest {
        var isHTTP10: Bool
        /// Answers that come before its own: a client may send on before it has read.
        var answersAhead: Int
    }

    private var unanswered = 0
    private var last: LastRequest?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isHTTP10 = head.version == .http1_0
        let isLast = isHTTP10 || !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "upgrade")
        if isLast, last == nil { last = LastRequest(isHTTP10: isHTTP10, answersAhead: unanswered) }
        unanswered += 1
        guard isLast else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        // RFC 9110, 10.1.1: not for clients that do not know what an interim answer is.
        if isHTTP10 { head.headers.remove(name: "expect") }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            guard let last, last.answersAhead == 0, head.status.code >= 200 else { break }
            if last.isHTTP10 { head.version = .http1_0 }
            head.headers.replaceOrAdd(name: "connection", value: "close")
            return context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            break
        case .end:
            unanswered = max(unanswered - 1, 0)
            last?.answersAhead -= 1
        }
        context.write(data, promise: promise)
    }
}
