/// How one kind of single value is written, checked, and named in messages.
struct ConfigurationValue<Value: Sendable>: Sendable {
    /// `integer`
    let type: String
    /// `0...65535`
    let range: String?
    /// `an integer from 0 to 65535`: what follows "must be".
    let expectation: String
    var unit: String?
    /// The value as it would be written in the file.
    let text: @Sendable (Value) -> String?
    let decode: @Sendable (ScalarText) throws(ValueFault) -> Value
    /// Its text must not be printed.
    var isSecret = false
}

/// What a scalar says once the environment is filled in.
struct ScalarText {
    let text: String
    /// Written without quotes, or made by `${...}`: then it may be a number or a truth value.
    let isPlain: Bool
    let isNull: Bool
}

/// The text is not such a value. `hint`, if any, says what to do, and follows a semicolon.
struct ValueFault: Error {
    var hint: String?
}

extension ConfigurationValue where Value == Int {
    static func integer(_ range: ClosedRange<Int>, unit: String? = nil) -> Self {
        Self(
            type: "integer",
            range: "\(range.lowerBound)...\(range.upperBound)",
            expectation: "an integer from \(range.lowerBound) to \(range.upperBound)",
            unit: unit,
            text: { String($0) },
            decode: { (scalar) throws(ValueFault) in try Self.decode(scalar, in: range) }
        )
    }

    static func decode(_ scalar: ScalarText, in range: ClosedRange<Int>) throws(ValueFault) -> Int {
        // Int("+5") is 5; YAML agrees. Int takes ASCII digits only.
        guard let number = Int(scalar.text), range.contains(number) else {
            let digits = scalar.text.filter { $0 != "_" && $0 != "," }
            throw ValueFault(hint: Int(digits) != nil && digits != scalar.text ? "write '\(digits)'" : nil)
        }
        guard scalar.isPlain else { throw ValueFault(hint: "remove the quotes") }
        return number
    }
}

extension ConfigurationValue where Value == Double {
    /// A number of a closed range, or of one without its lower bound.
    static func number(_ range: ClosedRange<Double>, openAtStart: Bool = false, unit: String? = nil) -> Self {
        let low = range.lowerBound.shortText
        let high = range.upperBound.shortText
        return Self(
            type: "number",
            range: openAtStart ? "more than \(low), at most \(high)" : "\(low)...\(high)",
            expectation: openAtStart ? "a number more than \(low) and at most \(high)" : "a number from \(low) to \(high)",
            unit: unit,
            text: { $0.shortText },
            decode: { (scalar) throws(ValueFault) in
                // Double() also takes "nan", "inf" and hexadecimal.
                let isDecimal = scalar.text.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
                guard isDecimal, let number = Double(scalar.text), range.contains(number), !(openAtStart && number == range.lowerBound)
                else {
                    let pointed = String(scalar.text.map { $0 == "," ? "." : $0 })
                    throw ValueFault(hint: pointed != scalar.text && Double(pointed) != nil ? "write '\(pointed)'" : nil)
                }
                guard scalar.isPlain else { throw ValueFault(hint: "remove the quotes") }
                return number
            }
        )
    }
}

extension ConfigurationValue where Value == Bool {
    static var truth: Self {
        Self(
            type: "true or false", range: nil, expectation: "true or false", text: { String($0) },
            decode: { (scalar) throws(ValueFault) in
                switch scalar.text {
                case "true" where scalar.isPlain: return true
                case "false" where scalar.isPlain: return false
                case "true", "false": throw ValueFault(hint: "remove the quotes")
                default: break
                }
                switch scalar.text.lowercased() {
                case "yes", "on", "true", "1", "y": throw ValueFault(hint: "write 'true'")
                case "no", "off", "false", "0", "n": throw ValueFault(hint: "write 'false'")
                default: throw ValueFault()
                }
            }
        )
    }
}

extension ConfigurationValue where Value == Duration {
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        whole(range, unit: "seconds") {
            .seconds($0)
        } count: {
            $0.components.seconds
        }
    }

    static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        whole(range, unit: "ms") {
            .milliseconds($0)
        } count: {
            $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000
        }
    }

    private static func whole(
        _ range: ClosedRange<Int>,
        unit: String,
        make: @escaping @Sendable (Int) -> Duration,
        count: @escaping @Sendable (Duration) -> Int64
    ) -> Self {
        let integer = ConfigurationValue<Int>.integer(range)
        return Self(
            type: integer.type, range: integer.range, expectation: integer.expectation + " (\(unit))", unit: unit,
            text: { String(count($0)) },
            decode: { (scalar) throws(ValueFault) in make(try ConfigurationValue<Int>.decode(scalar, in: range)) }
        )
    }
}

extension ConfigurationValue {
    /// One of a closed set of words.
    static func oneOf(_ type: Value.Type = Value.self) -> Self
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            type: "word",
            range: words.joined(separator: ", "),
            expectation: "one of \(words.joined(separator: ", "))",
            text: { $0.rawValue },
            decode: { (scalar) throws(ValueFault) in
                guard let value = Value(rawValue: scalar.text) else {
                    throw ValueFault(hint: EditDistance.nearest(to: scalar.text, among: words).map { "did you mean '\($0)'?" })
                }
                return value
            }
        )
    }

    /// The same, or nothing: null and the empty text stand for nil.
    var optional: ConfigurationValue<Value?> {
        let (text, decode) = (self.text, self.decode)
        return ConfigurationValue<Value?>(
            type: type, range: range, expectation: expectation, unit: unit,
            text: { $0.flatMap(text) },
            decode: { (scalar) throws(ValueFault) in scalar.isNull || scalar.text.isEmpty ? nil : try decode(scalar) },
            isSecret: isSecret
        )
    }
}

extension Double {
    /// `1` for 1.0, `0.4` for 0.4: as people write it.
    var shortText: String { self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self) }
}
