internal import CHiredis
internal import Cascade
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The only door into the I/O thread: an array under a lock, and an eventfd that is written only when the thread sleeps.
///
/// Also keeps the bound: a ticket counts from ``append(_:)`` until the thread is through with it, which is when its replies have come, its
/// connection is gone, or its deadline has passed before it was sent.
final class TicketQueue: Sendable {
    private struct State {
        var tickets: [Ticket] = []
        var pendingCommands = 0
        var pendingBytes = 0
        var isClosed = false
        /// Something other than a ticket has happened.
        var hasNews = false
        var lastFailure: StoreError?
        var isReady = false
    }

    /// Readable whenever a sleeping thread has to look.
    let eventDescriptor: CInt
    private let maxCommands: Int
    private let maxBytes: Int
    private let state = Mutex(State())
    private let isThreadAsleep = Atomic<Bool>(false)

    init(maxCommands: Int, maxBytes: Int) throws(StoreError) {
        eventDescriptor = qualm_redis_event_descriptor()
        self.maxCommands = maxCommands
        self.maxBytes = maxBytes
        guard eventDescriptor >= 0 else { throw StoreError(.redis, .unavailable, "no eventfd for the Redis client: errno \(errno)") }
    }

    deinit {
        if eventDescriptor >= 0 { close(eventDescriptor) }
    }

    // MARK: Any thread

    /// - Returns: why it was not taken.
    func append(_ ticket: Ticket) -> StoreError? {
        let refusal: StoreError? = state.withLock { state in
            if state.isClosed { return StoreError(.redis, .closed, "the Redis client is shut down") }
            guard state.pendingCommands + ticket.commands.count <= maxCommands, state.pendingBytes + ticket.cost <= maxBytes else {
                return StoreError(
                    .redis, .overloaded,
                    "\(state.pendingCommands) commands with \(state.pendingBytes) bytes are pending, "
                        + "of at most \(maxCommands) and \(maxBytes)")
            }
            state.pendingCommands += ticket.commands.count
            state.pendingBytes += ticket.cost
            state.tickets.append(ticket)
            return nil
        }
        if refusal == nil { wake() }
        return refusal
    }

    func finish() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    /// Makes the thread take a turn. Safe to call when it is just about to sleep.
    func notify() {
        state.withLock { $0.hasNews = true }
        wake()
    }

    private func wake() {
        // The flag is cleared by whoever wakes: a burst of commands costs one write.
        guard isThreadAsleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        _ = unsafe write(eventDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    var pendingCommands: Int { state.withLock { $0.pendingCommands } }
    var isReady: Bool { state.withLock { $0.isReady } }
    var lastFailure: StoreError? { state.withLock { $0.lastFailure } }

    // MARK: The I/O thread

    /// Moves all tickets into `batch` (which must be empty; its storage becomes the queue's). False once closed.
    func take(into batch: inout [Ticket]) -> Bool {
        state.withLock { state in
            swap(&state.tickets, &batch)
            state.hasNews = false
            return !state.isClosed
        }
    }

    func release(_ ticket: Ticket) {
        state.withLock { state in
            state.pendingCommands -= ticket.commands.count
            state.pendingBytes -= ticket.cost
        }
    }

    func publish(isReady: Bool, failure: StoreError?) {
        state.withLock { state in
            state.isReady = isReady
            state.lastFailure = failure
        }
    }

    /// Announces that the thread is about to block. False when there is something to do first.
    ///
    /// The flag is set before the array is looked at, and ``append(_:)`` fills the array before it looks at the flag: one of the two sees
    /// the other, so no wake-up is lost.
    func mayGoToSleep() -> Bool {
        isThreadAsleep.store(true, ordering: .sequentiallyConsistent)
        let isIdle = state.withLock { $0.tickets.isEmpty && !$0.isClosed && !$0.hasNews }
        if !isIdle { isThreadAsleep.store(false, ordering: .sequentiallyConsistent) }
        return isIdle
    }

    func wokeUp(byEvent: Bool) {
        isThreadAsleep.store(false, ordering: .sequentiallyConsistent)
        guard byEvent else { return }
        var count: UInt64 = 0
        _ = unsafe read(eventDescriptor, &count, MemoryLayout<UInt64>.size)
    }
}
