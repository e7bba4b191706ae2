internal import Cascade
internal import Synchronization

/// A call that waits for the thread of an ``EmbeddedVectorStore``, whatever it returns.
protocol PendingCall: AnyObject, Sendable {
    var deadline: ContinuousClock.Instant { get }
    /// Its caller has been answered.
    var isOver: Bool { get }
    /// Does the work and answers.
    func run(_ table: inout VectorTable, pause: () throws(StoreError) -> Void)
    /// Answers without the work.
    func fail(_ error: StoreError)
}

/// One call and the continuation of its caller, which is resumed exactly once: by whoever answers first.
final class VectorCall<Output: Sendable>: PendingCall {
    typealias Body = @Sendable (inout VectorTable, () throws(StoreError) -> Void) throws(StoreError) -> Output
    typealias Outcome = Result<Output, StoreError>

    private enum State: Sendable {
        /// The caller does not wait yet.
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        /// Answered before the caller waited: its task was cancelled already.
        case answered(Outcome)
        case over
    }

    let deadline: ContinuousClock.Instant
    private let body: Body
    private let state = Mutex(State.new)

    init(deadline: ContinuousClock.Instant, body: @escaping Body) {
        self.deadline = deadline
        self.body = body
    }

    /// From here on the caller waits.
    func start(_ continuation: CheckedContinuation<Outcome, Never>) {
        let outcome: Outcome? = state.withLock { state in
            if case .answered(let outcome) = state {
                state = .over
                return outcome
            }
            state = .waiting(continuation)
            return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    var isOver: Bool {
        state.withLock { state in
            switch state {
            case .new, .waiting: false
            case .answered, .over: true
            }
        }
    }

    func run(_ table: inout VectorTable, pause: () throws(StoreError) -> Void) {
        do throws(StoreError) {
            answer(.success(try body(&table, pause)))
        } catch {
            answer(.failure(error))
        }
    }

    func fail(_ error: StoreError) { answer(.failure(error)) }

    private func answer(_ outcome: Outcome) {
        let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .new:
                state = .answered(outcome)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .answered, .over:
                return nil
            }
        }
        continuation?.resume(returning: outcome)
    }
}
