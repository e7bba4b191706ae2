/// "In miles" is not "in kilometres", and $ is not €.
enum UnitsGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        if exchangesAmounts(asked, stored) { return true }
        let one = asked.units.subtracting(stored.units)
        let other = stored.units.subtracting(asked.units)
        if one.isEmpty && other.isEmpty { return false }
        // "In 1873" is "in the year 1873"; but not each its own.
        return !one.isEmpty && !other.isEmpty || !one.union(other).isSubset(of: droppable)
    }

    /// "5 times with 2 seconds between" against "2 times with 5 seconds between".
    private static func exchangesAmounts(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        guard asked.amounts != stored.amounts, asked.units == stored.units, asked.numbers == stored.numbers else { return false }
        return asked.amounts.count == stored.amounts.count
    }

    private static let droppable: Set<String> = ["year", "day", "hour", "degree", "month", "minute"]
}
