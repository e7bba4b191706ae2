internal import Synchronization

/// A bounded queue from the request path to the service that works it off: offering never waits, taking does.
///
/// Takes nothing before it is opened and after it is closed, so that nobody waits for a service that does not run.
final class JobQueue<Job: Sendable>: Sendable {
    private enum Phase: Sendable {
        case idle, open, closed
    }

    private struct State: Sendable {
        var phase = Phase.idle
        /// Those in front of `first` are taken.
        var jobs: [Job?] = []
        var first = 0
        var takers: [CheckedContinuation<Job?, Never>] = []

        var count: Int { jobs.count - first }

        mutating func takeFirst() -> Job? {
            guard first < jobs.count else { return nil }
            defer {
                jobs[first] = nil
                first += 1
                if first > 32 && first * 2 > jobs.count {
                    jobs.removeFirst(first)
                    first = 0
                }
            }
            return jobs[first]
        }
    }

    /// Jobs that wait; those that were taken do not count.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    var isOpen: Bool { state.withLock { $0.phase == .open } }
    var count: Int { state.withLock { $0.count } }

    func open() {
        state.withLock { if $0.phase == .idle { $0.phase = .open } }
    }

    /// - Returns: false when the queue is full or not open.
    func offer(_ job: Job) -> Bool {
        let (isTaken, taker) = state.withLock { state -> (Bool, CheckedContinuation<Job?, Never>?) in
            guard state.phase == .open else { return (false, nil) }
            if !state.takers.isEmpty { return (true, state.takers.removeFirst()) }
            guard state.count < limit else { return (false, nil) }
            state.jobs.append(job)
            return (true, nil)
        }
        taker?.resume(returning: job)
        return isTaken
    }

    /// The oldest job, as soon as there is one; `nil` when the queue is closed. Any number of tasks may wait. Does not look at
    /// cancellation: whoever cancels the tasks closes the queue.
    func next() async -> Job? {
        await withCheckedContinuation { continuation in
            let (isReady, job) = state.withLock { state -> (Bool, Job?) in
                if let job = state.takeFirst() { return (true, job) }
                if state.phase == .closed { return (true, nil) }
                state.takers.append(continuation)
                return (false, nil)
            }
            if isReady { continuation.resume(returning: job) }
        }
    }

    /// For good.
    /// - Returns: the jobs that nobody took.
    func close() -> [Job] {
        let (rest, takers) = state.withLock { state in
            defer { state = State(phase: .closed) }
            return (state.jobs[state.first...].compactMap { $0 }, state.takers)
        }
        for taker in takers { taker.resume(returning: nil) }
        return rest
    }
}
