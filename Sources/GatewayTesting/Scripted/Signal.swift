import Synchronization

/// Something that happens once, to put the events of a test in an order without looking at a clock. Thread-safe.
public final class Signal: Sendable {
    private struct State: Sendable {
        var isOpen = false
        var waiters: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// It has happened. Runs what waits for it, on this thread; a second call does nothing.
    public func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter() }
    }

    /// Runs `action` when it happens, or now if it has.
    public func whenOpen(_ action: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiters.append(action) }
            return state.isOpen
        }
        if isOpen { action() }
    }

    /// Returns when it has happened.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func wait() async throws {
        let stream = AsyncStream<Void> { continuation in whenOpen { continuation.finish() } }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
