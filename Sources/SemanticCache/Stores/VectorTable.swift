internal import Cascade

/// Points by id, by partition and by age: the state of ``EmbeddedVectorStore``. Belongs to one thread.
///
/// A search looks at the points of its partition only: each partition lists its slots. Slots of removed points are used again.
struct VectorTable: Sendable {
    private struct Entry: Sendable {
        var id: String
        /// Index into `groups`.
        var group: Int32
        /// Index into the group's slots.
        var position: Int32
        /// Towards the later stored.
        var newer: Int32
        /// Towards the earlier stored.
        var older: Int32
    }

    /// One partition that has points.
    private struct Group: Sendable {
        var name: String
        var slots: [Int32]
    }

    private static let none: Int32 = -1
    /// Rows between two looks at the clock: some 50 microseconds at 1,536 numbers.
    private static let rowsPerPause = 128

    private let maxVectors: Int
    /// Numbers per vector; 0 before the first.
    private var dimensions = 0
    private var rows = VectorRows(dimensions: 1)
    /// By slot, beside `entries`, because a search reads nothing else of a point. `-infinity` where there is none.
    private var expiries: [Double] = []
    private var entries: [Entry] = []
    private var freeSlots: [Int32] = []
    private var slotOfID: [String: Int32] = [:]
    private var groups: [Group] = []
    private var freeGroups: [Int32] = []
    private var groupOfName: [String: Int32] = [:]
    private var newest = VectorTable.none
    private var oldest = VectorTable.none

    /// - Parameter maxVectors: points kept, 1 or more.
    init(maxVectors: Int) {
        self.maxVectors = maxVectors
    }

    var count: Int { slotOfID.count }

    /// Places held for points and for partitions, used or free: never more than were kept at one time.
    var places: (points: Int, partitions: Int) { (entries.count, groups.count) }

    /// Bytes held for vectors.
    var bytes: Int { rows.bytes }

    // MARK: Search

    /// The nearest points of a partition whose time is not over.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - pause: called every now and then; ends the search by throwing.
    func nearest(
        to vector: [Float], in partition: String, limit: Int, at now: Double, pause: () throws(StoreError) -> Void
    ) throws(StoreError) -> [VectorMatch] {
        guard dimensions > 0 else { return [] }
        try checkSize(vector)
        guard let group = groupOfName[partition] else { return [] }
        let query = rows.row(vector)
        let slots = groups[Int(group)].slots
        var nearest = NearestList(limit: limit)
        var start = 0
        while start < slots.count {
            let end = min(start + Self.rowsPerPause, slots.count)
            for slot in slots[start..<end] where expiries[Int(slot)] > now {
                nearest.offer(slot, rows.dot(query, Int(slot)))
            }
            start = end
            if start < slots.count { try pause() }
        }
        return nearest.items.map { item in
            VectorMatch(id: entries[Int(item.slot)].id, similarity: Double(min(max(item.similarity, -1), 1)))
        }
    }

    // MARK: Change

    /// Keeps a point in place of an older one of its id; the oldest point goes when there is no room.
    mutating func upsert(_ point: VectorPoint) throws(StoreError) {
        guard !point.vector.isEmpty else { throw StoreError(.embedded, .rejected, "a vector has 1 number or more, not 0") }
        guard point.vector.allSatisfy(\.isFinite) else {
            throw StoreError(.embedded, .rejected, "a vector has a number that is not finite")
        }
        if dimensions == 0 {
            dimensions = point.vector.count
            rows = VectorRows(dimensions: dimensions)
        }
        try checkSize(point.vector)
        if let slot = slotOfID[point.id] { drop(slot) }
        if count >= maxVectors, oldest != Self.none { drop(oldest) }

        let slot = freeSlots.popLast() ?? Int32(entries.count)
        let group = join(slot, point.partition)
        let position = Int32(groups[Int(group)].slots.count - 1)
        let entry = Entry(id: point.id, group: group, position: position, newer: Self.none, older: newest)
        if Int(slot) == entries.count {
            entries.append(entry)
            expiries.append(point.expiresAt)
        } else {
            entries[Int(slot)] = entry
            expiries[Int(slot)] = point.expiresAt
        }
        rows.set(rows.row(point.vector), at: Int(slot))
        slotOfID[point.id] = slot
        if newest == Self.none { oldest = slot } else { entries[Int(newest)].newer = slot }
        newest = slot
    }

    mutating func remove(_ ids: [String]) {
        for id in ids {
            if let slot = slotOfID[id] { drop(slot) }
        }
        releaseIfEmpty()
    }

    mutating func removeExpired(at now: Double) {
        for slot in expiries.indices where expiries[slot] <= now && expiries[slot] > -.infinity { drop(Int32(slot)) }
        releaseIfEmpty()
    }

    /// Also forgets the vectors' size.
    mutating func removeAll() {
        self = VectorTable(maxVectors: maxVectors)
    }

    // MARK: Places

    private func checkSize(_ vector: [Float]) throws(StoreError) {
        guard vector.count == dimensions else {
            throw StoreError(.embedded, .mismatch, "a vector has \(vector.count) numbers; those stored have \(dimensions)")
        }
    }

    /// Adds a slot to a partition.
    private mutating func join(_ slot: Int32, _ partition: String) -> Int32 {
        if let group = groupOfName[partition] {
            groups[Int(group)].slots.append(slot)
            return group
        }
        let group: Int32
        if let free = freeGroups.popLast() {
            group = free
            groups[Int(free)] = Group(name: partition, slots: [slot])
        } else {
            group = Int32(groups.count)
            groups.append(Group(name: partition, slots: [slot]))
        }
        groupOfName[partition] = group
        return group
    }

    private mutating func drop(_ slot: Int32) {
        let entry = entries[Int(slot)]
        if entry.newer == Self.none { newest = entry.older } else { entries[Int(entry.newer)].older = entry.older }
        if entry.older == Self.none { oldest = entry.newer } else { entries[Int(entry.older)].newer = entry.newer }
        leave(entry)
        slotOfID[entry.id] = nil
        entries[Int(slot)].id = ""
        expiries[Int(slot)] = -.infinity
        freeSlots.append(slot)
    }

    /// Takes an entry out of its partition; the partition's last slot takes its position.
    private mutating func leave(_ entry: Entry) {
        let group = Int(entry.group)
        let last = groups[group].slots.removeLast()
        if Int(entry.position) < groups[group].slots.count {
            groups[group].slots[Int(entry.position)] = last
            entries[Int(last)].position = entry.position
        }
        if groups[group].slots.isEmpty {
            groupOfName[groups[group].name] = nil
            groups[group] = Group(name: "", slots: [])
            freeGroups.append(entry.group)
        }
    }

    /// An empty table holds no memory, but still knows its vectors' size.
    private mutating func releaseIfEmpty() {
        guard count == 0, dimensions > 0 else { return }
        let size = dimensions
        removeAll()
        dimensions = size
        rows = VectorRows(dimensions: size)
    }
}
