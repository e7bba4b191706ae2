import Synchronization

/// A fixed row of 64-bit words, each read and written atomically and without a lock.
///
/// All orderings are relaxed: a scrape wants each number, not a snapshot of all of them at one instant.
final class AtomicWords: @unchecked Sendable {
    // Unchecked because a pointer is not Sendable: it never changes after init, and every access behind it is atomic.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    let count: Int

    init(count: Int) {
        self.count = count
        words = .allocate(capacity: count)
        for index in 0..<count {
            (words + index).initialize(to: Atomic(0))
        }
    }

    deinit {
        words.deinitialize(count: count)
        words.deallocate()
    }

    func load(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count)
        return words[index].load(ordering: .relaxed)
    }

    func store(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count)
        words[index].store(value, ordering: .relaxed)
    }

    /// Wraps at 2^64, which a scraper reads as a restart.
    func add(_ amount: UInt64, at index: Int) {
        precondition(index >= 0 && index < count)
        words[index].wrappingAdd(amount, ordering: .relaxed)
    }

    func loadDouble(_ index: Int) -> Double {
        Double(bitPattern: load(index))
    }

    func storeDouble(_ value: Double, at index: Int) {
        store(value.bitPattern, at: index)
    }

    /// Compare-and-swap on the bit pattern, repeated until no other thread came between.
    func addDouble(_ amount: Double, at index: Int) {
        precondition(index >= 0 && index < count)
        var current = words[index].load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: current) + amount
            let (exchanged, original) = words[index].weakCompareExchange(
                expected: current, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
