/// Keeps values by key for a while: the exact level. Conformances must pass `AnswerStoreConformance` of `GatewayTesting`.
///
/// Values are opaque. Every call ends by its deadline, with ``StoreError/Kind/timeout`` at the latest. Cancelling the task gives up waiting;
/// a write may have happened.
public protocol AnswerStore: Sendable {
    var store: StoreError.Store { get }

    /// The value without waiting, for stores in this process. The outer `nil` says that this store has to be asked with ``value(for:deadline:)``;
    /// the inner one that there is no such value. Counts as a use.
    func residentValue(for key: String) -> [UInt8]??

    /// The value, or `nil` when there is none or its time is over.
    func value(for key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [UInt8]?

    /// The values in the order of the keys, `nil` where there is none. At most 64 keys.
    func values(for keys: [String], deadline: ContinuousClock.Instant) async throws(StoreError) -> [[UInt8]?]

    /// Keeps a value, in place of an older one of the key, for so long; at least 1 ms. A bounded store may drop others, the least used first.
    func set(_ value: [UInt8], for key: String, timeToLive: Duration, deadline: ContinuousClock.Instant) async throws(StoreError)

    /// - Returns: whether there was such a value.
    func remove(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool

    /// Removes everything that this gateway stored; nothing of others.
    /// - Returns: how many values there were.
    func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int

    /// Values kept now, as exactly as the store can tell cheaply.
    func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int

    /// Bytes of the values kept now; `nil` when the store cannot tell.
    var residentBytes: Int? { get }

    /// Adds to counters that outlive entries and are shared by all gateways on this store.
    func add(_ amounts: [String: Int], deadline: ContinuousClock.Instant) async throws(StoreError)

    /// The counters' values; empty when nothing was ever added.
    func counters(deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Int]
}

extension AnswerStore {
    public func residentValue(for key: String) -> [UInt8]?? { .none }
    public var residentBytes: Int? { nil }
}
