internal import FastJSON

/// The keywords that concern one type of value only.
extension SchemaEvaluation {
    mutating func checkObject(_ members: [JSONMember], _ schema: JSONValue) throws(Violation) {
        for name in schema["required"]?.array ?? [] {
            guard let name = name.string else { continue }
            guard members.contains(where: { $0.name == name }) else { throw violation("the member '\(name)' is missing") }
        }
        if let minimum = schema["minProperties"]?.int, members.count < minimum {
            throw violation("expected at least \(minimum) members, but got \(members.count)")
        }
        if let maximum = schema["maxProperties"]?.int, members.count > maximum {
            throw violation("expected at most \(maximum) members, but got \(members.count)")
        }
        for dependency in schema["dependentRequired"]?.object ?? [] where members.contains(where: { $0.name == dependency.name }) {
            for name in dependency.value.array ?? [] {
                guard let name = name.string, !members.contains(where: { $0.name == name }) else { continue }
                throw violation("the member '\(name)' is missing, which '\(dependency.name)' requires")
            }
        }
        let additional = schema["patternProperties"] == nil ? schema["additionalProperties"] : nil
        let properties = schema["properties"]
        // By member, not by property: every one of repeated members must be valid, since readers differ in which they take.
        for member in members {
            try spendStep()
            if let names = schema["propertyNames"] { try check(.string(member.name), names, at: member.name) }
            if let property = properties?[member.name] {
                try check(member.value, property, at: member.name)
            } else if let additional {
                if additional == .bool(false) { throw violation("the member is not allowed by the schema", at: member.name) }
                try check(member.value, additional, at: member.name)
            }
        }
    }

    mutating func checkArray(_ elements: [JSONValue], _ schema: JSONValue) throws(Violation) {
        if let minimum = schema["minItems"]?.int, elements.count < minimum {
            throw violation("expected at least \(minimum) elements, but got \(elements.count)")
        }
        if let maximum = schema["maxItems"]?.int, elements.count > maximum {
            throw violation("expected at most \(maximum) elements, but got \(elements.count)")
        }
        if schema["uniqueItems"]?.bool == true { try checkUnique(elements) }
        let listed = schema["items"]?.array
        let prefix = schema["prefixItems"]?.array ?? listed ?? []
        let rest = listed == nil ? schema["items"] : schema["additionalItems"]
        for (index, element) in elements.enumerated() {
            if index < prefix.count {
                try check(element, prefix[index], at: "\(index)")
            } else if let rest {
                try check(element, rest, at: "\(index)")
            }
        }
        if let contained = schema["contains"] { try checkContains(elements, contained, schema) }
    }

    private mutating func checkUnique(_ elements: [JSONValue]) throws(Violation) {
        for (index, element) in elements.enumerated() {
            for other in elements[..<index] {
                try spendStep()
                if other.isEquivalent(to: element) { throw violation("the element is a repetition", at: "\(index)") }
            }
        }
    }

    private mutating func checkContains(_ elements: [JSONValue], _ part: JSONValue, _ schema: JSONValue) throws(Violation) {
        var matches = 0
        for element in elements where try accepts(element, part) { matches += 1 }
        let minimum = schema["minContains"]?.int ?? 1
        if matches < minimum { throw violation("expected at least \(minimum) elements as in contains, but got \(matches)") }
        if let maximum = schema["maxContains"]?.int, matches > maximum {
            throw violation("expected at most \(maximum) elements as in contains, but got \(matches)")
        }
    }

    func checkText(_ text: String, _ schema: JSONValue) throws(Violation) {
        let minimum = schema["minLength"]?.int
        let maximum = schema["maxLength"]?.int
        guard minimum != nil || maximum != nil else { return }
        let length = text.unicodeScalars.count
        if let minimum, length < minimum { throw violation("expected at least \(minimum) characters, but got \(length)") }
        if let maximum, length > maximum { throw violation("expected at most \(maximum) characters, but got \(length)") }
    }

    func checkNumber(_ value: JSONValue, _ schema: JSONValue) throws(Violation) {
        // Draft 4 wrote `"minimum": 1, "exclusiveMinimum": true`.
        let isMinimumExclusive = schema["exclusiveMinimum"]?.bool == true
        let isMaximumExclusive = schema["exclusiveMaximum"]?.bool == true
        if let minimum = schema["minimum"], value.isLess(than: minimum) || isMinimumExclusive && !minimum.isLess(than: value) {
            throw violation(
                "expected \(isMinimumExclusive ? "more than" : "at least") \(Self.shown(minimum)), but got \(Self.shown(value))")
        }
        if let maximum = schema["maximum"], maximum.isLess(than: value) || isMaximumExclusive && !value.isLess(than: maximum) {
            throw violation("expected \(isMaximumExclusive ? "less than" : "at most") \(Self.shown(maximum)), but got \(Self.shown(value))")
        }
        if let minimum = schema["exclusiveMinimum"], minimum.double != nil, !minimum.isLess(than: value) {
            throw violation("expected more than \(Self.shown(minimum)), but got \(Self.shown(value))")
        }
        if let maximum = schema["exclusiveMaximum"], maximum.double != nil, !value.isLess(than: maximum) {
            throw violation("expected less than \(Self.shown(maximum)), but got \(Self.shown(value))")
        }
        if let divisor = schema["multipleOf"], !value.isMultiple(of: divisor) {
            throw violation("expected a multiple of \(Self.shown(divisor)), but got \(Self.shown(value))")
        }
    }
}
