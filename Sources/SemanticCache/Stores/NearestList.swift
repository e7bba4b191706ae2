/// The best few of many, in order. Takes `limit` comparisons at most for one that belongs among them, and one for all others.
struct NearestList: Sendable {
    struct Item: Sendable, Hashable {
        var slot: Int32
        var similarity: Float
    }

    private let limit: Int
    /// The most similar first; of equals, the first offered.
    private(set) var items: [Item] = []

    /// - Parameter limit: how many are kept, 1 or more.
    init(limit: Int) {
        self.limit = limit
        items.reserveCapacity(limit + 1)
    }

    /// What is not a number is never taken.
    mutating func offer(_ slot: Int32, _ similarity: Float) {
        guard similarity == similarity else { return }
        if let last = items.last, items.count == limit, similarity <= last.similarity { return }
        var place = items.count
        while place > 0, items[place - 1].similarity < similarity { place -= 1 }
        items.insert(Item(slot: slot, similarity: similarity), at: place)
        if items.count > limit { items.removeLast() }
    }
}
