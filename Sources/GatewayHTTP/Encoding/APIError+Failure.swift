import Cascade
import ChatAPI

extension APIError {
    /// The one mapping from a failed cascade to what the client is told: status, body, and nothing secret.
    init(_ failure: CascadeFailure, requestID: String) {
        switch failure {
        case .clientGone:
            // Nobody reads this; 499 is what proxies log for it.
            self = .internalError(requestID: requestID)
            status = 499
        case .shuttingDown:
            self = .draining()
        case .notCached:
            self = .notCached()
        case .answerTooLarge(let limit):
            self = .upstream(.malformed(detail: "its answer is larger than \(limit) bytes"), provider: "The provider")
        case .upstream(let errors):
            guard let principal = failure.principal else {
                self = .internalError(requestID: requestID)
                return
            }
            self = .upstream(UpstreamFailure(principal), provider: principal.provider, retryAfterSeconds: principal.retryAfterSeconds)
            let others = errors.filter { $0 != principal }
            if let other = others.first {
                if let last = message.last, !".!?".contains(last) { message += "." }
                message += " Before that, \(other.provider) failed, too: \(Redaction.redacted(other.message))"
            }
        }
    }
}

extension UpstreamFailure {
    init(_ error: ProviderError) {
        switch error.kind {
        case .rateLimited, .unauthorized, .invalidRequest, .serverError:
            self = .status(error.status ?? 502, error.body ?? UpstreamErrorBody(message: error.message))
        case .connectTimeout, .firstByteTimeout, .idleTimeout:
            self = .timedOut(detail: error.message)
        case .refused, .dns, .tls, .reset, .cancelled:
            self = .unreachable(detail: error.message)
        case .truncated, .malformed:
            self = .malformed(detail: error.message)
        case .inStream:
            self = .midStream(message: error.message)
        }
    }
}
