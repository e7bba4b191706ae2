public import Cascade
public import HTTPTransport

/// Vectors in one collection of a Qdrant, over its REST API (`/points/query`, so 1.10 or newer; written against 1.19's OpenAPI document).
///
/// The collection is made with the first vector: of its size, with the distance Cosine and an index on each of the payload fields
/// `partition` and `expires_at`. It is made again when it vanishes. One that is there already must have that size and that distance;
/// missing indexes are added with the first write. Several gateways may share a collection.
///
/// Every call is bounded by its deadline as a whole and sends one request, save that the first call, and the first after the collection has
/// vanished, look at the collection (one request more) or make it (four). A write that was given up may have happened. Cancelling the task
/// closes the exchange and throws ``StoreError/Kind/closed``. Vectors are never logged, nor is the key.
///
/// Wishes beyond the port: an empty vector, one of more than 65,536 numbers, one with a number that is not finite, or an id that is no UUID
/// is ``StoreError/Kind/rejected`` without being sent.
public final class QdrantVectorStore: VectorStore {
    public var store: StoreError.Store { .qdrant }

    /// Where this store's points are.
    public let options: QdrantOptions

    let client: QdrantClient
    let watch = CollectionWatch()
    private let now: @Sendable () -> Double

    /// Sends nothing yet.
    ///
    /// - Parameters:
    ///   - transport: certificates, proxies and connection limits are its business.
    ///   - now: seconds since 1970; the clock by which points expire. Default: the system's. Gateways that share a collection should agree.
    public init(_ options: QdrantOptions, transport: any HTTPTransport, now: (@Sendable () -> Double)? = nil) {
        self.options = options
        client = QdrantClient(transport: transport, options: options)
        self.now = now ?? { WallClock.now() }
    }

    public func nearest(
        to vector: [Float], in partition: String, limit: Int, deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [VectorMatch] {
        try check(vector)
        guard limit > 0 else { return [] }
        let limit = min(limit, 100)
        return try await withDeadline(deadline) { [self] () async throws(StoreError) in
            guard try await collectionFits(vector.count, deadline) else { return [] }
            let body = QdrantRequests.query(vector, partition: partition, limit: limit, now: now())
            switch try await client.call(.post, "/points/query", body: body, deadline: deadline) {
            case .result(let result): return try QdrantReplies.matches(result, limit: limit)
            case .noCollection:
                watch.forget()
                return []
            case .refused(_, let message): throw refusal(message)
            }
        }
    }

    public func upsert(_ point: VectorPoint, deadline: ContinuousClock.Instant) async throws(StoreError) {
        try check(point.vector)
        guard let id = UUIDText.canonical(point.id) else {
            throw StoreError(.qdrant, .rejected, "a point's id must be a UUID with hyphens")
        }
        guard point.expiresAt.isFinite else { throw StoreError(.qdrant, .rejected, "a point's time must be finite, in seconds since 1970") }
        var point = point
        point.id = id
        let body = QdrantRequests.upsert(point)
        let count = point.vector.count
        try await withDeadline(deadline) { [self] () async throws(StoreError) in
            // Once more when the collection has vanished since it was last seen.
            for _ in 0..<2 {
                try await ensureCollection(count, deadline)
                switch try await client.call(.put, "/points?wait=true", body: body, deadline: deadline) {
                case .result(let result): return try QdrantReplies.update(result)
                case .noCollection: watch.forget()
                case .refused(_, let message): throw refusal(message)
                }
            }
            throw StoreError(.qdrant, .unavailable, "the collection vanished twice: who deletes it?")
        }
    }

    public func remove(_ ids: [String], deadline: ContinuousClock.Instant) async throws(StoreError) {
        guard ids.count <= 1_000 else { throw StoreError(.qdrant, .rejected, "\(ids.count) ids in one call; at most 1,000 are right") }
        // What is not a UUID cannot be there.
        let known = ids.compactMap(UUIDText.canonical)
        guard !known.isEmpty else { return }
        let body = QdrantRequests.delete(known)
        try await withDeadline(deadline) { [self] () async throws(StoreError) in try await delete(body, deadline) }
    }

    /// Removes every point that has the payload fields of this cache, and then the collection if nothing else is in it, so that the next
    /// vector may have another size. Three requests. A key that may write points but not delete collections leaves it, empty.
    ///
    /// A point that another gateway stores in the same moment may go, too.
    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await withDeadline(deadline) { [self] () async throws(StoreError) in
            try await delete(QdrantRequests.deleteOwn, deadline)
            guard try await count(QdrantRequests.countAll, deadline) == 0 else { return }
            try await dropCollection(deadline)
        }
    }

    public func removeExpired(deadline: ContinuousClock.Instant) async throws(StoreError) {
        let body = QdrantRequests.deleteExpired(now: now())
        try await withDeadline(deadline) { [self] () async throws(StoreError) in try await delete(body, deadline) }
    }

    /// Exact; expired points that nobody removed yet are counted, points without the payload fields of this cache are not.
    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await withDeadline(deadline) { [self] () async throws(StoreError) in try await count(QdrantRequests.countOwn, deadline) }
    }

    private func count(_ body: [UInt8], _ deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        switch try await client.call(.post, "/points/count", body: body, deadline: deadline) {
        case .result(let result): return try QdrantReplies.count(result)
        case .noCollection: return 0
        case .refused(_, let message): throw refusal(message)
        }
    }

    private func delete(_ body: [UInt8], _ deadline: ContinuousClock.Instant) async throws(StoreError) {
        switch try await client.call(.post, "/points/delete?wait=true", body: body, deadline: deadline) {
        case .result(let result): try QdrantReplies.update(result)
        case .noCollection: return
        case .refused(_, let message): throw refusal(message)
        }
    }

    private func check(_ vector: [Float]) throws(StoreError) {
        guard (1...65_536).contains(vector.count) else {
            throw StoreError(.qdrant, .rejected, "a vector of \(vector.count) numbers; Qdrant takes 1 to 65,536")
        }
        guard vector.allSatisfy(\.isFinite) else { throw StoreError(.qdrant, .rejected, "a vector with a number that is not finite") }
    }

    /// Somebody replaced the collection by one of another size since it was last seen, or Qdrant does not want the request.
    private func refusal(_ message: String) -> StoreError {
        guard message.contains("Vector dimension error") else { return StoreError(.qdrant, .rejected, message) }
        watch.forget()
        return StoreError(.qdrant, .mismatch, "\(message); \(remedy)")
    }
}
