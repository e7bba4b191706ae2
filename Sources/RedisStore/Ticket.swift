internal import Cascade
internal import Synchronization

/// Commands that go out together, and who waits for their replies. Resumed exactly once: by the replies, a failure, the deadline or the
/// caller's cancelling, whichever is first.
final class Ticket: Sendable {
    typealias Outcome = Result<[RedisReply], StoreError>

    private enum State {
        case fresh
        case waiting(CheckedContinuation<Void, Never>)
        case finished(Outcome)
        case over
    }

    let commands: [RedisCommand]
    let deadline: ContinuousClock.Instant
    /// What it counts for in the queue's bound.
    let cost: Int
    private let state = Mutex(State.fresh)

    init(_ commands: [RedisCommand], deadline: ContinuousClock.Instant) {
        self.commands = commands
        self.deadline = deadline
        cost = commands.reduce(0) { $0 + $1.cost }
    }

    /// Nobody waits any more: it need not be sent, and its replies are dropped.
    var isFinished: Bool {
        state.withLock { state in
            switch state {
            case .fresh, .waiting: false
            case .finished, .over: true
            }
        }
    }

    /// - Returns: false when it was finished before anybody waited; the continuation has then been resumed.
    func attach(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        let isWaiting = state.withLock { state in
            if case .finished = state { return false }
            state = .waiting(continuation)
            return true
        }
        if !isWaiting { continuation.resume() }
        return isWaiting
    }

    /// Only the first call counts.
    func finish(_ outcome: Outcome) {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            switch state {
            case .fresh:
                state = .finished(outcome)
                return nil
            case .waiting(let continuation):
                state = .finished(outcome)
                return continuation
            case .finished, .over: return nil
            }
        }
        continuation?.resume()
    }

    /// What it came to, once, for the caller that has been resumed. Handed over under the lock, not through the continuation: the thread
    /// sanitizer sees the one and not always the other.
    func take() -> Outcome {
        state.withLock { state in
            guard case .finished(let outcome) = state else { return .failure(StoreError(.redis, .closed, "taken before its end")) }
            state = .over
            return outcome
        }
    }
}
