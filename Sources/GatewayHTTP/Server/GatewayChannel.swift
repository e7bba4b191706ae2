import ChatAPI
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Hummingbird's HTTP/1.1 channel with its own request loop, for three things that its responder does not give: the request's tasks stay
/// on the connection's event loop, the request learns at once when its client leaves, and a head leaves together with the first bytes.
struct GatewayChannel: ServerChildChannel {
    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPResponsePart>

    struct Value: ServerChildChannelValue {
        let asyncChannel: HTTP1Channel.Value
        let connection: ClientConnection

        var channel: any Channel { asyncChannel.channel }
    }

    private let http1: HTTP1Channel
    private let routes: Routes
    private let maxBodyBytes: Int
    private let lingering: LingeringCloseHandler.Limits

    /// - Parameter idleTimeout: connections without a request are closed after this time.
    init(routes: Routes, maxBodyBytes: Int, idleTimeout: Duration) {
        self.routes = routes
        self.maxBodyBytes = maxBodyBytes
        lingering = LingeringCloseHandler.Limits(flush: TimeAmount(idleTimeout), bytes: 4 * maxBodyBytes)
        // Only the set-up of the pipeline is used; requests are taken from it below.
        http1 = HTTP1Channel(
            responder: { _, _, _ in }, configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(idleTimeout)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = ClientConnection()
        return http1.setup(channel: channel, logger: logger).flatMapThrowing { [lingering] asyncChannel in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                LastRequestHandler(), position: .after(pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)))
            try pipeline.addHandler(ClientDisconnectHandler(connection), position: .first)
            try pipeline.addHandler(LingeringCloseHandler(lingering), position: .first)
            return Value(asyncChannel: asyncChannel, connection: connection)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopTaskExecutor(value.channel.eventLoop)) {
            do {
                try await value.asyncChannel.executeThenClose { inbound, outbound in
                    do {
                        try await serve(inbound, outbound, value.connection)
                    } catch is HTTPParserError {
                        try await refuseUnparsable(outbound)
                    }
                    outbound.finish()
                    try await value.channel.closeFuture.get()
                }
            } catch {
                // The client is gone, or wrote what is not HTTP after its answer had begun: there is nobody to tell.
                logger.trace("connection closed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// One request after the other, until the client closes or asks to. After it the connection ends as ``LingeringCloseHandler`` has it.
    private func serve(
        _ inbound: NIOAsyncChannelInboundStream<HTTPRequestPart>, _ outbound: Outbound, _ connection: ClientConnection
    ) async throws {
        var parts = inbound.makeAsyncIterator()
        while let part = try await parts.next(isolation: #isolation) {
            guard case .head(let head) = part else { return }
            var request = IncomingRequest(head: head, acceptedAt: .now)
            request.refusal = routes.refusal(head)
            request.settle(limit: maxBodyBytes)
            if request.refusal != nil {
                // At once: the client may wait for this answer with its body, or never send one.
                try await routes.respond(request, outbound, connection)
                guard !request.closesConnection, !request.wantsClose, await drop(&parts) else { return }
                continue
            }
            if request.expectsContinue { try await outbound.write(.head(HTTPResponse(status: .continue))) }
            reading: while let part = try await parts.next(isolation: #isolation) {
                switch part {
                case .head: return
                case .end: break reading
                case .body(let buffer): request.append(buffer, limit: maxBodyBytes)
                }
                // Not even worth reading to its end.
                if request.isHopeless(limit: maxBodyBytes) {
                    request.closesConnection = true
                    break
                }
            }
            try await routes.respond(request, outbound, connection)
            if request.closesConnection || request.wantsClose { return }
        }
    }

    /// Reads the rest of a request that has been answered, so that the next one can follow.
    ///
    /// - Returns: `false` when the connection has to end: the rest is longer than a body may be, or no HTTP.
    private func drop(_ parts: inout NIOAsyncChannelInboundStream<HTTPRequestPart>.AsyncIterator) async -> Bool {
        var droppedBytes = 0
        do {
            while let part = try await parts.next(isolation: #isolation) {
                switch part {
                case .head: return false
                case .end: return true
                case .body(let buffer): droppedBytes += buffer.readableBytes
                }
                if droppedBytes > maxBodyBytes { return false }
            }
        } catch {
            // There has been an answer; a second one would be taken for that of another request.
        }
        return false
    }

    private func refuseUnparsable(_ outbound: Outbound) async throws {
        let response = PlainResponse(.invalidRequest("This is not HTTP/1.1 as RFC 9112 has it.", code: "bad_request"))
        var head = response.head(requestID: routes.ids.make("req_"))
        head.headerFields[.connection] = "close"
        try await outbound.write(contentsOf: [.head(head), .body(ByteBuffer(bytes: response.body)), .end(nil)])
    }
}
