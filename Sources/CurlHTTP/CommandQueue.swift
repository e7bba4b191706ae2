internal import CCurl
internal import HTTPTransport
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What other threads ask of a loop.
enum LoopCommand {
    case start(Transfer)
    case cancel(Transfer)
    case resume(Transfer)
}

/// The only door into a loop's thread: one array under one lock, and an eventfd that is written only when the loop sleeps.
///
/// Bound: an exchange can have one start, one cancel and one resume in here at a time, and the loop refuses exchanges above
/// `maxActiveTransfers`; the array is emptied on every turn of the loop.
final class CommandQueue: Sendable {
    /// Kept here because both sides of the door count.
    struct Gauges: ~Copyable, Sendable {
        let activeTransfers = Atomic<Int>(0)
        let openSockets = Atomic<Int>(0)
    }

    private struct State {
        var commands: [LoopCommand] = []
        var isClosed = false
    }

    let gauges = Gauges()
    /// Readable (an edge, epoll's `EPOLLET`) whenever a sleeping loop has to look; never read, so a wake-up is one system call.
    let eventDescriptor: CInt
    private let state = Mutex(State())
    private let isLoopAsleep = Atomic<Bool>(false)

    init() throws(HTTPTransportError) {
        eventDescriptor = ccurl_event_descriptor()
        guard eventDescriptor >= 0 else { throw HTTPTransportError(.other, "no eventfd: errno \(errno)") }
    }

    deinit { close(eventDescriptor) }

    // MARK: Any thread

    /// False when the loop has been closed: the command will never be run.
    func append(_ command: LoopCommand) -> Bool {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            return true
        }
        if isOpen { wake() }
        return isOpen
    }

    func finish() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        // The flag is cleared by whoever wakes: a burst of commands costs one write.
        guard isLoopAsleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        _ = unsafe write(eventDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: The loop's thread

    /// Moves all commands into `batch` (which must be empty; its storage becomes the queue's). False once closed.
    func take(into batch: inout [LoopCommand]) -> Bool {
        state.withLock { state in
            swap(&state.commands, &batch)
            return !state.isClosed
        }
    }

    /// Announces that the loop is about to block. False when there is something to do first.
    ///
    /// The flag is set before the array is looked at, and ``append(_:)`` fills the array before it looks at the flag: one of the
    /// two sees the other, so no wake-up is lost.
    func mayGoToSleep() -> Bool {
        isLoopAsleep.store(true, ordering: .sequentiallyConsistent)
        let isIdle = state.withLock { $0.commands.isEmpty && !$0.isClosed }
        if !isIdle { isLoopAsleep.store(false, ordering: .sequentiallyConsistent) }
        return isIdle
    }

    /// To be called when the loop is awake again: commands given on its own thread then cost no system call.
    func wokeUp() {
        isLoopAsleep.store(false, ordering: .sequentiallyConsistent)
    }
}
