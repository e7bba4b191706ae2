import CalibrationData
import FastJSON
import Testing

@testable import Judging

@Suite struct ReferenceCheckTests {
    enum Expected { case pass, fail, cannotTell }

    struct Case: Sendable, CustomTestStringConvertible {
        var answer: String
        var reference: Reference
        var expected: Expected

        var testDescription: String { "\(answer.debugDescription) against \(reference)" }
    }

    private static func number(_ answer: String, _ value: Double, _ expected: Expected = .pass, tolerance: Double = 0) -> Case {
        Case(answer: answer, reference: .number(value: value, tolerance: tolerance), expected: expected)
    }

    private static func text(_ answer: String, _ any: [String], _ expected: Expected = .pass, none: [String] = []) -> Case {
        Case(answer: answer, reference: .text(any: any, none: none), expected: expected)
    }

    static let numbers: [Case] = [
        number("42", 42), number("The answer is 42.", 42), number("6 x 7 = 42", 42), number("**42**", 42), number("42 km/h", 42),
        number("Step 1: 40. Step 2: 2.\n\n42", 42), number("It is 43.", 42, .fail), number("", 42, .fail), number("   \n", 42, .fail),
        number("1,234", 1234), number("1,234,567.5 m", 1_234_567.5), number("1 234", 1234), number("1\u{202F}234\u{202F}567", 1_234_567),
        number("1.234.567", 1_234_567), number("3,5 Liter", 3.5), number("1.234,5", 1234.5), number("1'234", 1234), number("1_234", 1234),
        number("$1,250.50", 1250.5), number("-$5", -5), number("$-5", -5), number("€ 12", 12), number("USD42", 42), number("12%", 12),
        number("12 percent", 12), number("−7", -7), number("-7", -7), number("x = -7", -7), number("-7", 7, .fail), number("10-7", 7),
        number("a value of - well - 7", 7), number("2.5e3", 2500), number("6.02 × 10^23", 6.02e23, tolerance: 1e18),
        number("5 x 10^{-3}", 0.005), number("3 · 10⁴", 30_000), number("2^10", 1024), number("3/4", 0.75), number("3/4", 4, .fail),
        number("1 3/4", 1.75), number("1½", 1.5), number("½", 0.5), number(#"\frac{3}{4}"#, 0.75), number(#"$-\frac{1}{2}$"#, -0.5),
        number(#"So $\boxed{42}$ after 3 steps."#, 42), number(#"\boxed{1{,}234}"#, 1234), number(#"\boxed{x = 5}"#, 5),
        number("The answer is 42 (checked in 2 ways).", 42), number("The answer is 5. No wait: the answer is 7.", 7),
        number("Answer: 3 + 4 = 7 of 9", 7), number("**Answer:** 17\n\nI used 2 facts.", 17), number("Answer:\n\n17", 17),
        number("The answer is found by adding 3 and 4, which gives\n7", 7), number("Die Antwort ist 1.234", 1234),
        number("3 million", 3_000_000), number("3 million", 3), number("CO2 rises to 5 ppm of CO2", 5), number("an area of 12 m^2", 12),
        number("an area of 12 m²", 12), number("forty-two", 42, .cannotTell), number("I cannot say", 42, .fail),
        number("3.14159", 3.14, tolerance: 0.01), number("3.2", 3.14, .fail, tolerance: 0.01), number(".5", 0.5),
        number("0.333333333", 1.0 / 3, tolerance: 1e-6),
        number("It was built on 12/25/1999", 1999), number("1,2,3", 3), number("007", 7), number("The 42nd", 42), number("5200 ml", 5200),
        number("5 200", 200), number("1e400", 1, .fail), number("99999999999999999999999", 1e23, tolerance: 1e8),
    ]

    static let texts: [Case] = [
        text("It is Paris.", ["Paris"]), text("PARIS", ["paris"]), text("Parisian", ["Paris"], .fail), text("**Paris**!", ["Paris"]),
        text("Paris's streets", ["Paris"]), text("Besançon", ["Besancon"]), text("Besancon", ["Besançon"]), text("ŁÓDŹ", ["Lodz"]),
        text("Lo\u{301}dz", ["Lódz"]), text("Straße", ["strasse"]), text("Ægir", ["aegir"]), text("Điện Biên Phủ", ["Dien Bien Phu"]),
        text("New\n  York", ["New York"]), text("new-york", ["New York"]), text("York New", ["New York"], .fail), text("H₂O", ["H2O"]),
        text("C++", ["C++"]), text("C", ["C++"], .fail), text("C#", ["C"]), text("1,000 years", ["1000"]), text("3.14", ["3"], .fail),
        text("-5 degrees", ["5"], .fail), text("-5 degrees", ["-5"]), text("Paris or Lyon", ["Paris"], .fail, none: ["Lyon"]),
        text("Paris", ["Rome", "City of Light", "Paris"]), text("北京市", ["北京"]), text("東京", ["北京"], .fail), text("Это Москва.", ["МОСКВА"]),
        text("O\u{2019}Brien", ["O'Brien"]), text("", ["Paris"], .fail), text("zero\u{200B}width", ["zerowidth"]),
    ]

    static let others: [Case] = [
        Case(answer: "ored and Elthelia!", reference: .all(["Elthelia", "ored"]), expected: .pass),
        Case(answer: "ored", reference: .all(["Elthelia", "ored"]), expected: .fail),
        Case(answer: "a\nb\nc", reference: .regex(pattern: "^[^\n]+\n[^\n]+\n[^\n]+$", flags: ""), expected: .pass),
        Case(answer: "a\nb", reference: .regex(pattern: "^[^\n]+\n[^\n]+\n[^\n]+$", flags: ""), expected: .fail),
        Case(answer: "A rose", reference: .regex(pattern: "^[^eE]*$", flags: ""), expected: .fail),
        Case(answer: "HELLO", reference: .regex(pattern: "hello", flags: "i"), expected: .pass),
        Case(answer: "HELLO", reference: .regex(pattern: "hello", flags: ""), expected: .fail),
        Case(answer: "é", reference: .regex(pattern: "^.$", flags: ""), expected: .pass),
        Case(answer: "grün", reference: .regex(pattern: "^gr[äöü]n$", flags: ""), expected: .pass),
        Case(answer: "x\0y", reference: .regex(pattern: "y", flags: ""), expected: .pass),
        Case(answer: "x", reference: .regex(pattern: "(", flags: ""), expected: .cannotTell),
        Case(answer: #"{"a": 1}"#, reference: .jsonSchema(["type": "object", "required": ["a"]]), expected: .pass),
        Case(answer: "```json\n{\"a\": 1}\n```", reference: .jsonSchema(["type": "object", "required": ["a"]]), expected: .pass),
        Case(answer: "Here: ```json\n{\"a\": 1}\n```", reference: .jsonSchema(["type": "object"]), expected: .fail),
        Case(answer: "```json\n{\"a\": 1}\n``` there", reference: .jsonSchema(["type": "object"]), expected: .fail),
        Case(answer: "{\"b\": 1}", reference: .jsonSchema(["type": "object", "required": ["a"]]), expected: .fail),
        Case(answer: "[\"ab\"]", reference: .jsonSchema(["items": ["type": "string", "pattern": "^[a-z]+$"]]), expected: .pass),
        Case(answer: "[\"ab\", \"A\"]", reference: .jsonSchema(["items": ["type": "string", "pattern": "^[a-z]+$"]]), expected: .fail),
        Case(answer: "def f(): pass", reference: .tests(language: "python", entry: "f", tests: "assert f"), expected: .cannotTell),
    ]

    @Test("an answer is checked for what it comes to", arguments: numbers + texts + others)
    func outcomes(_ sample: Case) {
        let outcome = ReferenceCheck.outcome(of: sample.answer, against: sample.reference)
        let kind: Expected =
            switch outcome {
            case .pass: .pass
            case .fail: .fail
            case .cannotTell: .cannotTell
            }
        #expect(kind == sample.expected, "\(outcome)")
    }

    @Test("a reference that cannot be checked is an error of the prompt set")
    func problems() {
        let wrong: [Reference] = [
            .number(value: .nan, tolerance: 0), .number(value: 1, tolerance: -1), .text(any: [], none: []), .text(any: ["..."], none: []),
            .all([]), .regex(pattern: "[", flags: ""), .regex(pattern: "a", flags: "x"), .jsonSchema("string"),
            .jsonSchema(["items": ["pattern": "("]]), .tests(language: "rust", entry: "f", tests: "x"),
            .tests(language: "python", entry: "f", tests: " "),
        ]
        for reference in wrong { #expect(ReferenceCheck.problem(with: reference) != nil, "\(reference)") }
        for sample in Self.numbers + Self.texts { #expect(ReferenceCheck.problem(with: sample.reference) == nil) }
    }

    @Test("a number that is written by a printer is read back", arguments: 0..<50)
    func roundTrip(seed: Int) {
        var mixer = SeededMixer(seed: UInt64(seed))
        let value = (Double(Int(mixer.next() % 20_000_000)) - 10_000_000) / [1, 10, 100].randomElement(using: &mixer)!
        let digits = "\(abs(value))".split(separator: ".")
        var whole = String(digits[0])
        var groups: [String] = []
        while whole.count > 3 {
            groups.insert(String(whole.suffix(3)), at: 0)
            whole = String(whole.dropLast(3))
        }
        let sign = value < 0 ? "-" : ""
        let fraction = digits[1] == "0" ? "" : "." + digits[1]
        for separator in ["", ",", "\u{202F}"] {
            let text = "It comes to \(sign)\(([whole] + groups).joined(separator: separator))\(fraction)."
            #expect(ReferenceCheck.outcome(of: text, against: .number(value: value, tolerance: 0)) == .pass, "\(text)")
            #expect(ReferenceCheck.outcome(of: text, against: .number(value: value + 1, tolerance: 0.5)) != .pass, "\(text)")
        }
    }

    @Test("a long answer is checked at its end, within a second")
    func long() {
        let text = String(repeating: "no numbers here, ", count: 40_000) + "42"
        #expect(ReferenceCheck.outcome(of: text, against: .number(value: 42, tolerance: 0)) == .pass)
        #expect(ReferenceCheck.outcome(of: text, against: .text(any: ["42"], none: [])) == .pass)
    }

    @Test("an empty answer and a refusal are recognised, an answer that tries is not")
    func refusals() {
        #expect(ReferenceCheck.emptinessOrRefusal(text: " \u{200B}\n") != nil)
        #expect(ReferenceCheck.emptinessOrRefusal(text: "I'm sorry, but I can't help with that.") != nil)
        #expect(ReferenceCheck.emptinessOrRefusal(text: "Paris", isRefusal: true) == "the model used its refusal channel")
        #expect(ReferenceCheck.emptinessOrRefusal(text: "Paris") == nil)
    }
}
