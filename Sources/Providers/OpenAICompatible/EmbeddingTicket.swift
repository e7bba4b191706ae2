import Cascade
import Synchronization

/// One caller waiting for its vector. Settled exactly once, by whoever is first: the answer, the deadline, the caller's leaving.
final class EmbeddingTicket: Sendable {
    enum Outcome: Sendable {
        case done(Result<EmbeddedText, StoreError>)
        /// The answer came. This caller reads it, in its own task, for everybody who shares the call: the transport's thread must not.
        case read(EmbeddingResponse)
    }

    private enum Phase {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case settled
    }

    let text: String
    /// UTF-8, 1 or more.
    let textBytes: Int
    private let phase = Mutex(Phase.new)

    init(_ text: String) {
        self.text = text
        textBytes = text.utf8.count
    }

    /// Nobody waits any more.
    var isSettled: Bool {
        phase.withLock { phase in
            if case .settled = phase { true } else { false }
        }
    }

    /// - Returns: false when the ticket was settled before; the continuation was not taken.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        phase.withLock { phase in
            guard case .new = phase else { return false }
            phase = .waiting(continuation)
            return true
        }
    }

    /// - Returns: false when the ticket had been settled before.
    @discardableResult
    func settle(_ outcome: Outcome) -> Bool {
        let (isFirst, continuation) = phase.withLock { phase -> (Bool, CheckedContinuation<Outcome, Never>?) in
            defer { phase = .settled }
            switch phase {
            case .new: return (true, nil)
            case .waiting(let continuation): return (true, continuation)
            case .settled: return (false, nil)
            }
        }
        continuation?.resume(returning: outcome)
        return isFirst
    }
}
