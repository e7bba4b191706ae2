public import CalibrationData
internal import ChatAPI
internal import EntropyRouting
internal import FastJSON

/// Compares an answer with a checkable reference. Pure but for regular expressions, which need a locale; runs nothing.
///
/// What it cannot see: that an answer denies what it names ("it is not Paris" passes the reference "Paris"), and everything beside the point that
/// the reference checks.
public enum ReferenceCheck {
    /// Longest answer that is looked at, in bytes; of a longer one the end counts. Bounds the time of a regular expression.
    static let checkedBytes = 262_144

    /// - Parameters:
    ///   - answer: the visible answer.
    ///   - reference: ``CalibrationData/Reference/tests(language:entry:tests:)`` cannot be told here: see ``CodeRunner``.
    public static func outcome(of answer: String, against reference: Reference) -> CheckOutcome {
        let answer = String(answer.suffix(bytes: checkedBytes).trimmed)
        guard !answer.isEmpty else { return .fail("the answer is empty") }
        switch reference {
        case .number(let value, let tolerance): return number(answer, value, tolerance)
        case .text(let any, let none): return text(answer, any, none)
        case .all(let texts): return all(answer, texts)
        case .regex(let pattern, let flags): return regex(answer, pattern, flags)
        case .jsonSchema(let schema): return json(answer, schema)
        case .tests: return .cannotTell("unit tests are run on request only")
        }
    }

    /// What is wrong with the reference itself; `nil` when it can be checked.
    public static func problem(with reference: Reference) -> String? {
        switch reference {
        case .number(let value, let tolerance):
            guard value.isFinite, tolerance.isFinite, tolerance >= 0 else {
                return "\"value\" must be a number and \"tolerance\" one of 0 or more"
            }
        case .text(let any, let none):
            if any.isEmpty { return "\"any\" is empty" }
            for text in any + none where FoldedText(text).isEmpty { return "\"\(text)\" has no letter or digit to look for" }
        case .all(let texts):
            if texts.isEmpty { return "\"of\" is empty" }
            for text in texts where FoldedText(text).isEmpty { return "\"\(text)\" has no letter or digit to look for" }
        case .regex(let pattern, let flags):
            if flags != "" && flags != "i" { return "\"flags\" must be \"i\" or empty, not \"\(flags)\"" }
            do throws(RegularExpression.Problem) {
                _ = try RegularExpression(pattern, ignoresCase: flags == "i")
            } catch {
                return "\"\(pattern)\" is not a POSIX extended regular expression: \(error.message)"
            }
        case .jsonSchema(let schema):
            if schema.object == nil && schema.bool == nil { return "\"schema\" must be an object or a boolean" }
            if let problem = SchemaPatterns.problem(in: schema) { return problem }
        case .tests(let language, _, let tests):
            if language != "python" { return "\"language\" must be \"python\", not \"\(language)\"" }
            if tests.trimmed.isEmpty { return "\"tests\" is empty" }
        }
        return nil
    }

    /// The answer says nothing or declines, by its text or by the refusal channel: bad whoever asks, unless a reference says otherwise.
    /// - Returns: why; `nil` for an answer that tries.
    public static func emptinessOrRefusal(_ answer: RecordedAnswer) -> String? {
        emptinessOrRefusal(text: answer.text, isRefusal: answer.isRefusal)
    }

    /// The same of a bare text.
    public static func emptinessOrRefusal(text: String, isRefusal: Bool = false) -> String? {
        let gates = QualityGates(enabled: [.refusal, .emptyAnswer])
        switch gates.verdict(DraftFacts(text: text, finish: .stop, refusal: isRefusal)) {
        case .pass: return nil
        case .escalate(_, let reason): return reason.replacing("the drafter", with: "the model").replacing("the draft", with: "the answer")
        }
    }

    // MARK: Kinds

    private static func number(_ answer: String, _ value: Double, _ tolerance: Double) -> CheckOutcome {
        guard let found = NumberReader.finalNumber(in: answer) else {
            return NumberReader.hasNumberWord(answer)
                ? .cannotTell("no digits in the answer, but a word that may stand for a number") : .fail("no number in the answer")
        }
        // One part in a billion for readers that round, such as fractions.
        let margin = tolerance + 1e-9 * max(1, abs(value))
        if found.readings.contains(where: { abs($0 - value) <= margin }) { return .pass }
        return .fail("the answer's number is \(found.text), not \(value.plain)")
    }

    private static func text(_ answer: String, _ any: [String], _ none: [String]) -> CheckOutcome {
        let folded = FoldedText(answer)
        if let unwanted = none.first(where: { folded.contains(FoldedText($0)) }) { return .fail("the answer has \"\(unwanted)\"") }
        if any.contains(where: { folded.contains(FoldedText($0)) }) { return .pass }
        return .fail("the answer has none of \(any.prefix(4).map { "\"\($0)\"" }.joined(separator: ", "))")
    }

    private static func all(_ answer: String, _ texts: [String]) -> CheckOutcome {
        let folded = FoldedText(answer)
        guard let missing = texts.first(where: { !folded.contains(FoldedText($0)) }) else { return .pass }
        return .fail("the answer lacks \"\(missing)\"")
    }

    private static func regex(_ answer: String, _ pattern: String, _ flags: String) -> CheckOutcome {
        do throws(RegularExpression.Problem) {
            let expression = try RegularExpression(pattern, ignoresCase: flags == "i")
            return try expression.occurs(in: answer) ? .pass : .fail("the answer does not match the pattern")
        } catch {
            return .cannotTell(error.message)
        }
    }

    private static func json(_ answer: String, _ schema: JSONValue) -> CheckOutcome {
        let value: JSONValue
        do {
            value = try JSONValue.parse(FencedBlock.unwrapped(answer))
        } catch {
            return .fail("the answer is not JSON: \(error)")
        }
        if let violation = JSONSchemaValidator(schema).violation(in: value) {
            return .fail("the answer does not match the schema: \(violation)")
        }
        if let mismatch = SchemaPatterns.mismatch(of: value, schema) { return .fail("the answer does not match the schema: \(mismatch)") }
        return .pass
    }
}

extension Double {
    /// Without ".0" where it is a whole number.
    var plain: String { Int64(exactly: self).map { "\($0)" } ?? "\(self)" }
}
