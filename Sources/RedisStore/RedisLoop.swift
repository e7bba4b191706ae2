internal import CHiredis
internal import Cascade

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One turn after the other: new tickets, the connection, deadlines, sleep. Lives on one thread. The connection's life is in
/// `RedisLoop+Connection.swift`.
final class RedisLoop {
    /// Where the connection stands.
    enum Phase {
        /// The next attempt begins then.
        case resting(until: ContinuousClock.Instant)
        case resolving(Resolution)
        case connecting(RedisConnection)
        /// Of TLS. - Parameter events: what to poll for.
        case handshaking(RedisConnection, events: CInt)
        case loggingIn(RedisConnection)
        case ready(RedisConnection)
    }

    /// Sent, and not completely answered.
    struct Flight {
        let ticket: Ticket
        let sentAt: ContinuousClock.Instant
        var replies: [RedisReply] = []
    }

    let options: RedisConnectionOptions
    let queue: TicketQueue
    let tls: TLSLibrary?
    var phase: Phase
    var now = ContinuousClock.now
    var random = SystemRandomNumberGenerator()

    /// Of the host, most preferred first, and which one the next attempt takes.
    var addresses: [String] = []
    var nextAddress = 0
    var backoff: Backoff
    var lastFailure: StoreError?
    /// Of the attempt that is under way.
    var attemptEnds = ContinuousClock.now
    var login: Login
    var readySince = ContinuousClock.now
    var lastReceived = ContinuousClock.now

    /// Not sent yet, and sent. Bound: the queue's.
    var waiting = FIFO<Ticket>()
    var inFlight = FIFO<Flight>()
    /// No deadline of an unfinished ticket is earlier than this; `nil` when there is none.
    private var nextDeadline: ContinuousClock.Instant?

    init(options: RedisConnectionOptions, queue: TicketQueue, tls: TLSLibrary?) {
        self.options = options
        self.queue = queue
        self.tls = tls
        backoff = Backoff(from: options.minBackoff, to: options.maxBackoff)
        login = Login(options)
        phase = .resting(until: now)
    }

    /// The thread's whole life: returns when the queue has been closed.
    func run() {
        var batch: [Ticket] = []
        while true {
            let isOpen = queue.take(into: &batch)
            now = .now
            for ticket in batch { admit(ticket) }
            batch.removeAll(keepingCapacity: true)
            if !isOpen { break }
            advance()
            if let nextDeadline, nextDeadline <= now { expire() }
            sleep()
        }
        tearDown()
    }

    // MARK: Tickets

    private func admit(_ ticket: Ticket) {
        if let refusal = refusal(of: ticket) {
            end(ticket, .failure(refusal))
            return
        }
        waiting.append(ticket)
        nextDeadline = min(nextDeadline ?? ticket.deadline, ticket.deadline)
    }

    /// Why a ticket need not wait for the connection.
    func refusal(of ticket: Ticket) -> StoreError? {
        if ticket.deadline <= now { return timeout }
        guard case .resting(let until) = phase, let lastFailure else { return nil }
        // A password or a database does not become right within milliseconds.
        let isHopeless = lastFailure.kind == .unauthorized || lastFailure.kind == .rejected
        return isHopeless || until >= ticket.deadline ? lastFailure : nil
    }

    /// Its room is given back first: who is told that it is over may send the next one.
    func end(_ ticket: Ticket, _ outcome: Ticket.Outcome) {
        queue.release(ticket)
        ticket.finish(outcome)
    }

    /// Ends the waiting of everyone whose time is over. Flights keep their place: their replies are still to come and must be counted.
    private func expire() {
        var earliest: ContinuousClock.Instant?
        let error = timeout
        func isStillWaitedFor(_ ticket: Ticket) -> Bool {
            if ticket.deadline <= now || ticket.isFinished { return false }
            earliest = min(earliest ?? ticket.deadline, ticket.deadline)
            return true
        }
        inFlight.forEach { if !isStillWaitedFor($0.ticket) { $0.ticket.finish(.failure(error)) } }
        waiting.filter { ticket in
            let isKept = isStillWaitedFor(ticket)
            if !isKept { end(ticket, .failure(error)) }
            return isKept
        }
        nextDeadline = earliest
    }

    private var timeout: StoreError {
        let reason =
            if case .ready = phase { "no answer from \(options.address)" } else {
                "no connection to \(options.address)\(lastFailure.map { " (\($0.detail))" } ?? "")"
            }
        return StoreError(.redis, .timeout, "\(reason) by the deadline")
    }

    /// The next reply of the connection, in the order of the commands.
    func deliver(_ reply: RedisReply) throws(StoreError) {
        guard inFlight.first != nil else {
            throw StoreError(.redis, .malformed, "\(options.address) sent a reply that no command asked for")
        }
        backoff.succeeded()
        inFlight.first?.replies.append(reply)
        guard let flight = inFlight.first, flight.replies.count == flight.ticket.commands.count else { return }
        _ = inFlight.popFirst()
        end(flight.ticket, .success(flight.replies))
    }

    // MARK: Sleep

    private func sleep() {
        var milliseconds: CInt = 0
        if queue.mayGoToSleep() {
            var wakeAt = nextDeadline
            if let timer = timer { wakeAt = min(wakeAt ?? timer, timer) }
            milliseconds = wakeAt.map { Self.milliseconds(from: now, to: $0) } ?? -1
        }
        var descriptors = [pollfd(fd: queue.eventDescriptor, events: Int16(POLLIN), revents: 0)]
        if let (descriptor, events) = watched { descriptors.append(pollfd(fd: descriptor, events: Int16(events), revents: 0)) }
        let count = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        queue.wokeUp(byEvent: count > 0 && descriptors[0].revents != 0)
        guard count > 0, descriptors.count > 1, descriptors[1].revents != 0 else { return }
        now = .now
        let failed = descriptors[1].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
        handle(
            canRead: failed || descriptors[1].revents & Int16(POLLIN) != 0, canWrite: failed || descriptors[1].revents & Int16(POLLOUT) != 0
        )
    }

    /// Rounded up: a timer that fires early would only make the loop spin.
    static func milliseconds(from now: ContinuousClock.Instant, to then: ContinuousClock.Instant) -> CInt {
        let (seconds, attoseconds) = now.duration(to: then).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return CInt(seconds * 1000 + attoseconds / 1_000_000_000_000_000) + 1
    }

    private func tearDown() {
        let error = StoreError(.redis, .closed, "the Redis client is shut down")
        if case .resolving(let resolution) = phase { resolution.abandon() }
        phase = .resting(until: now)
        waiting.removeAll { end($0, .failure(error)) }
        inFlight.removeAll { end($0.ticket, .failure(error)) }
        queue.publish(isReady: false, failure: error)
    }
}
