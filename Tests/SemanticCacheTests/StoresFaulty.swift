import Cascade
import GatewayTesting
import SemanticCache
import Synchronization

/// A sound store with one fault, to see that the conformance suite notices it.
struct FaultyAnswerStore: AnswerStore {
    typealias Promise = AnswerStoreConformance.Promise

    private let sound: EmbeddedAnswerStore
    private let broken: Promise

    init(_ sound: EmbeddedAnswerStore, breaking promise: Promise) {
        self.sound = sound
        broken = promise
    }

    var store: StoreError.Store { sound.store }
    var residentBytes: Int? { sound.residentBytes }

    /// The deadline as the sound store gets to see it.
    private func shown(_ deadline: ContinuousClock.Instant) -> ContinuousClock.Instant {
        broken == .pastDeadline ? deadline + .seconds(3_600) : deadline
    }

    func residentValue(for key: String) -> [UInt8]?? {
        broken == .residency ? .some([99]) : sound.residentValue(for: key)
    }

    func value(for key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [UInt8]? {
        if broken == .cancellation, Task.isCancelled { return [99] }
        let value = try await sound.value(for: key, deadline: shown(deadline))
        return broken == .roundTrip && value == [0] ? [] : value
    }

    func values(for keys: [String], deadline: ContinuousClock.Instant) async throws(StoreError) -> [[UInt8]?] {
        let values = try await sound.values(for: keys, deadline: shown(deadline))
        return broken == .manyValues ? values.filter { $0 != nil } : values
    }

    func set(_ value: [UInt8], for key: String, timeToLive: Duration, deadline: ContinuousClock.Instant) async throws(StoreError) {
        if broken == .replacement, try await sound.value(for: key, deadline: deadline) != nil { return }
        // All workers under one key.
        let key = broken == .concurrency && key.hasPrefix("worker") ? "worker" : key
        let timeToLive = broken == .expiry ? .seconds(9_999) : timeToLive
        try await sound.set(value, for: key, timeToLive: timeToLive, deadline: shown(deadline))
    }

    func remove(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool {
        _ = try await sound.remove(key, deadline: shown(deadline))
        return broken != .removal
    }

    func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        if broken == .removeAll { return 0 }
        return try await sound.removeAll(deadline: shown(deadline))
    }

    func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await sound.count(deadline: shown(deadline)) + (broken == .sizes ? 1 : 0)
    }

    func add(_ amounts: [String: Int], deadline: ContinuousClock.Instant) async throws(StoreError) {
        let amounts = broken == .counters ? amounts.mapValues { abs($0) } : amounts
        try await sound.add(amounts, deadline: shown(deadline))
    }

    func counters(deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Int] {
        try await sound.counters(deadline: shown(deadline))
    }
}

/// A sound store with one fault, to see that the conformance suite notices it.
final class FaultyVectorStore: VectorStore {
    typealias Promise = VectorStoreConformance.Promise

    private let sound: EmbeddedVectorStore
    private let broken: Promise
    /// Kept back for one write, as a store that indexes later does.
    private let kept = Mutex<VectorPoint?>(nil)

    init(_ sound: EmbeddedVectorStore, breaking promise: Promise) {
        self.sound = sound
        broken = promise
    }

    var store: StoreError.Store { sound.store }

    private func shown(_ deadline: ContinuousClock.Instant) -> ContinuousClock.Instant {
        broken == .pastDeadline ? deadline + .seconds(3_600) : deadline
    }

    func nearest(
        to vector: [Float], in partition: String, limit: Int, deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [VectorMatch] {
        if broken == .emptiness { throw StoreError(store, .rejected, "there is no collection") }
        if broken == .cancellation, Task.isCancelled { return [VectorMatch(id: "another", similarity: 1)] }
        let partition = broken == .partitions ? "one" : partition
        let vector = broken == .mismatch ? Array((vector + vector).prefix(24)) : vector
        var found = try await sound.nearest(to: vector, in: partition, limit: limit, deadline: shown(deadline))
        if broken == .nearestFirst { found.reverse() }
        return found
    }

    func upsert(_ point: VectorPoint, deadline: ContinuousClock.Instant) async throws(StoreError) {
        var point = point
        switch broken {
        case .partitions: point.partition = "one"
        case .replacement: point.id += "\(UInt64.random(in: 0 ... .max))"
        case .expiry: point.expiresAt += 1e6
        case .concurrency where point.partition == "worker 3": point.partition = "worker 4"
        case .readYourWrites:
            let late = point
            guard
                let older = kept.withLock({ kept in
                    defer { kept = late }
                    return kept
                })
            else { return }
            point = older
        default: break
        }
        try await sound.upsert(point, deadline: shown(deadline))
    }

    func remove(_ ids: [String], deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await sound.remove(broken == .removal ? ids.filter { $0 != ids.first } : ids, deadline: shown(deadline))
    }

    func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) {
        if broken != .removeAll { try await sound.removeAll(deadline: shown(deadline)) }
    }

    func removeExpired(deadline: ContinuousClock.Instant) async throws(StoreError) {
        try await sound.removeExpired(deadline: shown(deadline))
    }

    func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        try await sound.count(deadline: shown(deadline))
    }
}
