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
            case .oversizedHeaders, .malformedResponse, .other: .malformed
            case .cancelled: .cancelled
            }
        self.init(kind, provider: provider, message: error.description)
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
