import Cascade
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The client's side of one answer. The first bytes take the head with them in one write; a body whose length is known goes out whole.
final class ClientSink: AnswerSink {
    private let outbound: GatewayChannel.Outbound
    let requestID: String
    /// `text/event-stream` in chunks; otherwise one JSON body with its length. Known once the request has been decoded.
    var isStreaming = false
    /// Known once the request has a decision, also when it ends in an error.
    var decisionID: String?
    private(set) var hasBegun = false
    private var isOpen = false

    init(_ outbound: GatewayChannel.Outbound, requestID: String) {
        self.outbound = outbound
        self.requestID = requestID
    }

    func send(_ bytes: [UInt8], head: @autoclosure () -> AnswerHead) async throws {
        let body = HTTPResponsePart.body(ByteBuffer(bytes: bytes))
        if hasBegun { return try await outbound.write(body) }
        hasBegun = true
        let response = HTTPResponsePart.head(response(head(), length: bytes.count))
        if isStreaming {
            isOpen = true
            try await outbound.write(contentsOf: [response, body])
        } else {
            try await outbound.write(contentsOf: [response, body, .end(nil)])
        }
    }

    /// Ends a streamed answer. Harmless for one that never began or was sent whole.
    func finish() async throws {
        guard isOpen else { return }
        isOpen = false
        try await outbound.write(.end(nil))
    }

    /// Answers with something else than an answer. Only while nothing has been sent.
    ///
    /// - Parameter omitsBody: for `HEAD`: the head says how long the body would be.
    func refuse(_ response: PlainResponse, omitsBody: Bool = false) async throws {
        guard !hasBegun else { return }
        hasBegun = true
        var fields = response.head(requestID: requestID)
        if let decisionID { fields.headerFields[.qualmDecisionID] = decisionID }
        let head = HTTPResponsePart.head(fields)
        if omitsBody {
            try await outbound.write(contentsOf: [head, .end(nil)])
        } else {
            try await outbound.write(contentsOf: [head, .body(ByteBuffer(bytes: response.body)), .end(nil)])
        }
    }

    private func response(_ head: AnswerHead, length: Int) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(11)
        if isStreaming {
            fields[.contentType] = "text/event-stream; charset=utf-8"
            fields[.cacheControl] = "no-cache"
            // nginx and its relatives buffer event streams unless told not to.
            fields[.xAccelBuffering] = "no"
        } else {
            fields[.contentType] = "application/json"
            fields[.contentLength] = String(length)
        }
        fields[.xRequestID] = requestID
        fields[.qualmDecisionID] = head.decisionID
        fields[.qualmRoute] = head.route.rawValue
        // Behind a keep-alive nobody knows yet who will answer.
        if head.route != .pending { fields[.qualmModel] = head.model }
        fields[.qualmOverhead] = head.overheadMs.decimals(3)
        if let cache = head.cache {
            fields[.qualmCacheID] = cache.id
            fields[.age] = String(cache.ageSeconds)
        }
        return HTTPResponse(status: .ok, headerFields: fields)
    }
}
