public import Cascade
internal import Synchronization
internal import Threads

/// A connection to a Redis server, kept up for as long as the client lives, on an I/O thread of its own: nothing blocks the cooperative
/// pool.
///
/// Commands of all callers are pipelined; replies are matched in order. Connecting begins at once and goes on with back-off while the
/// server is away. A command waits for the connection until its deadline, and fails at once while the next attempt comes later than that.
/// What was sent when a connection broke is not sent again: whether the server carried it out is unknown.
public final class RedisClient: Sendable {
    let options: RedisConnectionOptions
    private let queue: TicketQueue
    private let thread: NamedThread

    /// Starts the thread; does not wait for the server.
    ///
    /// - Throws: ``StoreError/Kind/mismatch`` for `rediss://` where the installed hiredis has no TLS or the authorities cannot be read;
    ///   ``StoreError/Kind/unavailable`` where the system has no descriptor or thread left.
    public init(options: RedisConnectionOptions) throws(StoreError) {
        self.options = options
        let tls = options.usesTLS ? try TLSLibrary(authorities: options.certificateAuthorityFile) : nil
        let queue = try TicketQueue(maxCommands: options.maxPendingCommands, maxBytes: options.maxPendingBytes)
        self.queue = queue
        let loop = RedisLoop(options: options, queue: queue, tls: tls)
        do throws(ThreadError) {
            thread = try NamedThread(name: "qualm-redis") { loop.run() }
        } catch {
            throw StoreError(.redis, .unavailable, error.description)
        }
    }

    deinit { shutdown() }

    /// Fails everything that waits with ``StoreError/Kind/closed``, closes the connection and ends the thread. Idempotent. Blocks for as
    /// long as the thread's current turn takes, microseconds.
    public func shutdown() {
        queue.finish()
        thread.join()
    }

    /// Logged in to the server now.
    public var isReady: Bool { queue.isReady }

    /// Why the last attempt to connect failed or the last connection ended; `nil` while connected or before the first attempt is over.
    public var lastFailure: StoreError? { queue.lastFailure }

    /// Commands waiting, sent or unanswered, for the bound of the options.
    var pendingCommands: Int { queue.pendingCommands }

    /// Sends commands together and waits for their replies, one for each, errors of the server included.
    ///
    /// Cancelling the task throws ``StoreError/Kind/closed`` at once; what was sent is carried out.
    func send(_ commands: [RedisCommand], deadline: ContinuousClock.Instant) async throws(StoreError) -> [RedisReply] {
        if commands.isEmpty { return [] }
        let ticket = Ticket(commands, deadline: deadline)
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                guard ticket.attach(continuation) else { return }
                if let refusal = queue.append(ticket) { ticket.finish(.failure(refusal)) }
            }
        } onCancel: {
            ticket.finish(.failure(StoreError(.redis, .closed, "the caller gave up (cancelled)")))
        }
        return try ticket.take().get()
    }

    func send(_ command: RedisCommand, deadline: ContinuousClock.Instant) async throws(StoreError) -> RedisReply {
        let replies = try await send([command], deadline: deadline)
        guard let reply = replies.first else { throw StoreError(.redis, .malformed, "a command without a reply") }
        return reply
    }
}
