import Synchronization

/// A bounded queue from the requests to the service that works it off: offering never waits, taking does. Takes nothing before it is opened and
/// after it is closed.
///
/// A place is reserved before it is known whether a job will follow, so that whoever has one is never turned away while the queue is open.
final class AuditQueue<Job: Sendable>: Sendable {
    private enum Phase {
        case idle, open, closed
    }

    private struct State {
        var phase = Phase.idle
        var jobs: [Job] = []
        var reserved = 0
        var takers: [CheckedContinuation<Job?, Never>] = []
    }

    /// Jobs that wait and places that are reserved; jobs that were taken do not count.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    var isOpen: Bool { state.withLock { $0.phase == .open } }
    var count: Int { state.withLock { $0.jobs.count } }

    func open() {
        state.withLock { if $0.phase == .idle { $0.phase = .open } }
    }

    /// Reserves a place, to be used by one ``offer(_:)`` or given back by one ``release()``.
    ///
    /// - Returns: false when the queue is full or not open.
    func reserve() -> Bool {
        state.withLock { state in
            guard state.phase == .open, state.jobs.count + state.reserved < limit else { return false }
            state.reserved += 1
            return true
        }
    }

    /// Gives a place back.
    func release() {
        state.withLock { $0.reserved = max(0, $0.reserved - 1) }
    }

    /// Uses a reserved place.
    ///
    /// - Returns: false when the queue is not open, or full because no place was reserved.
    func offer(_ job: Job) -> Bool {
        let (isTaken, taker) = state.withLock { state -> (Bool, CheckedContinuation<Job?, Never>?) in
            guard state.phase == .open else { return (false, nil) }
            state.reserved = max(0, state.reserved - 1)
            if !state.takers.isEmpty { return (true, state.takers.removeFirst()) }
            guard state.jobs.count + state.reserved < limit else { return (false, nil) }
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
