import Cascade
import ChatAPI
import HTTPTransport

extension ProviderError {
    /// The transport's word in the cascade's vocabulary.
    init(_ error: HTTPTransportError, provider: String) {
        let kind: Kind =
            switch error.kind {
            case .connectionRefused, .unreachable, .invalidURL: .refused
            case .dns: .dns
            case .tls: .tls
            case .connectTimeout: .connectTimeout
            case .firstByteTimeout: .firstByteTimeout
            case .idleTimeout: .idleTimeout
            case .resetBeforeHead: .reset
            case .resetMidBody: .truncated
            case .oversizedHeaders, .malformedResponse, .tooLarge, .other: .malformed
            case .cancelled: .cancelled
            }
        self.init(kind, provider: provider, message: Self.message(error.kind), detail: error.description)
    }

    /// What a client may know: the kind, and nothing of the network behind the gateway.
    private static func message(_ kind: HTTPTransportError.Kind) -> String {
        switch kind {
        case .invalidURL: "its base URL is not usable"
        case .dns: "its name could not be resolved"
        case .connectionRefused: "the connection was refused"
        case .unreachable: "the host is unreachable"
        case .tls: "the TLS handshake failed"
        case .connectTimeout: "no connection in time"
        case .firstByteTimeout: "no first byte in time"
        case .idleTimeout: "silence for too long in the middle of its answer"
        case .resetBeforeHead: "the connection was closed before an answer came"
        case .resetMidBody: "the connection broke in the middle of its answer"
        case .oversizedHeaders: "its response headers are too large"
        case .malformedResponse: "its answer is not HTTP"
        case .tooLarge: "its answer is too large"
        case .cancelled: "the call was cancelled"
        case .other: "the transfer failed"
        }
    }

    init(_ error: ChatStreamError, provider: String) {
        let kind: Kind =
            switch error {
            case .missingTerminator, .truncatedEvent: .truncated
            default: .malformed
            }
        self.init(kind, provider: provider, message: "\(error)")
    }
}

extension ProviderError.Kind {
    /// What an error status means for the cascade.
    init(status: Int) {
        self =
            switch status {
            case 401, 402, 403: .unauthorized
            case 429: .rateLimited
            case 408, 500...: .serverError
            case 400..<500: .invalidRequest
            default: .malformed
            }
    }
}

/// `Retry-After` and its relatives.
enum RetryAfter {
    /// Whole seconds, rounded up: `retry-after-ms` where sent, else `retry-after` as a number. HTTP dates are not understood and give `nil`.
    static func seconds(in head: HTTPResponseHead) -> Int? {
        if let milliseconds = head.header("retry-after-ms").flatMap(Double.init), milliseconds >= 0, milliseconds < 86_400_000 {
            return Int((milliseconds / 1_000).rounded(.up))
        }
        guard let seconds = head.header("retry-after").flatMap(Double.init), seconds >= 0, seconds < 86_400 else { return nil }
        return Int(seconds.rounded(.up))
    }
}
