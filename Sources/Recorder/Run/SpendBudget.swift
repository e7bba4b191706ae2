/// Money under a cap: what is in flight counts with its estimate until its real cost is known.
struct SpendBudget {
    private let limitUSD: Double?
    private(set) var spentUSD = 0.0
    private var reservedUSD = 0.0

    init(limitUSD: Double?) { self.limitUSD = limitUSD }

    /// - Returns: false when the cap could be exceeded.
    mutating func reserve(_ estimate: Double) -> Bool {
        if let limitUSD, spentUSD + reservedUSD + estimate > limitUSD { return false }
        reservedUSD += estimate
        return true
    }

    mutating func settle(_ estimate: Double, spent: Double) {
        reservedUSD = max(0, reservedUSD - estimate)
        spentUSD += spent
    }
}
