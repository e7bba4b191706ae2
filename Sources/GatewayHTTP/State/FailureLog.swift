import Cascade
import ChatAPI
import Logging

/// One line for each request that an upstream failed, for whoever looks at three in the morning. At most ten a second: beyond that they are
/// counted, and the next line says how many. No text of a client, no key.
final class FailureLog: Sendable {
    private let logger: Logger
    private let limit = LineLimit(linesPerSecond: 10)

    init(_ logger: Logger) { self.logger = logger }

    func write(_ record: DecisionRecord) {
        let failed = record.legs.filter { $0.failure != nil }
        guard record.status == .upstreamError || record.status == .upstreamTimeout || !failed.isEmpty else { return }
        guard let suppressed = limit.admit() else { return }
        var metadata: Logger.Metadata = [
            "decision_id": "\(record.id)", "request_id": "\(record.requestID)", "decision": "\(record.decision.rawValue)",
            "reason": "\(record.reason)",
        ]
        for leg in failed {
            metadata["\(leg.leg.rawValue)_\(leg.attempt)"] = "\(leg.model.qualified): \(Self.words(for: leg))"
        }
        if suppressed > 0 { metadata["suppressed_lines"] = "\(suppressed)" }
        let message: Logger.Message = record.status == .ok ? "an upstream failed; the other answered" : "the upstreams failed"
        logger.warning(message, metadata: metadata)
    }

    /// The network's words are the gateway's own; an upstream's words may quote the client and stay in the decision.
    private static func words(for leg: LegRecord) -> String {
        guard case .failed(let kind) = leg.end else { return leg.end.name }
        switch kind {
        case .refused, .dns, .tls, .connectTimeout, .firstByteTimeout, .idleTimeout, .reset, .truncated:
            return "\(kind.rawValue): \(Redaction.redacted(leg.failure ?? ""))"
        case .malformed, .rateLimited, .unauthorized, .invalidRequest, .serverError, .inStream, .cancelled:
            return kind.rawValue
        }
    }
}
