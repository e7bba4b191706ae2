public import ChatAPI

/// Why an upstream call did not give an answer. Carries no secret: messages are redacted where they are made.
public struct ProviderError: Error, Sendable, Hashable {
    /// A closed set: it is also the label of `qualm_upstream_errors_total{kind}`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No connection: refused or unreachable.
        case refused
        case dns
        case tls
        case connectTimeout = "connect_timeout"
        case firstByteTimeout = "first_byte_timeout"
        case idleTimeout = "idle_timeout"
        /// Closed before any answer.
        case reset
        /// The stream broke off, or ended without its terminal marker.
        case truncated
        /// Not what the protocol says.
        case malformed
        /// 429.
        case rateLimited = "rate_limited"
        /// 401, 402 or 403: the gateway's own credentials.
        case unauthorized
        /// Another 4xx: the request itself.
        case invalidRequest = "invalid_request"
        /// 5xx.
        case serverError = "server_error"
        /// An `error` object inside a stream that began with 200.
        case inStream = "in_stream"
        /// Closed by the gateway.
        case cancelled

        public var isTimeout: Bool { self == .connectTimeout || self == .firstByteTimeout || self == .idleTimeout }
    }

    public var kind: Kind
    public var provider: String
    /// HTTP status of the upstream's answer, when there was one.
    public var status: Int?
    /// The upstream's `Retry-After`, in whole seconds.
    public var retryAfterSeconds: Int?
    /// What went wrong, in words fit for a client.
    public var message: String
    /// More for the operator: address, library, error number. Not for clients; `nil` when the message says it all.
    public var detail: String?
    /// What the upstream's error body said, when it sent one.
    public var body: UpstreamErrorBody?

    public init(
        _ kind: Kind, provider: String, status: Int? = nil, retryAfterSeconds: Int? = nil, message: String, detail: String? = nil,
        body: UpstreamErrorBody? = nil
    ) {
        self.kind = kind
        self.provider = provider
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.message = message
        self.detail = detail
        self.body = body
    }

    /// The same call may end differently: 429, 5xx, 408, 425, and whatever broke on the way. Another 4xx says that the request itself is
    /// wrong, and it would be again.
    public var isTransient: Bool {
        switch kind {
        case .refused, .dns, .connectTimeout, .firstByteTimeout, .idleTimeout, .reset, .truncated, .rateLimited, .serverError, .inStream:
            true
        case .invalidRequest: status == 408 || status == 425
        case .tls, .malformed, .unauthorized, .cancelled: false
        }
    }

    /// For the ledger and the log.
    public var logMessage: String { detail.map { "\(message) (\($0))" } ?? message }
}
