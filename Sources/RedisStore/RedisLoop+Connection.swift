internal import CHiredis
internal import Cascade

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension RedisLoop {
    /// More is formatted only when less than this is unsent: hiredis moves what is left after every partial write.
    private static let sendBufferBytes = 256 * 1024

    /// A connection that was up for so long counts as a success, whether commands came or not.
    private static let stableAfter: Duration = .seconds(5)

    /// A ready connection's worth of answers may be late by this at most, however long the callers were willing to wait.
    private static let longestSilence: Duration = .seconds(10)

    // MARK: What is due

    /// When something is to be done about the connection though nothing happens on it.
    var timer: ContinuousClock.Instant? {
        switch phase {
        case .resting(let until): until
        case .resolving, .connecting, .handshaking, .loggingIn: attemptEnds
        case .ready: silenceEnds
        }
    }

    /// When a ready connection that owes answers counts as dead.
    private var silenceEnds: ContinuousClock.Instant? {
        guard let oldest = inFlight.first else { return nil }
        let patience = oldest.sentAt.duration(to: oldest.ticket.deadline)
        let limit = min(max(options.silenceLimit, patience * 2), max(options.silenceLimit, Self.longestSilence))
        // A peer that sends byte after byte of one reply is not waited for much longer either.
        let end = oldest.ticket.deadline.advanced(by: Self.longestSilence)
        return min(max(lastReceived, oldest.sentAt).advanced(by: limit), end)
    }

    /// The socket and what to poll for.
    var watched: (CInt, CInt)? {
        switch phase {
        case .resting, .resolving: nil
        case .connecting(let connection): (connection.descriptor, POLLOUT)
        case .handshaking(let connection, let events): (connection.descriptor, events)
        case .loggingIn(let connection), .ready(let connection): (connection.descriptor, connection.interest)
        }
    }

    /// Carries on with whatever the clock or other threads have made due.
    func advance() {
        switch phase {
        case .resting(let until):
            if until <= now { attempt() }
        case .resolving(let resolution):
            if let outcome = resolution.poll() { resolved(outcome) } else { giveUpIfLate("its name was not resolved") }
        case .connecting: giveUpIfLate("no connection")
        case .handshaking: giveUpIfLate("the TLS handshake was not finished")
        case .loggingIn: giveUpIfLate("no answer to the login")
        case .ready(let connection):
            if let silenceEnds, silenceEnds <= now {
                fail(StoreError(.redis, .unavailable, "\(options.address) owes answers and is silent: connection dropped"))
            } else {
                send(on: connection)
            }
        }
    }

    private func giveUpIfLate(_ what: String) {
        guard attemptEnds <= now else { return }
        fail(StoreError(.redis, .unavailable, "connecting to \(options.address): \(what) within \(options.connectTimeout)"))
    }

    // MARK: An attempt

    private func attempt() {
        attemptEnds = now.advanced(by: options.connectTimeout)
        if Resolution.isAddress(options.host) { return connect(options.host) }
        if nextAddress < addresses.count { return connect(addresses[nextAddress]) }
        do {
            phase = .resolving(try Resolution(host: options.host) { [queue] in queue.notify() })
        } catch {
            fail(error)
        }
    }

    private func resolved(_ outcome: Resolution.Outcome) {
        switch outcome {
        case .success(let found):
            addresses = found
            nextAddress = 0
            connect(found[0])
        case .failure(let error): fail(error)
        }
    }

    private func connect(_ ip: String) {
        do {
            phase = .connecting(try RedisConnection(ip: ip, options: options, tls: tls))
        } catch {
            fail(error)
        }
    }

    /// Something happened on the socket.
    func handle(canRead: Bool, canWrite: Bool) {
        do {
            switch phase {
            case .resting, .resolving: return
            case .connecting(let connection):
                try connection.finishConnecting()
                try shakeHands(connection)
            case .handshaking(let connection, _): try shakeHands(connection)
            case .loggingIn(let connection):
                if canRead {
                    _ = try connection.read { reply throws(StoreError) in
                        if login.isOver {
                            throw StoreError(.redis, .malformed, "\(options.address) sent a reply that no command asked for")
                        }
                        try login.received(reply)
                    }
                }
                if connection.unsentBytes > 0 { try connection.write() }
                if login.isOver { becomeReady(connection) }
            case .ready(let connection):
                if canRead, try connection.read({ reply throws(StoreError) in try deliver(reply) }) { lastReceived = now }
                // After reading too: TLS may have had to read before it could write.
                if connection.unsentBytes > 0 { try connection.write() }
            }
        } catch {
            fail(error)
        }
    }

    private func shakeHands(_ connection: RedisConnection) throws(StoreError) {
        if let events = try connection.handshake() {
            phase = .handshaking(connection, events: events)
            return
        }
        login = Login(options)
        for command in login.commands { try connection.append(command) }
        phase = .loggingIn(connection)
        try connection.write()
    }

    private func becomeReady(_ connection: RedisConnection) {
        phase = .ready(connection)
        readySince = now
        lastReceived = now
        lastFailure = nil
        queue.publish(isReady: true, failure: nil)
    }

    // MARK: In use

    private func send(on connection: RedisConnection) {
        do {
            var hasAppended = false
            while connection.unsentBytes < Self.sendBufferBytes, let ticket = waiting.popFirst() {
                if ticket.isFinished {
                    queue.release(ticket)
                    continue
                }
                inFlight.append(Flight(ticket: ticket, sentAt: now))
                for command in ticket.commands { try connection.append(command) }
                hasAppended = true
            }
            if hasAppended { try connection.write() }
        } catch {
            fail(error)
        }
    }

    // MARK: The end of a connection or an attempt

    /// Drops the connection, plans the next attempt, and ends the waiting of all for whom that is too late.
    private func fail(_ error: StoreError) {
        if case .resolving(let resolution) = phase { resolution.abandon() }
        let wasReady = if case .ready = phase { true } else { false }
        if wasReady {
            if readySince.duration(to: now) >= Self.stableAfter { backoff.succeeded() }
        } else {
            // The next of the host's addresses; once all have failed, they are looked up again.
            nextAddress += 1
        }
        lastFailure = error
        phase = .resting(until: now.advanced(by: backoff.pause(using: &random)))
        queue.publish(isReady: false, failure: error)
        // Sent, but whether it was carried out is unknown: not sent again.
        inFlight.removeAll { end($0.ticket, .failure(error)) }
        waiting.filter { ticket in
            guard let refusal = refusal(of: ticket) else { return true }
            end(ticket, .failure(refusal))
            return false
        }
    }
}
