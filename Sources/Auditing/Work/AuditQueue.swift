import Synchronization

/// A bounded queue from the requests to the service that works it off: offering never waits, taking does. Takes nothing before it is opened and
/// after it is closed.
final class AuditQueue<Job: Sendable>: Sendable {
    private enum Phase {
        case idle, open, closed
    }

    private struct State {
        var phase = Phase.idle
        var jobs: [Job] = []
        var takers: [CheckedContinuation<Job?, Never>] = []
    }

    /// Jobs that wait; those that were taken do not count.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    var isOpen: Bool { state.withLock { $0.phase == .open } }
    /// It would take a job now.
    var hasRoom: Bool { state.withLock { $0.phase == .open && $0.jobs.count < limit } }
    var count: Int { state.withLock { $0.jobs.count } }

    func open() {
        state.withLock { if $0.phase == .idle { $0.phase = .open } }
    }

    /// - Returns: false when the queue is full or not open.
    func offer(_ job: Job) -> Bool {
        let (isTaken, taker) = state.withLock { state -> (Bool, CheckedContinuation<Job?, Never>?) in
            guard state.phase == .open else { return (false, nil) }
            if !state.takers.isEmpty { return (true, state.takers.removeFirst()) }
            guard state.jobs.count < limit else { return (false, nil) }
            state.jobs.append(job)
            return (true, nil)
        }
        taker?.resume(returning: job)
        return isTaken
    }

    /// The oldest job, as soon as there is one; `nil` when the queue is closed. Does not look at cancellation: whoever cancels closes the queue.
    func next() async -> Job? {
        await withCheckedContinuation { continuation in
            let (isReady, job) = state.withLock { state -> (Bool, Job?) in
                if !state.jobs.isEmpty { return (true, state.jobs.removeFirst()) }
                if state.phase == .closed { return (true, nil) }
                state.takers.append(continuation)
                return (false, nil)
            }
            if isReady { continuation.resume(returning: job) }
        }
    }

    /// For good.
    ///
    /// - Returns: the jobs that nobody took.
    func close() -> [Job] {
        let (rest, takers) = state.withLock { state in
            defer { state = State(phase: .closed) }
            return (state.jobs, state.takers)
        }
        for taker in takers { taker.resume(returning: nil) }
        return rest
    }
}
