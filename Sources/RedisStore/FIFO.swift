/// First in, first out, in constant time: an array and where it begins.
struct FIFO<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }

    var first: Element? {
        get { head < items.count ? items[head] : nil }
        set { if head < items.count { items[head] = newValue } }
    }

    mutating func append(_ item: Element) { items.append(item) }

    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        let item = items[head]
        // Not kept alive until the array is compacted.
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: items.count <= 1024)
            head = 0
        } else if head >= 1024, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }

    func forEach(_ body: (Element) -> Void) {
        for index in head..<items.count {
            if let item = items[index] { body(item) }
        }
    }

    /// Keeps those for which `isKept` is true, in order.
    mutating func filter(_ isKept: (Element) -> Bool) {
        var kept: [Element?] = []
        forEach { if isKept($0) { kept.append($0) } }
        items = kept
        head = 0
    }

    mutating func removeAll(_ body: (Element) -> Void) {
        let old = self
        self = FIFO()
        old.forEach(body)
    }
}
