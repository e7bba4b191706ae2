internal import Cascade
internal import Dispatch
internal import Synchronization
internal import Threads

/// The thread that owns a ``VectorTable``, and the bounded queue of calls that wait for it.
///
/// A search of many vectors takes milliseconds of computing: too long for the cooperative pool or an event loop. The thread starts with the
/// first call. While it computes it also ends the calls whose deadline passes in the queue, so that no timer is needed: when it is idle, none
/// waits.
final class VectorThread: Sendable {
    private struct State: Sendable {
        var waiting: [any PendingCall] = []
        var thread: NamedThread?
        var isClosed = false
    }

    private let maxWaiting: Int
    private let maxVectors: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())
    /// Raised once for every call that is queued.
    private let wake = DispatchSemaphore(value: 0)

    init(maxVectors: Int, maxWaiting: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.maxVectors = maxVectors
        self.maxWaiting = maxWaiting
        self.now = now
    }

    /// Runs `body` on the thread, after the calls that came before.
    ///
    /// Cancelling the task ends the call with ``StoreError/Kind/timeout``; what it was to change may change.
    /// - Parameter body: gets the table and a function to call now and then during long work, which throws when the work is no longer wanted.
    func run<Output: Sendable>(
        by deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (inout VectorTable, () throws(StoreError) -> Void) throws(StoreError) -> Output
    ) async throws(StoreError) -> Output {
        guard now() < deadline else { throw StoreError(.embedded, .timeout, "the deadline was over before the call") }
        let call = VectorCall(deadline: deadline, body: body)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                call.start(continuation)
                if let refusal = queue(call) { call.fail(refusal) }
            }
        } onCancel: {
            call.fail(StoreError(.embedded, .timeout, "the caller gave up"))
        }
        return try result.get()
    }

    /// Calls that wait, those whose caller gave up included.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Ends waiting and running calls with ``StoreError/Kind/closed`` and the thread after them. A second call does nothing.
    func close() {
        let (waiting, thread) = state.withLock { state in
            defer {
                state.waiting = []
                state.thread = nil
            }
            state.isClosed = true
            return (state.waiting, state.thread)
        }
        for call in waiting { call.fail(Self.closed) }
        wake.signal()
        // Short: a running search looks up every 128 rows.
        thread?.join()
    }

    private static let closed = StoreError(.embedded, .closed, "the vector store was shut down")

    /// - Returns: why the call cannot wait.
    private func queue(_ call: any PendingCall) -> StoreError? {
        let refusal: StoreError? = state.withLock { state in
            if state.isClosed { return Self.closed }
            if state.waiting.count >= maxWaiting { state.waiting.removeAll(where: \.isOver) }
            guard state.waiting.count < maxWaiting else {
                return StoreError(.embedded, .overloaded, "\(maxWaiting) calls wait already")
            }
            if state.thread == nil {
                do throws(ThreadError) {
                    state.thread = try NamedThread(name: "qualm-vectors") { self.serve() }
                } catch {
                    return StoreError(.embedded, .unavailable, "\(error)")
                }
            }
            state.waiting.append(call)
            return nil
        }
        if refusal == nil { wake.signal() }
        return refusal
    }

    // MARK: On the thread

    private func serve() {
        var table = VectorTable(maxVectors: maxVectors)
        while true {
            wake.wait()
            let (call, isClosed) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
            }
            if isClosed { return }
            guard let call, !call.isOver else { continue }
            if now() >= call.deadline {
                call.fail(Self.late)
            } else {
                call.run(&table) { () throws(StoreError) in try self.lookUp(during: call) }
            }
        }
    }

    private static let late = StoreError(.embedded, .timeout, "the deadline passed while the call waited or ran")

    /// Ends what waits too long, and tells the running call whether to go on.
    private func lookUp(during call: any PendingCall) throws(StoreError) {
        let now = now()
        let (late, isClosed) = state.withLock { state in
            guard state.waiting.contains(where: { $0.deadline <= now }) else { return ([any PendingCall](), state.isClosed) }
            let late = state.waiting.filter { $0.deadline <= now }
            state.waiting.removeAll { $0.deadline <= now }
            return (late, state.isClosed)
        }
        for call in late { call.fail(Self.late) }
        if isClosed { throw Self.closed }
        // Somebody already told its caller why.
        if now >= call.deadline || call.isOver { throw Self.late }
    }
}
