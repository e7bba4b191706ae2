import Synchronization

/// Permits for requests in flight: the bound on everything that a request may hold.
final class Admission: Sendable {
    let limit: Int
    private let held = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)

    init(limit: Int) { self.limit = limit }

    var inFlight: Int { held.load(ordering: .relaxed) }
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// From now on `/ready` says no; requests that are there are finished.
    func drain() { draining.store(true, ordering: .relaxed) }

    /// Takes a permit, or says that none is left.
    func enter() -> Bool {
        let (_, after) = held.add(1, ordering: .relaxed)
        if after <= limit { return true }
        held.subtract(1, ordering: .relaxed)
        return false
    }

    func leave() { held.subtract(1, ordering: .relaxed) }
}
