internal import Cascade

/// Expiry, sizes that do not fit, deadlines and many callers at once.
extension VectorStoreConformance {
    // MARK: Expiry

    func expiry() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 8)
        let times: [Double] = [-86_400, -1, 3_600, -0.5, 86_400 * 365]
        let points = (0..<40).map { point(&generator, in: "partition", for: times[$0 % times.count]) }
        for point in points { try await upsert(point) }
        let live = points.filter { $0.expiresAt > wallNow() }
        var complaints: [String] = []
        // The expired are as near as can be, and many: a search that only filters what it found would come back short.
        for query in points.prefix(5).map(\.vector) {
            complaints += Self.differences(try await nearest(query, in: "partition"), from: live, to: query, limit: 100)
            complaints += Self.differences(try await nearest(query, in: "partition", limit: 3), from: live, to: query, limit: 3)
        }
        try await store.removeExpired(deadline: deadline)
        let count = try await store.count(deadline: deadline)
        if count != live.count { complaints.append("after removeExpired \(count) points are left instead of \(live.count)") }
        complaints += Self.differences(try await nearest(axis(0), in: "partition"), from: live, to: axis(0), limit: 100)
        // A replacement brings a new time.
        var again = points[0]
        again.expiresAt = wallNow() + 3_600
        try await upsert(again)
        if try await nearest(again.vector, in: "partition", limit: 1).map(\.id) != [again.id] {
            complaints.append("a point stored again with a later time is not found")
        }
        return complaints
    }

    // MARK: Refusals

    func mismatch() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 9)
        let points = (0..<5).map { _ in point(&generator, in: "partition") }
        for point in points { try await upsert(point) }
        var complaints: [String] = []
        for size in [1, dimensions - 1, dimensions + 1, dimensions * 2] {
            var vector = [Float](repeating: 0, count: size)
            vector[0] = 1
            let point = self.point(Self.id(99), vector, in: "partition")
            let store = store
            let deadline = deadline
            complaints += await refusal("storing \(size) numbers", .mismatch) { () async throws(StoreError) in
                try await store.upsert(point, deadline: deadline)
            }
            complaints += await refusal("searching for \(size) numbers", .mismatch) { () async throws(StoreError) in
                _ = try await store.nearest(to: vector, in: "partition", limit: 3, deadline: deadline)
            }
        }
        complaints += Self.differences(try await nearest(axis(0), in: "partition"), from: points, to: axis(0), limit: 100)
        return complaints
    }

    func pastDeadline() async -> [String] {
        let (store, past, vector) = (store, now() - .seconds(1), axis(0))
        let point = self.point(Self.id(1), vector, in: "partition")
        let calls: [(String, () async throws(StoreError) -> Void)] = [
            ("nearest", { () async throws(StoreError) in _ = try await store.nearest(to: vector, in: "p", limit: 3, deadline: past) }),
            ("upsert", { () async throws(StoreError) in try await store.upsert(point, deadline: past) }),
            ("remove", { () async throws(StoreError) in try await store.remove([point.id], deadline: past) }),
            ("removeAll", { () async throws(StoreError) in try await store.removeAll(deadline: past) }),
            ("removeExpired", { () async throws(StoreError) in try await store.removeExpired(deadline: past) }),
            ("count", { () async throws(StoreError) in _ = try await store.count(deadline: past) }),
        ]
        var complaints: [String] = []
        for (name, call) in calls { complaints += await refusal(name, .timeout, call) }
        return complaints
    }

    /// - Returns: what is wrong about how `call` was refused.
    private func refusal(_ name: String, _ kind: StoreError.Kind, _ call: () async throws(StoreError) -> Void) async -> [String] {
        do throws(StoreError) {
            try await call()
            return ["\(name) was not refused"]
        } catch {
            var complaints: [String] = []
            if error.kind != kind { complaints.append("\(name) ended as \(error.kind) and not as \(kind): \(error.detail)") }
            if error.store != store.store { complaints.append("\(name) is blamed on \(error.store)") }
            if error.detail.isEmpty { complaints.append("\(name) does not say what happened") }
            return complaints
        }
    }

    // MARK: Many callers

    func concurrency() async throws(StoreError) -> [String] {
        var complaints = await withTaskGroup(of: [String].self) { group in
            for worker in 0..<12 {
                group.addTask { await self.work(worker) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let count = try await store.count(deadline: deadline)
        if count != 12 * 6 { complaints.append("\(count) points are counted instead of 72") }
        return complaints
    }

    /// Stores, finds and removes points of its own partition.
    private func work(_ worker: Int) async -> [String] {
        var generator = SeededGenerator(seed: UInt64(100 + worker))
        let partition = "worker \(worker % 6)"
        do throws(StoreError) {
            var complaints: [String] = []
            for round in 0..<8 {
                let point = self.point(&generator, in: partition)
                try await upsert(point)
                let found = try await nearest(point.vector, in: partition, limit: 1)
                if found.first?.id != point.id { complaints.append("worker \(worker) does not find its own point") }
                if round < 2 { try await store.remove([point.id], deadline: deadline) }
            }
            return complaints
        } catch {
            return ["worker \(worker) failed with \(error)"]
        }
    }

    func cancellation() async throws(StoreError) -> [String] {
        var generator = SeededGenerator(seed: 10)
        let points = (0..<32).map { _ in point(&generator, in: "partition") }
        for point in points { try await upsert(point) }
        var complaints = await withTaskGroup(of: [String].self) { group in
            for (index, point) in points.enumerated() {
                group.addTask { await self.find(point, cancelled: index % 2 == 0) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        complaints += Self.differences(try await nearest(axis(0), in: "partition"), from: points, to: axis(0), limit: 100)
        return complaints
    }

    private func find(_ point: VectorPoint, cancelled: Bool) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                do throws(StoreError) {
                    let found = try await self.nearest(point.vector, in: point.partition, limit: 1)
                    return found.first?.id == point.id ? [] : ["a search found another's point"]
                } catch {
                    return cancelled ? [] : ["a search whose caller did not give up failed with \(error)"]
                }
            }
            if cancelled { group.cancelAll() }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
