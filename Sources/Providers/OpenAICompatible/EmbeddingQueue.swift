/// Who waits for a call, and which calls run: the rules of sharing, without a clock, a lock or a socket.
struct EmbeddingQueue {
    private struct Running {
        var call: EmbeddingCall
        /// Callers that still wait.
        var waiters: Set<ObjectIdentifier>
    }

    let batchSize: Int
    let maxWaiting: Int
    let maxConcurrentCalls: Int
    /// In the order they came. At most `maxWaiting`.
    private var waiting: [EmbeddingTicket] = []
    /// Of a call that was refused: each goes again by itself. At most `batchSize` x `maxConcurrentCalls`, for they have left `waiting`.
    private var loners: [EmbeddingTicket] = []
    private var running: [Running] = []

    init(batchSize: Int, maxWaiting: Int, maxConcurrentCalls: Int) {
        self.batchSize = max(1, batchSize)
        self.maxWaiting = max(1, maxWaiting)
        self.maxConcurrentCalls = max(1, maxConcurrentCalls)
    }

    var waitingCount: Int { waiting.count + loners.count }

    /// - Returns: false when the queue is full.
    mutating func add(_ ticket: EmbeddingTicket) -> Bool {
        guard waiting.count < maxWaiting else { return false }
        waiting.append(ticket)
        return true
    }

    /// The next call to make, if one may be made and somebody waits for it. It counts as running from now on.
    ///
    /// - Parameter make: the call for these texts, each of which is there once, and the callers with their texts' places.
    mutating func next(_ make: (_ texts: [String], _ seats: [EmbeddingCall.Seat]) -> EmbeddingCall) -> EmbeddingCall? {
        guard running.count < maxConcurrentCalls else { return nil }
        loners.removeAll(where: \.isSettled)
        var texts: [String] = []
        var seats: [EmbeddingCall.Seat] = []
        if loners.isEmpty {
            var places: [String: Int] = [:]
            var taken = 0
            for ticket in waiting {
                if !ticket.isSettled {
                    guard let place = places[ticket.text] ?? (texts.count < batchSize ? texts.count : nil) else { break }
                    if place == texts.count {
                        places[ticket.text] = place
                        texts.append(ticket.text)
                    }
                    seats.append(EmbeddingCall.Seat(ticket: ticket, place: place))
                }
                taken += 1
            }
            waiting.removeFirst(taken)
        } else {
            let ticket = loners.removeFirst()
            texts.append(ticket.text)
            seats.append(EmbeddingCall.Seat(ticket: ticket, place: 0))
        }
        guard !texts.isEmpty else { return nil }
        let call = make(texts, seats)
        running.append(Running(call: call, waiters: Set(seats.map { ObjectIdentifier($0.ticket) })))
        return call
    }

    /// The caller waits no more.
    ///
    /// - Returns: the call that nobody waits for any more, when it was the last one's.
    mutating func forget(_ ticket: EmbeddingTicket) -> EmbeddingCall? {
        if let place = waiting.firstIndex(where: { $0 === ticket }) {
            waiting.remove(at: place)
            return nil
        }
        if let place = loners.firstIndex(where: { $0 === ticket }) {
            loners.remove(at: place)
            return nil
        }
        let id = ObjectIdentifier(ticket)
        guard let place = running.firstIndex(where: { $0.waiters.contains(id) }) else { return nil }
        running[place].waiters.remove(id)
        return running[place].waiters.isEmpty ? running[place].call : nil
    }

    /// The call is over.
    ///
    /// - Parameter retries: its callers go again, each alone.
    mutating func finish(_ call: EmbeddingCall, retries: Bool) {
        guard let place = running.firstIndex(where: { $0.call === call }) else { return }
        let waiters = running.remove(at: place).waiters
        if retries { loners += call.seats.map(\.ticket).filter { waiters.contains(ObjectIdentifier($0)) } }
    }
}
