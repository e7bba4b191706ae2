/// What `GET /v1/cache/stats` shows.
public struct CacheStatistics: Sendable, Hashable {
    public var mode: String
    public var store: String
    /// `nil` when the store does not answer.
    public var entries: Int?
    public var vectors: Int?
    /// Bytes of the entries; `nil` when the store cannot tell.
    public var bytes: Int?
    /// `provider:model`; `nil` when only the exact level is active.
    public var embedder: String?
    public var lookups: [CacheLevel: [CacheResult: Int]]
    public var bypasses: [CacheBypass: Int]
    public var admissions: [CacheAdmission: Int]
    /// Hits that became a client's answer.
    public var served: Int
    public var comparisons: [ShadowVerdict: Int]
    /// Of all compared hits, the share that disagreed: upper end of the 95 % Clopper-Pearson interval, one-sided. 1 when none was compared.
    public var falseHitBound: Double
    public var failures: [StoreError.Store: [StoreError.Kind: Int]]
    public var openBreakers: [StoreError.Store]
    /// In this process.
    public var quarantined: Int

    public init(
        mode: String, store: String, entries: Int? = nil, vectors: Int? = nil, bytes: Int? = nil, embedder: String? = nil,
        lookups: [CacheLevel: [CacheResult: Int]] = [:], bypasses: [CacheBypass: Int] = [:], admissions: [CacheAdmission: Int] = [:],
        served: Int = 0, comparisons: [ShadowVerdict: Int] = [:], falseHitBound: Double = 1,
        failures: [StoreError.Store: [StoreError.Kind: Int]] = [:], openBreakers: [StoreError.Store] = [], quarantined: Int = 0
    ) {
        self.mode = mode
        self.store = store
        self.entries = entries
        self.vectors = vectors
        self.bytes = bytes
        self.embedder = embedder
        self.lookups = lookups
        self.bypasses = bypasses
        self.admissions = admissions
        self.served = served
        self.comparisons = comparisons
        self.falseHitBound = falseHitBound
        self.failures = failures
        self.openBreakers = openBreakers
        self.quarantined = quarantined
    }
}
