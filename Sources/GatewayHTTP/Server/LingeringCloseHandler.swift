import NIOCore

/// Ends a connection so that its client can read the last answer (RFC 9112, 9.6). Closing a socket that has unread input resets it, and the
/// reset makes the client's kernel forget the answer. So the end of the output is followed by reading and dropping, until the client
/// closes, too much has come, or the time is over. Sits next to the socket; the end of the output starts it.
final class LingeringCloseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    /// What a connection may still take after its last answer.
    struct Limits: Sendable {
        /// For the last bytes of the answer to leave the process.
        var flush: TimeAmount
        /// From then on.
        var linger: TimeAmount = .seconds(2)
        /// Bytes that are read and dropped.
        var bytes: Int
    }

    private let limits: Limits
    private var droppedBytes = 0
    private var isLingering = false
    private var timer: Scheduled<Void>?

    init(_ limits: Limits) { self.limits = limits }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, !isLingering else { return context.close(mode: mode, promise: promise) }
        isLingering = true
        closeAll(context, in: limits.flush)
        let ended = context.eventLoop.makePromise(of: Void.self)
        ended.futureResult.assumeIsolated().whenComplete { _ in
            if context.channel.isActive { self.closeAll(context, in: self.limits.linger) }
        }
        ended.futureResult.cascade(to: promise)
        context.close(mode: .output, promise: ended)
        // Nobody further up reads any more.
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isLingering else { return context.fireChannelRead(data) }
        droppedBytes += Self.unwrapInboundIn(data).readableBytes
        if droppedBytes > limits.bytes { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isLingering { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    private func closeAll(_ context: ChannelHandlerContext, in time: TimeAmount) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
