public import Cascade

/// What every ``VectorStore`` must do, beside a naive search of the same points. Each check returns what was wrong, in words; nothing is a
/// pass.
///
/// The store is the checks' alone: each empties it first, so they must not run at the same time on one store. It needs room for 1,000 vectors.
public struct VectorStoreConformance: Sendable {
    /// The promises, one check each.
    public enum Promise: String, Sendable, CaseIterable {
        /// A search before anything was stored finds nothing, and is no error.
        case emptiness
        /// The nearest first, with their cosines, at most `limit`.
        case nearestFirst
        /// What is stored can be found as soon as the call returns.
        case readYourWrites
        case partitions
        case replacement
        case removal
        /// Points whose time is over are never found, and go with `removeExpired`.
        case expiry
        /// Vectors of another size are refused and change nothing.
        case mismatch
        /// After `removeAll` nothing is found, and another size is welcome.
        case removeAll
        case pastDeadline
        case concurrency
        /// Callers that give up disturb nobody.
        case cancellation
    }

    let store: any VectorStore
    let dimensions: Int
    let wallNow: @Sendable () -> Double
    let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - dimensions: the vectors' size, 4 or more.
    ///   - wallNow: the clock by which the store sees that a point's time is over: seconds since 1970.
    ///   - now: the clock by which the store's deadlines are meant.
    public init(
        store: any VectorStore, dimensions: Int = 24, wallNow: (@Sendable () -> Double)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.dimensions = max(4, dimensions)
        self.wallNow = wallNow ?? realSecondsSince1970
        self.now = now
    }

    /// Breaches of all promises, each with its name.
    public func breaches() async -> [String] {
        var complaints: [String] = []
        for promise in Promise.allCases { complaints += await breaches(of: promise) }
        return complaints
    }

    /// Breaches of one promise.
    public func breaches(of promise: Promise) async -> [String] {
        do throws(StoreError) {
            try await store.removeAll(deadline: deadline)
            return try await check(promise).map { "\(promise.rawValue): \($0)" }
        } catch {
            return ["\(promise.rawValue): failed with \(error)"]
        }
    }

    /// Far enough away that only a store that hangs meets it.
    var deadline: ContinuousClock.Instant { now() + .seconds(20) }

    private func check(_ promise: Promise) async throws(StoreError) -> [String] {
        switch promise {
        case .emptiness: try await emptiness()
        case .nearestFirst: try await nearestFirst()
        case .readYourWrites: try await readYourWrites()
        case .partitions: try await partitions()
        case .replacement: try await replacement()
        case .removal: try await removal()
        case .expiry: try await expiry()
        case .mismatch: try await mismatch()
        case .removeAll: try await removeAll()
        case .pastDeadline: await pastDeadline()
        case .concurrency: try await concurrency()
        case .cancellation: try await cancellation()
        }
    }

    // MARK: Search

    private func emptiness() async throws(StoreError) -> [String] {
        let found = try await nearest(axis(0), in: "partition")
        let count = try await store.count(deadline: deadline)
        return (found.isEmpty ? [] : ["found \(found.count) points"]) + (count == 0 ? [] : ["counts \(count) points"])
    }

