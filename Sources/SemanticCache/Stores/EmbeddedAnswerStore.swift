public import Cascade
internal import Synchronization

/// Answers in this process: bounded, the least recently used go first, each for its time. Lost with the process.
///
/// Every call takes constant time (``removeAll(deadline:)`` excepted) under one lock, and never waits for anything. Values whose time is over
/// are never read; they leave when they are asked for, and a few with every ``set(_:for:timeToLive:deadline:)``, so that all are gone after as
/// many writes as there are values.
///
/// Keys that are canonically equivalent Unicode are one key.
public final class EmbeddedAnswerStore: AnswerStore {
    public let store = StoreError.Store.embedded

    private struct State: Sendable {
        var values: RecencyTable
        var counters: [String: Int] = [:]
    }

    private let maxBytes: Int
    private let maxCounters = 256
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - maxEntries: values kept, 1 to 10 million; 10,000 unless told otherwise.
    ///   - maxBytes: bytes of values, keys and bookkeeping, 1 or more; 64 MiB unless told otherwise. A larger value is refused with
    ///     ``StoreError/Kind/rejected``.
    ///   - now: the clock of expiry and of deadlines.
    public init(
        maxEntries: Int = 10_000, maxBytes: Int = 64 << 20, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.maxBytes = maxBytes
        self.now = now
        state = Mutex(State(values: RecencyTable(maxEntries: min(max(1, maxEntries), 10_000_000), maxBytes: maxBytes)))
    }

    public func residentValue(for key: String) -> [UInt8]?? {
        let now = now()
        return .some(state.withLock { $0.values.value(for: key, at: now) })
    }

    public func value(for key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [UInt8]? {
        let now = try inTime(deadline)
        return state.withLock { $0.values.value(for: key, at: now) }
    }

    public func values(for keys: [String], deadline: ContinuousClock.Instant) async throws(StoreError) -> [[UInt8]?] {
        let now = try inTime(deadline)
        return state.withLock { state in
            keys.map { state.values.value(for: $0, at: now) }
        }
    }

    public func set(
        _ value: [UInt8], for key: String, timeToLive: Duration, deadline: ContinuousClock.Instant
    ) async throws(StoreError) {
        let now = try inTime(deadline)
        let bytes = RecencyTable.bytes(key: key, value: value)
        guard bytes <= maxBytes else {
            throw StoreError(store, .rejected, "a value of \(value.count) bytes does not fit the store's \(maxBytes) bytes")
        }
        let expiresAt = now + max(timeToLive, .milliseconds(1))
        state.withLock { state in
            state.values.sweep(at: now)
            state.values.set(value, for: key, expiresAt: expiresAt)
        }
    }

    public func remove(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool {
        let now = try inTime(deadline)
        return state.withLock { $0.values.remove(key, at: now) }
    }

    /// Counts values whose time is over but that are still kept, too.
    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        _ = try inTime(deadline)
        // Up to 64 MiB in 10,000 pieces: given back to the system outside the lock.
        let removed = state.withLock { $0.values.takeAll() }
        return removed.count
    }

    /// Counts values whose time is over but that are still kept, too.
    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        _ = try inTime(deadline)
        return state.withLock { $0.values.count }
    }

    /// With keys and bookkeeping: what counts towards `maxBytes`.
    public var residentBytes: Int? { state.withLock { $0.values.bytes } }

    /// At most 256 counters; a further name is refused with ``StoreError/Kind/rejected``. Sums stop at the ends of `Int`.
    public func add(_ amounts: [String: Int], deadline: ContinuousClock.Instant) async throws(StoreError) {
        _ = try inTime(deadline)
        let maxCounters = maxCounters
        let fits = state.withLock { state in
            let fresh = amounts.keys.count { state.counters[$0] == nil }
            guard state.counters.count + fresh <= maxCounters else { return false }
            for (name, amount) in amounts {
                let (sum, overflows) = state.counters[name, default: 0].addingReportingOverflow(amount)
                state.counters[name] = overflows ? (amount < 0 ? .min : .max) : sum
            }
            return true
        }
        guard fits else { throw StoreError(store, .rejected, "more than \(maxCounters) counters") }
    }

    public func counters(deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Int] {
        _ = try inTime(deadline)
        return state.withLock { $0.counters }
    }

    /// Nothing here takes time; a deadline that is over already must be honoured all the same.
    private func inTime(_ deadline: ContinuousClock.Instant) throws(StoreError) -> ContinuousClock.Instant {
        let now = now()
        guard now < deadline else { throw StoreError(store, .timeout, "the deadline was over before the call") }
        return now
    }
}
