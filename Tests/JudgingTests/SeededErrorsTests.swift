import CalibrationData
import Testing

@testable import Judging

@Suite struct SeededErrorsTests {
    struct Case: Sendable {
        var answer: String
        var reference: Reference?
        var kinds: Set<SeededErrors.Kind>
    }

    static let names = ["Rome", "Ada Lovelace", "Neptune"]

    static let cases: [Case] = [
        Case(answer: "The answer is 42.", reference: .number(value: 42, tolerance: 0), kinds: [.number]),
        Case(answer: "In 3 steps: 1,234.5 kg", reference: .number(value: 1234.5, tolerance: 0.1), kinds: [.number]),
        Case(answer: "It costs -$7", reference: .number(value: -7, tolerance: 0), kinds: [.number]),
        Case(answer: "It is Paris, of course.", reference: .text(any: ["Paris"], none: []), kinds: [.name]),
        Case(answer: "Paris", reference: .text(any: ["Paris"], none: []), kinds: [.name]),
        Case(answer: "The theorem is by Emmy Noether.", reference: nil, kinds: [.name, .negation]),
        Case(answer: "water is never dry at 5 km", reference: nil, kinds: [.number]),
        Case(answer: "the pole is north", reference: .all(["north"]), kinds: [.negation, .name]),
    ]

    @Test("an error changes the meaning, and the reference sees it", arguments: 0..<8, 0..<20)
    func fails(index: Int, seed: Int) throws {
        let sample = Self.cases[index]
        let error = try #require(
            SeededErrors.corrupt(sample.answer, reference: sample.reference, names: Self.names, seed: UInt64(seed), salt: "id"))
        #expect(FoldedText(error.text) != FoldedText(sample.answer))
        #expect(sample.kinds.contains(error.kind), "\(error)")
        if let reference = sample.reference {
            #expect(ReferenceCheck.outcome(of: sample.answer, against: reference) == .pass)
            #expect(!ReferenceCheck.outcome(of: error.text, against: reference).isPass, "\(error)")
        }
    }

    @Test("the seed decides, and nothing else")
    func deterministic() {
        func texts(_ seed: UInt64) -> [String?] {
            Self.cases.map { SeededErrors.corrupt($0.answer, reference: $0.reference, names: Self.names, seed: seed, salt: "id")?.text }
        }
        #expect(texts(1) == texts(1))
        #expect((2..<6).contains { texts($0) != texts(1) })
    }

    @Test("where nothing can be made wrong there is no probe")
    func nothing() {
        #expect(SeededErrors.corrupt("hm", reference: nil, names: Self.names, seed: 1, salt: "") == nil)
        // The reference allows every number: no corruption would be one.
        #expect(SeededErrors.corrupt("5", reference: .number(value: 5, tolerance: 1000), names: [], seed: 1, salt: "") == nil)
        // A shape is no fact: 7 is as good as 5.
        #expect(SeededErrors.corrupt("5", reference: .regex(pattern: "^[0-9]$", flags: ""), names: [], seed: 1, salt: "") == nil)
    }

    @Test("names are runs of capitalised words that do not begin a sentence")
    func names() {
        #expect(
            NameFinder.names(in: "The capital of France is Paris. Berlin lies in Germany, near New York City.").map(\.text) == [
                "France", "Paris", "Germany", "New York City",
            ])
        #expect(NameFinder.names(in: "# Title\n- Item one\nno names").isEmpty)
    }

    @Test("names are swapped for those that similar prompts ask for")
    func nearest() {
        func prompt(_ id: String, _ text: String, _ name: String) -> CalibrationPrompt {
            CalibrationPrompt(id: id, category: "c", prompt: text, reference: .text(any: [name], none: []))
        }
        let gases = ["argon", "neon", "xenon", "radon", "helium", "krypton", "ozone", "chlorine", "fluorine"]
        let painters = ["Bosch", "Vermeer", "Turner", "Goya", "Hals", "Klee", "Miró", "Manet", "Degas"]
        let prompts = PromptSet(
            prompts: gases.map { prompt($0, "Name the gas used in lamp \($0).", $0) }
                + painters.map { prompt($0, "Who painted picture \($0)?", $0) })
        #expect(Set(ProbeNames(prompts: prompts).nearest(to: prompt("x", "Who painted the picture?", "x"))).isSubset(of: Set(painters)))
        #expect(!ProbeNames(prompts: prompts).nearest(to: prompts.prompts[0]).contains("argon"))
    }

    @Test("the audit counts probes and right drafts, and bounds both rates exactly")
    func audit() {
        var verdicts: [Verdict] = []
        for index in 0..<60 { verdicts.append(Verdict(id: "p\(index)", answer: .draft, isBad: index != 0, source: .probe)) }
        for index in 0..<30 {
            verdicts.append(Verdict(id: "c\(index)", answer: .draft, isBad: false, source: .reference))
            verdicts.append(Verdict(id: "c\(index)", answer: .draft, isBad: index < 3, source: .judge))
        }
        // Judged, but not known to be right.
        verdicts.append(Verdict(id: "x", answer: .draft, isBad: true, source: .judge))
        let audit = JudgeAudit(verdicts: verdicts)
        #expect(audit == JudgeAudit(detected: 59, seeded: 60, accepted: 27, controls: 30))
        // A line that is there three times is one trial, and the last word on it counts.
        #expect(JudgeAudit(verdicts: verdicts + verdicts + verdicts) == audit)
        let reversed = verdicts.filter { $0.source == .probe }.map { probe in
            var probe = probe
            probe.isBad.toggle()
            return probe
        }
        #expect(JudgeAudit(verdicts: verdicts + reversed) == JudgeAudit(detected: 1, seeded: 60, accepted: 27, controls: 30))
        // scipy.stats.beta.ppf(0.01, 59, 2) and (0.01, 27, 4)
        #expect(abs(audit.sensitivityBound() - 0.894_418_405) < 1e-8, "\(audit.sensitivityBound())")
        #expect(abs(audit.specificityBound() - 0.702_381_322) < 1e-8, "\(audit.specificityBound())")
        #expect(JudgeAudit(verdicts: []).sensitivityBound() == 0)
    }
}