    private func nearestFirst() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 3)
        let points = (0..<60).map { _ in point(&generator, in: "partition") }
        for point in points { try await upsert(point) }
        var complaints: [String] = []
        for limit in [1, 3, 10, 100] {
            for query in [points[limit % 60].vector, unit(&generator)] {
                let found = try await nearest(query, in: "partition", limit: limit)
                complaints += Self.differences(found, from: points, to: query, limit: limit)
            }
        }
        // The same direction, its opposite and a right angle.
        try await store.removeAll(deadline: deadline)
        for index in 0..<3 {
            var vector = axis(index == 2 ? 1 : 0)
            if index == 1 { vector[0] = -1 }
            try await upsert(point(Self.id(UInt64(index)), vector, in: "axes"))
        }
        let found = try await nearest(axis(0), in: "axes", limit: 3)
        if found.map(\.id) != [0, 2, 1].map({ Self.id($0) }) {
            complaints.append("same, right angle, opposite are not in this order: \(found)")
        }
        for (match, cosine) in zip(found, [1.0, 0, -1]) where abs(match.similarity - cosine) > 1e-4 {
            complaints.append("a cosine of \(cosine) is given as \(match.similarity)")
        }
        return complaints
    }

    private func readYourWrites() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 4)
        var complaints: [String] = []
        for index in 0..<30 {
            let point = self.point(&generator, in: "partition")
            try await upsert(point)
            let found = try await nearest(point.vector, in: "partition", limit: 1)
            if found.first?.id != point.id { complaints.append("point \(index) cannot be found right after it was stored") }
        }
        return complaints
    }

    private func partitions() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 5)
        let names = ["a", "A", "a ", "aa", "a:b", "a\"b", "a/b", "часть 🧩", "null", "0", "*", String(repeating: "p", count: 128)]
        // The same vector everywhere: only the partition tells them apart.
        let points = names.map { point(Self.id(generator.next()), axis(0), in: $0) }
        for point in points { try await upsert(point) }
        var complaints: [String] = []
        for point in points {
            let found = try await nearest(axis(0), in: point.partition)
            if found.map(\.id) != [point.id] {
                let name = point.partition.prefix(20).debugDescription
                complaints.append("in partition \(name) \(found.count) points were found, not its own one")
            }
        }
        let others = try await nearest(axis(0), in: "b")
        if !others.isEmpty { complaints.append("a partition without points finds \(others.count)") }
        return complaints
    }

    // MARK: Change

    private func replacement() async throws(StoreError) -> [String] {
        let id = Self.id(1)
        try await upsert(point(id, axis(0), in: "old"))
        try await upsert(point(id, axis(1), in: "old"))
        var complaints: [String] = []
        let moved = try await nearest(axis(1), in: "old")
        if moved.count != 1 || abs((moved.first?.similarity ?? 0) - 1) > 1e-4 {
            complaints.append("after a replacement the older vector is found: \(moved)")
        }
        try await upsert(point(id, axis(1), in: "new"))
        if try await !nearest(axis(1), in: "old").isEmpty { complaints.append("a point that moved is still in its old partition") }
        if try await nearest(axis(1), in: "new").map(\.id) != [id] {
            complaints.append("a point that moved is not in its new partition")
        }
        let count = try await store.count(deadline: deadline)
        if count != 1 { complaints.append("one point, replaced twice, counts as \(count)") }
        return complaints
    }

    private func removal() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 6)
        let points = (0..<20).map { _ in point(&generator, in: "partition") }
        for point in points { try await upsert(point) }
        try await store.remove([], deadline: deadline)
        try await store.remove((0..<1_000).map { _ in Self.id(generator.next()) }, deadline: deadline)
        var complaints: [String] = []
        if try await store.count(deadline: deadline) != 20 { complaints.append("ids that are not there took others with them") }
        let gone = points.prefix(12).map(\.id)
        try await store.remove(gone + gone + [Self.id(generator.next())], deadline: deadline)
        let left = Array(points.dropFirst(12))
        complaints += Self.differences(try await nearest(axis(0), in: "partition"), from: left, to: axis(0), limit: 100)
        let count = try await store.count(deadline: deadline)
        if count != 8 { complaints.append("of 20 points, 12 removed, \(count) are counted") }
        // Their places may be used again.
        for point in points.prefix(5) { try await upsert(point) }
        let all = left + points.prefix(5)
        complaints += Self.differences(try await nearest(axis(0), in: "partition"), from: all, to: axis(0), limit: 100)
        return complaints
    }

    private func removeAll() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 7)
        for index in 0..<20 { try await upsert(point(&generator, in: "partition \(index % 3)")) }
        try await store.removeAll(deadline: deadline)
        var complaints = try await emptiness()
        for index in 0..<3 where try await !nearest(axis(0), in: "partition \(index)").isEmpty {
            complaints.append("partition \(index) still has points")
        }
        try await store.removeAll(deadline: deadline)
        let other = VectorStoreConformance(store: store, dimensions: dimensions * 2 + 1, wallNow: wallNow, now: now)
        let point = other.point(&generator, in: "partition 0")
        try await upsert(point)
        if try await nearest(point.vector, in: "partition 0").map(\.id) != [point.id] {
            complaints.append("vectors of another size are not found")
        }
        try await store.removeAll(deadline: deadline)
        return complaints
    }
}
