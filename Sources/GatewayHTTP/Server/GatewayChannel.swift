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

    /// - Parameter idleTimeout: connections without a request are closed after this time.
    init(routes: Routes, maxBodyBytes: Int, idleTimeout: Duration) {
        self.routes = routes
        self.maxBodyBytes = maxBodyBytes
        // Only the set-up of the pipeline is used; requests are taken from it below.
        http1 = HTTP1Channel(
            responder: { _, _, _ in }, configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(idleTimeout)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = ClientConnection()
        return http1.setup(channel: channel, logger: logger).flatMapThrowing { asyncChannel in
            try channel.pipeline.syncOperations.addHandler(ClientDisconnectHandler(connection), position: .first)
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

    /// One request after the other, until the client closes or asks to.
    private func serve(
        _ inbound: NIOAsyncChannelInboundStream<HTTPRequestPart>, _ outbound: Outbound, _ connection: ClientConnection
    ) async throws {
        var parts = inbound.makeAsyncIterator()
        while let part = try await parts.next(isolation: #isolation) {
            guard case .head(let head) = part else { return }
            var request = IncomingRequest(head: head, acceptedAt: .now)
            request.refusal = routes.refusal(head)
            if head.headerFields[.expect]?.lowercased() == "100-continue", request.refusal == nil {
                try await outbound.write(.head(HTTPResponse(status: .continue)))
            }
            reading: while let part = try await parts.next(isolation: #isolation) {
                switch part {
                case .head: return
                case .end: break reading
                case .body(let buffer): request.append(buffer, limit: maxBodyBytes)
                }
                // Not even worth reading to its end: an honest client is told below, any other has lost its connection.
                if request.isHopeless(limit: maxBodyBytes) { break }
            }
            try await routes.respond(request, outbound, connection)
            if request.isHopeless(limit: maxBodyBytes) || request.wantsClose { return }
        }
    }

    private func refuseUnparsable(_ outbound: Outbound) async throws {
        let response = PlainResponse(.invalidRequest("This is not HTTP/1.1 as RFC 9112 has it.", code: "bad_request"))
        var head = response.head(requestID: routes.ids.make("req_"))
        head.headerFields[.connection] = "close"
        try await outbound.write(contentsOf: [.head(head), .body(ByteBuffer(bytes: response.body)), .end(nil)])
    }
}
