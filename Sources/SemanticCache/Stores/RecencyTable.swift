/// Values by key in the order of their last use, within two bounds: the state of ``EmbeddedAnswerStore``.
///
/// The list of uses is doubly linked through indices into one flat array, so that an entry is no object of its own and a use moves four
/// integers. Places of removed entries are used again.
struct RecencyTable: Sendable {
    private struct Node: Sendable {
        var key: String
        var value: [UInt8]
        var expiresAt: ContinuousClock.Instant
        /// Towards the more recently used.
        var newer: Int32
        /// Towards the less recently used; of a free node: the next free one.
        var older: Int32
        var isUsed: Bool
    }

    private static let none: Int32 = -1
    /// What an entry takes beside its bytes: node, dictionary slot at 75 % load, and the heads of two heap blocks.
    private static let overhead = 176
    /// Two entries are looked at for each one written: expired ones cannot outrun the sweep.
    private static let sweptPerWrite = 2

    private let maxEntries: Int
    private let maxBytes: Int
    private var nodes: [Node] = []
    private var index: [String: Int32] = [:]
    private var newest = RecencyTable.none
    private var oldest = RecencyTable.none
    private var firstFree = RecencyTable.none
    private var hand = 0
    /// Of all entries, as ``bytes(key:value:)`` counts them.
    private(set) var bytes = 0

    init(maxEntries: Int, maxBytes: Int) {
        self.maxEntries = maxEntries
        self.maxBytes = maxBytes
    }

    var count: Int { index.count }

    /// Places held, used or free: never more than entries were kept at one time.
    var places: Int { nodes.count }

    /// What an entry counts towards the bound.
    static func bytes(key: String, value: [UInt8]) -> Int { key.utf8.count + value.count + overhead }

    /// The value, which becomes the most recently used; `nil`, and gone, when its time is over.
    mutating func value(for key: String, at now: ContinuousClock.Instant) -> [UInt8]? {
        guard let place = index[key] else { return nil }
        guard nodes[Int(place)].expiresAt > now else {
            drop(place)
            return nil
        }
        if newest != place {
            unlink(place)
            linkAsNewest(place)
        }
        return nodes[Int(place)].value
    }

    /// Keeps a value and lets the least recently used go until both bounds hold. A value larger than the bound must not come here.
    mutating func set(_ value: [UInt8], for key: String, expiresAt: ContinuousClock.Instant) {
        if let place = index[key] { drop(place) }
        let size = Self.bytes(key: key, value: value)
        while oldest != Self.none, index.count >= maxEntries || bytes + size > maxBytes { drop(oldest) }
        let node = Node(key: key, value: value, expiresAt: expiresAt, newer: Self.none, older: Self.none, isUsed: true)
        let place: Int32
        if firstFree != Self.none {
            place = firstFree
            firstFree = nodes[Int(place)].older
            nodes[Int(place)] = node
        } else {
            place = Int32(nodes.count)
            nodes.append(node)
        }
        index[key] = place
        bytes += size
        linkAsNewest(place)
    }

    /// - Returns: whether there was such a value, its time not over.
    mutating func remove(_ key: String, at now: ContinuousClock.Instant) -> Bool {
        guard let place = index[key] else { return false }
        let isAlive = nodes[Int(place)].expiresAt > now
        drop(place)
        return isAlive
    }

    /// Looks at the next few places for entries whose time is over.
    mutating func sweep(at now: ContinuousClock.Instant) {
        for _ in 0..<min(Self.sweptPerWrite, nodes.count) {
            hand = hand + 1 < nodes.count ? hand + 1 : 0
            if nodes[hand].isUsed, nodes[hand].expiresAt <= now { drop(Int32(hand)) }
        }
    }

    /// Empties the table.
    /// - Returns: what was in it, so that the caller can let it go where nobody waits.
    mutating func takeAll() -> RecencyTable {
        let all = self
        self = RecencyTable(maxEntries: maxEntries, maxBytes: maxBytes)
        return all
    }

    private mutating func drop(_ place: Int32) {
        let at = Int(place)
        unlink(place)
        index[nodes[at].key] = nil
        bytes -= Self.bytes(key: nodes[at].key, value: nodes[at].value)
        nodes[at].key = ""
        nodes[at].value = []
        nodes[at].isUsed = false
        nodes[at].older = firstFree
        firstFree = place
    }

    private mutating func unlink(_ place: Int32) {
        let (newer, older) = (nodes[Int(place)].newer, nodes[Int(place)].older)
        if newer == Self.none { newest = older } else { nodes[Int(newer)].older = older }
        if older == Self.none { oldest = newer } else { nodes[Int(older)].newer = newer }
    }

    private mutating func linkAsNewest(_ place: Int32) {
        nodes[Int(place)].newer = Self.none
        nodes[Int(place)].older = newest
        if newest == Self.none { oldest = place } else { nodes[Int(newest)].newer = place }
        newest = place
    }
}
