/// Why an exchange did not complete. `detail` is for logs: it names host and port, never a header or a body.
public struct HTTPTransportError: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The URL could not be understood or its scheme is not http or https.
        case invalidURL = "invalid_url"
        /// The name could not be resolved.
        case dns
        /// Nothing listens there.
        case connectionRefused = "connection_refused"
        /// The host or network cannot be reached, or the proxy refused.
        case unreachable
        /// The handshake failed or the certificate was not accepted.
        case tls
        /// No connection within ``HTTPTimeouts/connect``.
        case connectTimeout = "connect_timeout"
        /// No body byte within ``HTTPTimeouts/firstByte``.
        case firstByteTimeout = "first_byte_timeout"
        /// A gap in the body longer than ``HTTPTimeouts/idle``.
        case idleTimeout = "idle_timeout"
        /// The peer closed before a response head came.
        case resetBeforeHead = "reset_before_head"
        /// The peer closed or reset in the middle of the body.
        case resetMidBody = "reset_mid_body"
        /// The response head was larger than the transport accepts.
        case oversizedHeaders = "oversized_headers"
        /// Not HTTP.
        case malformedResponse = "malformed_response"
        /// The body is larger than its reader wants.
        case tooLarge = "too_large"
        /// ``HTTPExchange/cancel()``, or the transport shut down.
        case cancelled
        /// Anything else; see `detail`.
        case other
    }

    public var kind: Kind
    public var detail: String

    public init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    public static let cancelled = HTTPTransportError(.cancelled, "the exchange was cancelled")
}

extension HTTPTransportError: CustomStringConvertible {
    public var description: String { detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)" }
}
