internal import Synchronization

/// The entries that were found wrong by this process: never served, whatever the stores still hold. The tombstones in the store tell the
/// other gateways.
final class Quarantine: Sendable {
    /// Beyond it the entry that is released first makes room; its tombstone in the store stays.
    private static let limit = 4_096
    /// End of each quarantine, in seconds since 1970.
    private let ends = Mutex<[String: Double]>([:])

    func add(_ id: String, until end: Double, now: Double) {
        ends.withLock { ends in
            if ends.count >= Self.limit { ends = ends.filter { $0.value > now } }
            if ends.count >= Self.limit, let first = ends.min(by: { $0.value < $1.value }) { ends[first.key] = nil }
            ends[id] = end
        }
    }

    func contains(_ id: String, now: Double) -> Bool {
        ends.withLock { ends in
            // Almost always there is none.
            guard !ends.isEmpty, let end = ends[id] else { return false }
            if end > now { return true }
            ends[id] = nil
            return false
        }
    }

    func count(now: Double) -> Int { ends.withLock { $0.values.count { $0 > now } } }

    /// - Returns: whether it was in quarantine.
    func remove(_ id: String) -> Bool { ends.withLock { $0.removeValue(forKey: id) != nil } }

    func removeAll() { ends.withLock { $0 = [:] } }
}
