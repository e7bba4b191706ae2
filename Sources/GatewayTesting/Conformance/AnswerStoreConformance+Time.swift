internal import Cascade

/// Expiry, counters, deadlines and many callers at once.
extension AnswerStoreConformance {
    // MARK: Expiry

    func expiry() async throws(StoreError) -> [String] {
        var complaints: [String] = []
        let lifetime = Duration.milliseconds(400)
        try await set([0], "long, then short")
        let start = now()
        try await set([1], "short", for: lifetime)
        try await set([2], "short, then long", for: lifetime)
        try await set([3], "long, then short", for: lifetime)
        try await set([4], "shortest", for: .milliseconds(1))
        // Shorter than the shortest counts as the shortest.
        try await set([5], "none", for: .zero)
        try await set([6], "long", for: .seconds(86_400 * 365))
        let short = try await value("short")
        // Says nothing when the machine stood still for that long.
        if short != [1], now() - start < lifetime { complaints.append("a value went before its time") }
        try await set([7], "short, then long")

        await pass(lifetime + .milliseconds(200))
        let gone = ["short", "long, then short", "shortest", "none"]
        for key in gone {
            if case .some(.some) = store.residentValue(for: key) { complaints.append("\(key): found without waiting after its time") }
            if try await value(key) != nil { complaints.append("\(key): read after its time") }
            if try await store.remove(key, deadline: deadline) { complaints.append("\(key): removed after its time") }
        }
        if try await store.values(for: gone, deadline: deadline).contains(where: { $0 != nil }) {
            complaints.append("values(for:) finds a value after its time")
        }
        if try await value("short, then long") != [7] { complaints.append("a replaced value went at the older one's time") }
        if try await value("long") != [6] { complaints.append("a value with a year to live went") }
        return complaints
    }

    private func pass(_ duration: Duration) async {
        if let advance { return await advance(duration) }
        // A cancelled test may end early.
        try? await Task.sleep(for: duration)
    }

    // MARK: Counters

    func counters() async throws(StoreError) -> [String] {
        // Counters cannot be removed: fresh names make the check repeatable.
        let stamp = UInt64.random(in: 0 ... .max)
        let (hits, misses, odd) = ("hits \(stamp)", "misses \(stamp)", "a b\r\n:\"\(stamp)")
        var complaints: [String] = []
        if try await store.counters(deadline: deadline)[hits] != nil { complaints.append("a counter is there before anything was added") }
        try await store.add([hits: 2, misses: 1 << 40], deadline: deadline)
        try await store.add([hits: 3, odd: 1], deadline: deadline)
        try await store.add([hits: -1, misses: 0], deadline: deadline)
        try await store.add([:], deadline: deadline)
        let read = try await store.counters(deadline: deadline)
        for (name, expected) in [(hits, 4), (misses, 1 << 40), (odd, 1)] where read[name] != expected {
            complaints.append("a counter is \(read[name].map(String.init) ?? "missing") instead of \(expected)")
        }
        if try await store.count(deadline: deadline) != 0 { complaints.append("counters are counted among the values") }
        return complaints
    }

    // MARK: Deadlines

    func pastDeadline() async -> [String] {
        let store = store
        let past = now() - .seconds(1)
        let calls: [(String, () async throws(StoreError) -> Void)] = [
            ("value", { () async throws(StoreError) in _ = try await store.value(for: "key", deadline: past) }),
            ("values", { () async throws(StoreError) in _ = try await store.values(for: ["key"], deadline: past) }),
            ("set", { () async throws(StoreError) in try await store.set([1], for: "key", timeToLive: .seconds(1), deadline: past) }),
            ("remove", { () async throws(StoreError) in _ = try await store.remove("key", deadline: past) }),
            ("removeAll", { () async throws(StoreError) in _ = try await store.removeAll(deadline: past) }),
            ("count", { () async throws(StoreError) in _ = try await store.count(deadline: past) }),
            ("add", { () async throws(StoreError) in try await store.add(["late": 1], deadline: past) }),
            ("counters", { () async throws(StoreError) in _ = try await store.counters(deadline: past) }),
        ]
        var complaints: [String] = []
        for (name, call) in calls {
            do throws(StoreError) {
                try await call()
                complaints.append("\(name) did not notice that its deadline was over")
            } catch {
                if error.kind != .timeout { complaints.append("\(name) ended as \(error.kind) and not as a timeout") }
                if error.store != store.store { complaints.append("\(name) is blamed on \(error.store)") }
                if error.detail.isEmpty { complaints.append("\(name) does not say what happened") }
            }
        }
        return complaints
    }

    // MARK: Many callers

    func concurrency() async throws(StoreError) -> [String] {
        let counter = "concurrent \(UInt64.random(in: 0 ... .max))"
        var complaints = await withTaskGroup(of: [String].self) { group in
            for worker in 0..<24 {
                group.addTask { await self.work(worker, counter: counter) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let counted = try await store.counters(deadline: deadline)[counter]
        if counted != 24 * 8 { complaints.append("192 concurrent additions make \(counted ?? 0)") }
        let count = try await store.count(deadline: deadline)
        if count != 24 * 4 + 1 { complaints.append("\(count) values are counted instead of 97") }
        return complaints
    }

    /// Eight rounds on keys of its own and on one that all share.
    private func work(_ worker: Int, counter: String) async -> [String] {
        var complaints: [String] = []
        do throws(StoreError) {
            for round in 0..<8 {
                let key = "worker \(worker) key \(round % 4)"
                let bytes = [UInt8](repeating: UInt8(worker), count: 1 + round)
                try await set(bytes, key)
                try await set(bytes, "shared")
                try await store.add([counter: 1], deadline: deadline)
                let (own, pair) = (try await value(key), try await store.values(for: [key, "shared"], deadline: deadline))
                if own != bytes || pair.first != bytes { complaints.append("worker \(worker) reads another's value under its own key") }
                guard pair.count == 2, let shared = pair[1], let first = shared.first, (1...8).contains(shared.count) else {
                    complaints.append("the shared value is lost")
                    continue
                }
                if shared.contains(where: { $0 != first }) { complaints.append("the shared value is a mixture") }
            }
        } catch {
            complaints.append("worker \(worker) failed with \(error)")
        }
        return complaints
    }

    func cancellation() async throws(StoreError) -> [String] {
        for index in 0..<64 { try await set([UInt8(index)], "key \(index)") }
        var complaints = await withTaskGroup(of: [String].self) { group in
            for index in 0..<64 {
                group.addTask { await self.read(index, cancelled: index % 2 == 0) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        // Whatever the cancelled ones left behind, answers still belong to their questions.
        for index in 0..<64 where try await value("key \(index)") != [UInt8(index)] {
            complaints.append("after cancelled calls, value \(index) is another")
        }
        return complaints
    }

    private func read(_ index: Int, cancelled: Bool) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                do throws(StoreError) {
                    let read = try await self.value("key \(index)")
                    return read == [UInt8(index)] ? [] : ["value \(index) was read as \(Self.size(read))"]
                } catch {
                    return cancelled ? [] : ["value \(index), whose reader did not give up, failed with \(error)"]
                }
            }
            if cancelled { group.cancelAll() }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
