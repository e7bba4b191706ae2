import Cascade
import ChatAPI
import GatewayMetrics
import HTTPTypes

/// An endpoint that asks a model. What lies around the answer is the same for all of them: the drain, the permit, the gauge, and how a
/// failure becomes a response.
protocol AnsweringEndpoint: Sendable {
    var gateway: Gateway { get }
    var admission: Admission { get }

    /// Answers one admitted request.
    /// - Throws: ``APIError`` for what was refused before a model was asked, ``CascadeFailure`` for what became of asking one.
    func answer(_ request: IncomingRequest, _ sink: ClientSink, _ connection: ClientConnection) async throws
}

extension AnsweringEndpoint {
    /// Answers or refuses; returns when the last byte has been handed to the socket. Throws only when the connection must be closed.
    func respond(_ request: IncomingRequest, _ sink: ClientSink, _ connection: ClientConnection) async throws {
        defer { connection.forget() }
        do {
            try await admitted { try await answer(request, sink, connection) }
            try await sink.finish()
        } catch let error as APIError {
            gateway.metrics.requests.increment(.none, StatusLabel(refused: error.status))
            try await sink.refuse(PlainResponse(error))
        } catch let failure as CascadeFailure where failure != .clientGone {
            guard !sink.hasBegun else { return try await sink.finish() }
            try await sink.refuse(PlainResponse(APIError(failure, requestID: sink.requestID)))
        }
    }

    private func admitted(_ answer: () async throws -> Void) async throws {
        guard !admission.isDraining else { throw APIError.draining() }
        guard admission.enter() else { throw APIError.tooManyRequests(limit: admission.limit, retryAfterSeconds: 1) }
        gateway.metrics.inflightRequests.increment()
        defer {
            admission.leave()
            gateway.metrics.inflightRequests.decrement()
        }
        try await answer()
    }
}

extension IncomingRequest {
    /// What the client asks of the router: its headers where they say something, the body's `qualm` object elsewhere.
    func controls(over body: RoutingControls) throws(ChatRequestError) -> RoutingControls {
        var controls = RoutingControls()
        for field in headers where field.name.canonicalName.hasPrefix("x-qualm-") {
            try controls.apply(header: field.name.canonicalName, value: field.value)
        }
        return controls.overriding(body)
    }
}
