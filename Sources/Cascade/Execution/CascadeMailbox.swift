import ChatAPI
import Synchronization

/// Where everything that can happen to a request meets: bytes of both legs, their ends, the cache's word, the clock, the client's leaving.
///
/// One consumer, the request's task; many producers: the transport's threads, the ticker, the server's connection handler. The consumer
/// takes all that has come at once, so one wake-up serves everything that one read of a socket brought.
///
/// Bounds: each leg's bytes are limited; at the limit the sink answers *pause*, which stops the reading of that socket until the consumer
/// has taken them. Nothing is ever dropped from a leg that still counts; everything from one that does not.
final class CascadeMailbox: Sendable {
    enum Slot: Int, Sendable {
        case draft = 0
        case heavyweight = 1
    }

    /// Which news of a leg wake the consumer. A leg's end always does.
    enum Attention: Sendable {
        /// Every piece: the leg that answers.
        case everything
        /// The first byte only: a pre-fired heavyweight while the verdict is open.
        case firstByte
        /// The end only: a body that is collected whole.
        case end
    }

    /// What one leg has said since it was last asked.
    struct News: Sendable {
        var head: UpstreamHead?
        var firstByteAt: ContinuousClock.Instant?
        var isClosed = false
        var error: ProviderError?
        var wasPaused = false
    }

    fileprivate struct Leg: Sendable {
        var attempt = 0
        var bytes: [UInt8] = []
        var limit = 0
        var attention = Attention.everything
        var news = News()
    }

    fileprivate struct State: Sendable {
        var draft = Leg()
        var heavyweight = Leg()
        var waiter: CheckedContinuation<Void, Never>?
        var hasNews = false
        var cancellation: CascadeFailure?
        var deadline: ContinuousClock.Instant?
        var lookup: Lookup?
    }

    /// What the cache said.
    struct Lookup: Sendable {
        var outcome: CacheOutcome
        var hit: CacheHit?
    }

    private let state = Mutex(State())

    // MARK: Producers

    /// Prepares a slot for a new attempt; everything an older attempt still says is dropped.
    func open(_ slot: Slot, attempt: Int, limit: Int, attention: Attention) {
        state.withLock { $0[slot] = Leg(attempt: attempt, limit: limit, attention: attention) }
    }

    /// The slot's current attempt no longer counts.
    ///
    /// - Returns: whether its socket was told to pause and still waits: nothing else would ever let it go on.
    func close(_ slot: Slot) -> Bool {
        state.withLock { state in
            defer { state[slot] = Leg(attempt: -1) }
            return state[slot].news.wasPaused
        }
    }

    /// The heavyweight takes over: from now on its bytes wake the consumer.
    func promote(_ slot: Slot, limit: Int) {
        state.withLock {
            $0[slot].attention = .everything
            $0[slot].limit = limit
            $0.hasNews = true
        }
    }

    func opened(_ slot: Slot, attempt: Int, head: UpstreamHead) {
        state.withLock {
            guard $0[slot].attempt == attempt else { return }
            $0[slot].news.head = head
        }
    }

    /// Returns false when the socket must pause.
    func received(_ slot: Slot, attempt: Int, bytes: UnsafeRawBufferPointer) -> Bool {
        let (goOn, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state[slot].attempt == attempt else { return (true, nil) }
            state[slot].bytes.append(contentsOf: bytes)
            let isFirst = state[slot].news.firstByteAt == nil
            if isFirst { state[slot].news.firstByteAt = .now }
            let goOn = state[slot].bytes.count < state[slot].limit
            if !goOn { state[slot].news.wasPaused = true }
            let isNews =
                switch state[slot].attention {
                case .everything: true
                case .firstByte: isFirst
                case .end: !goOn
                }
            return (goOn, isNews ? state.wake() : nil)
        }
        waiter?.resume()
        return goOn
    }

    func closed(_ slot: Slot, attempt: Int, error: ProviderError?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state[slot].attempt == attempt else { return nil }
            state[slot].news.isClosed = true
            state[slot].news.error = error
            return state.wake()
        }
        waiter?.resume()
    }

    /// The client left (``CascadeFailure/clientGone``), or the gateway ends. The first reason counts.
    func cancel(_ reason: CascadeFailure = .clientGone) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.cancellation = state.cancellation ?? reason
            return state.wake()
        }
        waiter?.resume()
    }

    /// The cache answered. The first word counts.
    func resolved(_ lookup: Lookup) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.lookup = state.lookup ?? lookup
            return state.wake()
        }
        waiter?.resume()
    }

    /// The clock went on; wakes the consumer when its deadline has passed.
    func tick(_ now: ContinuousClock.Instant) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let deadline = state.deadline, deadline <= now else { return nil }
            state.deadline = nil
            return state.wake()
        }
        waiter?.resume()
    }

    // MARK: The consumer

    /// Why the request must end, if it must.
    var cancellation: CascadeFailure? { state.withLock { $0.cancellation } }

    /// When ``tick(_:)`` shall wake the consumer; `nil` for never.
    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        state.withLock { $0.deadline = deadline }
    }

    /// Whether something has come since the last wake-up; from now on it counts as one.
    func takeNotice() -> Bool {
        state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
    }

    /// Suspends until there is something to take. Does not throw: cancellation is news like any other.
    func wait() async {
        if takeNotice() { return }
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.hasNews {
                    state.hasNews = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Takes a leg's bytes in exchange for an empty buffer, so that both keep their capacity, and its news.
    func exchange(_ slot: Slot, _ buffer: inout [UInt8]) -> News {
        buffer.removeAll(keepingCapacity: true)
        return state.withLock { state in
            swap(&state[slot].bytes, &buffer)
            defer { state[slot].news.wasPaused = false }
            return state[slot].news
        }
    }

    /// The cache's word, once.
    func takeLookup() -> Lookup? {
        state.withLock { state in
            defer { state.lookup = nil }
            return state.lookup
        }
    }

    /// The news alone; the bytes stay.
    func peek(_ slot: Slot) -> News {
        state.withLock { $0[slot].news }
    }
}

extension CascadeMailbox.State {
    fileprivate subscript(slot: CascadeMailbox.Slot) -> CascadeMailbox.Leg {
        get { slot == .draft ? draft : heavyweight }
        _modify {
            if slot == .draft { yield &draft } else { yield &heavyweight }
        }
    }

    /// The consumer to resume, outside the lock; or a note that it need not sleep.
    fileprivate mutating func wake() -> CheckedContinuation<Void, Never>? {
        guard let waiter else {
            hasNews = true
            return nil
        }
        self.waiter = nil
        return waiter
    }
}
