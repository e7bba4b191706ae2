/// Finds the nearest vectors of a partition: the vector level. Conformances must pass `VectorStoreConformance` of `GatewayTesting`.
///
/// Vectors have length 1 (the embedder normalises) and all the same size; a store takes the size of the first vector it is given, and answers
/// ``StoreError/Kind/mismatch`` to another. Every call ends by its deadline, with ``StoreError/Kind/timeout`` at the latest.
public protocol VectorStore: Sendable {
    var store: StoreError.Store { get }

    /// The nearest points of that partition whose time is not over, nearest first, at most `limit` (1...100). Empty when there is none, also
    /// when nothing was ever stored.
    func nearest(
        to vector: [Float], in partition: String, limit: Int, deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [VectorMatch]

    /// Keeps a point, in place of an older one of the same id. A bounded store may drop others, the oldest first. When this returns, the point can
    /// be found.
    func upsert(_ point: VectorPoint, deadline: ContinuousClock.Instant) async throws(StoreError)

    /// Ids that are not there are ignored. At most 1,000.
    func remove(_ ids: [String], deadline: ContinuousClock.Instant) async throws(StoreError)

    /// Removes every point.
    func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError)

    /// Removes the points whose time is over: they are never found, but they take room.
    func removeExpired(deadline: ContinuousClock.Instant) async throws(StoreError)

    /// Points kept now, as exactly as the store can tell cheaply; those whose time is over may be among them.
    func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int
}

/// One vector with what it is found by.
public struct VectorPoint: Sendable, Hashable {
    /// A UUID, lower case with hyphens.
    public var id: String
    public var vector: [Float]
    /// Matched exactly.
    public var partition: String
    /// Seconds since 1970.
    public var expiresAt: Double

    public init(id: String, vector: [Float], partition: String, expiresAt: Double) {
        self.id = id
        self.vector = vector
        self.partition = partition
        self.expiresAt = expiresAt
    }
}

/// One found point.
public struct VectorMatch: Sendable, Hashable {
    public var id: String
    /// Cosine, -1...1.
    public var similarity: Double

    public init(id: String, similarity: Double) {
        self.id = id
        self.similarity = similarity
    }
}
