import Synchronization

/// The requests in flight: what the ticker wakes and the drain waits for.
public final class ActiveRequests: Sendable {
    private struct State: Sendable {
        var next: UInt64 = 0
        var mailboxes: [UInt64: CascadeMailbox] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Requests in flight that are being routed.
    public var count: Int { state.withLock { $0.mailboxes.count } }

    func add(_ mailbox: CascadeMailbox) -> UInt64 {
        state.withLock { state in
            state.next += 1
            state.mailboxes[state.next] = mailbox
            return state.next
        }
    }

    func remove(_ id: UInt64) {
        state.withLock { _ = $0.mailboxes.removeValue(forKey: id) }
    }

    /// Wakes every request whose deadline (keep-alive, stall) has passed. Called ten times a second by ``run(every:)``.
    public func tick(now: ContinuousClock.Instant = .now) {
        let mailboxes = state.withLock { Array($0.mailboxes.values) }
        for mailbox in mailboxes { mailbox.tick(now) }
    }

    /// Ends every request in flight with ``CascadeFailure/shuttingDown``: the end of a drain that took too long.
    public func cancelAll() {
        let mailboxes = state.withLock { Array($0.mailboxes.values) }
        for mailbox in mailboxes { mailbox.cancel(.shuttingDown) }
    }

    /// Ticks until the task is cancelled; a service of the composition root owns that task.
    public func run(every interval: Duration = .milliseconds(100)) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            tick()
        }
    }
}
