internal import FastJSON

/// JSON Schema's view of values: numbers are compared by value, objects without regard to order.
extension JSONValue {
    /// `integer` includes whole numbers written with a fraction (`1.0`), as of draft 6. An unknown type name fits everything.
    func hasSchemaType(_ name: String) -> Bool {
        switch (name, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object), ("number", .int),
            ("number", .double), ("integer", .int):
            true
        case ("integer", .double(let value)): value == value.rounded(.towardZero)
        case ("null", _), ("boolean", _), ("string", _), ("array", _), ("object", _), ("number", _), ("integer", _): false
        default: true
        }
    }

    /// Equal as JSON values. For objects the first of repeated members counts.
    func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.int(let left), .double(let right)), (.double(let right), .int(let left)): return Double(left) == right
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            return left.allSatisfy { member in other[member.name].map { member.value.isEquivalent(to: $0) } ?? false }
        default: return self == other
        }
    }

    /// Both are numbers and this one is smaller. Integers are compared exactly.
    func isLess(than other: JSONValue) -> Bool {
        if case .int(let left) = self, case .int(let right) = other { return left < right }
        guard let left = double, let right = other.double else { return false }
        return left < right
    }

    /// Exact for integers; for fractions up to the rounding of a division (19.99 is a multiple of 0.01). True unless both are numbers and
    /// the divisor is positive.
    func isMultiple(of divisor: JSONValue) -> Bool {
        if case .int(let value) = self, case .int(let by) = divisor { return by <= 0 || value % by == 0 }
        guard let value = double, let by = divisor.double, by > 0 else { return true }
        let quotient = value / by
        guard quotient.isFinite else { return false }
        return (quotient - quotient.rounded()).magnitude <= 1e-9 * max(1, quotient.magnitude)
    }
}
