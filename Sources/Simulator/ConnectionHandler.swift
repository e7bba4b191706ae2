import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One accepted connection: reads requests, follows the plan of each answer, notices at once when the client leaves.
///
/// Reading never stops while an answer is written, so an end of file or a reset is seen before the first byte, between two tokens and in
/// a stall alike. Responses are written as raw bytes, because half of what a simulator sends is what an HTTP encoder would refuse to.
/// Bounds: a body of ``SimulatorOptions/maxBodyBytes``, eight pipelined requests, and the channel's high-water mark of unsent bytes.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private struct Incoming {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var isTooLarge = false
    }

    private static let pipelineLimit = 8
    /// Events written before other connections of the loop get their turn.
    private static let burst = 32

    private let router: Router
    private let recorder: Recorder
    private let maxBodyBytes: Int
    private var connection = 0
    private var incoming: Incoming?
    private var pipelined: [Incoming] = []
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?

    init(router: Router, recorder: Recorder, maxBodyBytes: Int) {
        self.router = router
        self.recorder = recorder
        self.maxBodyBytes = maxBodyBytes
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        connection = recorder.connectionOpened()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let live = exchange?.live { recorder.end(live, .aborted) }
        exchange = nil
        pipelined = []
        recorder.connectionClosed()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            incoming = Incoming(head: head)
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" && exchange == nil {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        case .body(let buffer):
            if (incoming?.body.count ?? 0) + buffer.readableBytes > maxBodyBytes {
                incoming?.isTooLarge = true
            } else {
                incoming?.body.append(contentsOf: buffer.readableBytesView)
            }
        case .end:
            guard let request = incoming else { return }
            incoming = nil
            if exchange == nil {
                begin(request)
            } else if pipelined.count < Self.pipelineLimit {
                pipelined.append(request)
            } else {
                context.close(promise: nil)
            }
        }
    }

    // MARK: - Following the plan

    private func begin(_ incoming: Incoming) {
        let (plan, live) = answer(incoming)
        let exchange = Exchange(live: live, plan: plan, keepsAlive: incoming.head.isKeepAlive)
        self.exchange = exchange
        switch plan.beginning {
        case .refuse:
            end(exchange, .faulted)
            context?.close(promise: nil)
        case .stall: break
        case .normal: wait(exchange, microseconds: plan.headDelay) { $0.beginBody(exchange) }
        }
    }

    private func answer(_ incoming: Incoming) -> (ResponsePlan, LiveRequest?) {
        guard !incoming.isTooLarge else {
            return (ResponsePlan(status: 413, message: "The request body is larger than \(maxBodyBytes) bytes."), nil)
        }
        return router.answer(
            Router.Request(
                method: incoming.head.method.rawValue, path: String(incoming.head.uri.prefix { $0 != "?" }),
                headers: incoming.head.headers.map { ($0.name, $0.value) }, body: incoming.body, connection: connection))
    }

    private func beginBody(_ exchange: Exchange) {
        let plan = exchange.plan
        switch plan.body {
        case .whole(let bytes, let tokens):
            if case .stall = plan.wholeEnding { return writeWhole(exchange, bytes, tokens: tokens) }
            // A model that answers in one piece thinks as long as one that streams.
            wait(exchange, microseconds: plan.firstDelay + plan.gap * Int64(max(tokens - 1, 0))) {
                $0.writeWhole(exchange, bytes, tokens: tokens)
            }
        case .stream:
            if plan.firstDelay > 0 {
                var buffer = takeBuffer(512)
                writeHead(of: exchange, into: &buffer)
                write(buffer, for: exchange)
            }
            wait(exchange, microseconds: plan.firstDelay) {
                exchange.due = .now()
                exchange.isWaiting = false
                $0.pump()
            }
        }
    }

    private func writeWhole(_ exchange: Exchange, _ bytes: [UInt8], tokens: Int) {
        var buffer = takeBuffer(bytes.count + 512)
        writeHead(of: exchange, into: &buffer)
        buffer.writeBytes(bytes[..<min(exchange.plan.wholePrefix ?? bytes.count, bytes.count)])
        if case .complete = exchange.plan.wholeEnding, let live = exchange.live { recorder.sent(live, tokens: tokens) }
        finish(exchange, exchange.plan.wholeEnding, with: buffer)
    }

    /// Writes the events that are due, as long as the socket takes them.
    private func pump() {
        guard let exchange, !exchange.isWaiting, !exchange.isPumping, case .stream(let stream) = exchange.plan.body else { return }
        exchange.isPumping = true
        defer { exchange.isPumping = false }
        for _ in 0..<Self.burst {
            // A failed write may have ended the exchange; a full socket calls back when it drains.
            guard self.exchange === exchange, context?.channel.isWritable == true else { return }
            guard exchange.nextEvent < stream.events.count else { return writeEnd(of: exchange, stream) }
            let event = stream.events[exchange.nextEvent]
            if event.isPaced && exchange.plan.gap > 0 {
                let now = NIODeadline.now()
                guard exchange.due <= now else { return resume(exchange, after: exchange.due - now) }
                exchange.due = exchange.due + .microseconds(exchange.plan.gap)
            }
            exchange.nextEvent += 1
            if let live = exchange.live, event.tokens > 0 { recorder.sent(live, tokens: event.tokens) }
            var buffer = takeBuffer(stream.prefix.count + event.json.count + (exchange.hasSentHead ? 96 : 768))
            if !exchange.hasSentHead { writeHead(of: exchange, into: &buffer) }
            stream.write(event, into: &buffer)
            write(buffer, for: exchange)
        }
        if self.exchange === exchange { resume(exchange, after: .zero) }
    }

    private func writeEnd(of exchange: Exchange, _ stream: StreamPlan) {
        var buffer = takeBuffer(512)
        if !exchange.hasSentHead { writeHead(of: exchange, into: &buffer) }
        if case .complete = stream.ending { stream.writeEnd(into: &buffer) }
        finish(exchange, stream.ending, with: buffer)
    }

    private func resume(_ exchange: Exchange, after delay: TimeAmount) {
        exchange.isWaiting = true
        schedule(exchange, delay) {
            exchange.isWaiting = false
            $0.pump()
        }
    }

    private func finish(_ exchange: Exchange, _ ending: ResponseEnding, with buffer: ByteBuffer) {
        guard let context else { return }
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        switch ending {
        case .stall: exchange.isWaiting = true
        case .complete:
            end(exchange, exchange.plan.outcome)
            if let live = exchange.live {
                let recorder = recorder
                written.futureResult.whenFailure { _ in recorder.revokeCompletion(live) }
            }
            if !exchange.keepsAlive { written.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        case .close, .reset:
            end(exchange, .faulted)
            if case .reset = ending {
                // Zero seconds of linger: closing sends RST instead of FIN.
                (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
            }
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        write(buffer, for: exchange, promise: written)
        if case .complete = ending, exchange.keepsAlive { beginNext() }
    }

    private func end(_ exchange: Exchange, _ outcome: RequestRecord.Outcome) {
        if let live = exchange.live { recorder.end(live, outcome) }
        self.exchange = nil
    }

    private func beginNext() {
        guard !pipelined.isEmpty else { return }
        // From a fresh stack: a client that pipelines without end must not deepen this one.
        context?.eventLoop.assumeIsolated().execute {
            guard self.exchange == nil, !self.pipelined.isEmpty else { return }
            self.begin(self.pipelined.removeFirst())
        }
    }

    // MARK: - Bytes and time

    private func takeBuffer(_ capacity: Int) -> ByteBuffer {
        context?.channel.allocator.buffer(capacity: capacity) ?? ByteBuffer()
    }

    private func writeHead(of exchange: Exchange, into buffer: inout ByteBuffer) {
        exchange.hasSentHead = true
        if let live = exchange.live { recorder.headSent(live, status: exchange.plan.status) }
        exchange.writeHead(into: &buffer)
    }

    private func write(_ buffer: ByteBuffer, for exchange: Exchange, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard exchange.plan.splitsBytes, buffer.readableBytes > 1 else {
            context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
            return
        }
        var rest = buffer
        while let byte = rest.readSlice(length: 1) {
            context.writeAndFlush(wrapOutboundOut(byte), promise: rest.readableBytes == 0 ? promise : nil)
        }
    }

    private func wait(_ exchange: Exchange, microseconds: Int64, then next: @escaping (ConnectionHandler) -> Void) {
        guard microseconds > 0 else { return next(self) }
        schedule(exchange, .microseconds(microseconds), next)
    }

    /// Runs on this loop later, unless the exchange has ended by then.
    private func schedule(_ exchange: Exchange, _ delay: TimeAmount, _ next: @escaping (ConnectionHandler) -> Void) {
        guard let loop = context?.eventLoop.assumeIsolated() else { return }
        let run = { if self.exchange === exchange { next(self) } }
        if delay <= .zero { loop.execute(run) } else { loop.scheduleTask(in: delay, run) }
    }
}
