/// "In miles" is not "in kilometres", and $ is not €.
enum UnitsGuard {
    static func separates(_ asked: PromptFacts, _ stored: PromptFacts) -> Bool {
        let one = asked.units.subtracting(stored.units)
        let other = stored.units.subtracting(asked.units)
        if one.isEmpty && other.isEmpty { return false }
        // "In 1873" is "in the year 1873"; but not each its own.
        return !one.isEmpty && !other.isEmpty || !one.union(other).isSubset(of: droppable)
    }

    private static let droppable: Set<String> = ["year", "day", "hour", "degree", "month", "minute"]
}
