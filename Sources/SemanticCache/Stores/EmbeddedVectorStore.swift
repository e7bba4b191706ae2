public import Cascade

/// Vectors in this process, searched one by one: exact, and fast enough for tens of thousands. Lost with the process.
///
/// Memory: 4 bytes per number, rounded up to 32 numbers per vector, in chunks of about 1 MiB as they are needed, and about 300 bytes per point.
/// 20,000 vectors of 1,536 numbers take 117 MiB, 20,000 of 384 take 29 MiB. Nothing is held before the first vector and after the last.
///
/// Calls are served in order by one thread of the store, which starts with the first. A search reads the vectors of its partition only.
public final class EmbeddedVectorStore: VectorStore {
    public let store = StoreError.Store.embedded

    private let thread: VectorThread
    private let wallNow: @Sendable () -> Double

    /// - Parameters:
    ///   - maxVectors: points kept, 1 to 10 million; 20,000 unless told otherwise. When there are more, the ones stored first go.
    ///   - maxWaiting: calls that wait for the thread, 1 or more; a further one is refused with ``StoreError/Kind/overloaded``.
    ///   - wallNow: seconds since 1970, for expiry; the system's clock unless told otherwise.
    ///   - now: the clock of deadlines.
    public init(
        maxVectors: Int = 20_000, maxWaiting: Int = 256, wallNow: (@Sendable () -> Double)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        thread = VectorThread(maxVectors: min(max(1, maxVectors), 10_000_000), maxWaiting: max(1, maxWaiting), now: now)
        self.wallNow = wallNow ?? { WallClock.now() }
    }

    deinit { thread.close() }

    /// Ends waiting and running calls with ``StoreError/Kind/closed``, later ones too, and the store's thread. Returns when it has ended,
    /// within some milliseconds. A second call does nothing.
    public func shutdown() {
        thread.close()
    }

    /// A `limit` outside 1...100 counts as the nearer of the two.
    public func nearest(
        to vector: [Float], in partition: String, limit: Int, deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [VectorMatch] {
        let limit = min(max(1, limit), 100)
        let wallNow = wallNow
        return try await thread.run(by: deadline) { (table, pause) throws(StoreError) in
            try table.nearest(to: vector, in: partition, limit: limit, at: wallNow(), pause: pause)
        }
    }

    /// Vectors that are empty, or have a number that is not finite, are refused with ``StoreError/Kind/rejected``.
    public func upsert(_ point: VectorPoint, deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await thread.run(by: deadline) { (table, _) throws(StoreError) in try table.upsert(point) }
    }

    public func remove(_ ids: [String], deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await thread.run(by: deadline) { (table, _) throws(StoreError) in table.remove(ids) }
    }

    /// Also forgets the vectors' size: the next one may have another.
    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await thread.run(by: deadline) { (table, _) throws(StoreError) in table.removeAll() }
    }

    public func removeExpired(deadline: ContinuousClock.Instant) async throws(StoreError) {
        let wallNow = wallNow
        try await thread.run(by: deadline) { (table, _) throws(StoreError) in table.removeExpired(at: wallNow()) }
    }

    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await thread.run(by: deadline) { (table, _) throws(StoreError) in table.count }
    }
}
