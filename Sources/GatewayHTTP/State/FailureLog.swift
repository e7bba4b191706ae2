import Cascade
import ChatAPI
import Logging
import Synchronization

/// One line for each request that an upstream failed, for whoever looks at three in the morning. At most ten a second: beyond that they are
/// counted, and the next line says how many. No text of a client, no key.
final class FailureLog: Sendable {
    private struct State: Sendable {
        var second: Int64 = 0
        var written = 0
        var suppressed = 0
    }

    private static let linesPerSecond = 10

    private let logger: Logger
    private let state = Mutex(State())
    private let start = ContinuousClock.now

    init(_ logger: Logger) { self.logger = logger }

    func write(_ record: DecisionRecord) {
        let failed = record.legs.filter { $0.failure != nil }
        guard record.status == .upstreamError || record.status == .upstreamTimeout || !failed.isEmpty else { return }
        guard let suppressed = admit() else { return }
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

    /// How many lines were suppressed before this one; `nil` when this one is, too.
    private func admit() -> Int? {
        let second = (ContinuousClock.now - start).components.seconds
        return state.withLock { state in
            if state.second != second {
                state.second = second
                state.written = 0
            }
            guard state.written < Self.linesPerSecond else {
                state.suppressed += 1
                return nil
            }
            state.written += 1
            defer { state.suppressed = 0 }
            return state.suppressed
        }
    }
}
