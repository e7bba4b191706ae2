/// What sums can be, and what no gateway has ever counted: a state that was edited or damaged must not be taken for evidence.
enum KeptCounts {
    /// Whole numbers are exact up to here.
    private static let greatest = 9_007_199_254_740_992.0

    /// The first field, by name, that is not what it should be.
    ///
    /// - Parameter isCount: whether a field is a number of things; others are amounts of money, at least 0.
    static func problem(in totals: [String: Double], isCount: (_ field: String) -> Bool) -> String? {
        for (field, value) in totals.sorted(by: { $0.key < $1.key }) {
            if isCount(field) {
                guard value >= 0, value <= greatest, value.rounded() == value else {
                    return "'\(field)' is \(value); expected: a whole number, 0 to 2^53"
                }
            } else if !(value >= 0 && value <= greatest) {
                return "'\(field)' is \(value); expected: a number, 0 to 2^53"
            }
        }
        return nil
    }

    /// The first part that is more than its whole: `level.0.2.bad` over `level.0.2.audits`.
    static func excess(in totals: [String: Double], of part: String, over whole: String) -> String? {
        for (field, value) in totals.sorted(by: { $0.key < $1.key }) where field.hasSuffix(part) {
            let other = field.dropLast(part.count) + whole
            let limit = totals[String(other)] ?? 0
            if value > limit { return "'\(field)' is \(Int(value)), and '\(other)' is \(Int(limit)); expected: at most that" }
        }
        return nil
    }
}
