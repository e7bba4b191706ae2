import Cascade
import ChatAPI
import HTTPTransport
import Synchronization

/// Between the transport and the cascade: passes a good answer's bytes through untouched, collects a bad answer's body into an error.
final class CompletionExchangeSink: HTTPExchangeSink {
    /// An error body is kept up to this many bytes; the rest is read and dropped.
    static let maxErrorBytes = 65_536

    private struct Failure: Sendable {
        var status: Int
        var retryAfterSeconds: Int?
        var body: [UInt8] = []
    }

    private let provider: String
    private let secrets: [String]
    private let sink: any CompletionSink
    /// Touched on the transport's thread only, in order; the lock is for the compiler's peace and never contended.
    private let failure = Mutex<Failure?>(nil)

    init(provider: String, secrets: [String], sink: any CompletionSink) {
        self.provider = provider
        self.secrets = secrets
        self.sink = sink
    }

    func head(_ head: HTTPResponseHead) {
        if (200..<300).contains(head.status) {
            let isEventStream = head.header("content-type")?.lowercased().hasPrefix("text/event-stream") ?? false
            sink.opened(UpstreamHead(status: head.status, isEventStream: isEventStream))
        } else {
            failure.withLock { $0 = Failure(status: head.status, retryAfterSeconds: RetryAfter.seconds(in: head)) }
        }
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> HTTPBodyDemand {
        let isError = failure.withLock { failure in
            guard failure != nil else { return false }
            let room = Self.maxErrorBytes - (failure?.body.count ?? 0)
            failure?.body.append(contentsOf: bytes.prefix(max(0, room)))
            return true
        }
        if isError { return .more }
        return sink.received(bytes) ? .more : .pause
    }

    func end(_ result: Result<HTTPExchangeTimings, HTTPTransportError>) {
        if let failure = failure.withLock({ $0 }) {
            var body = UpstreamErrorBody.parse(failure.body, status: failure.status)
            body.message = Redaction.redacted(body.message, secrets: secrets)
            body.type = body.type.map { Redaction.redacted($0, secrets: secrets) }
            body.code = body.code.map { Redaction.redacted($0, secrets: secrets) }
            body.param = body.param.map { Redaction.redacted($0, secrets: secrets) }
            sink.closed(
                ProviderError(
                    ProviderError.Kind(status: failure.status), provider: provider, status: failure.status,
                    retryAfterSeconds: failure.retryAfterSeconds, message: body.message, body: body))
            return
        }
        switch result {
        case .success: sink.closed(nil)
        case .failure(let error): sink.closed(ProviderError(error, provider: provider))
        }
    }
}
