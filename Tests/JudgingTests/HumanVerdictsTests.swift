import CalibrationData
import Testing

@testable import Judging

@Suite struct HumanVerdictsTests {
    @Test(
        "spreadsheets and JSON lines say the same",
        arguments: [
            "id,answer,verdict,note\na,draft,good,\nb,heavyweight,BAD,\"wrong, \"\"badly\"\"\nso\"\nc,,bad,x\n",
            "\u{FEFF}verdict;id;note;answer\r\ngood;a;;draft\r\nbad;b;\"wrong, \"\"badly\"\"\nso\";heavyweight\r\nbad;c;x;\r\n",
            "id\tverdict\tanswer\tnote\twho\na\tgood\tdraft\nb\tbad\theavyweight\t\"wrong, \"\"badly\"\"\nso\"\tme\nc\tbad\t\tx\nd\t\t\t\t\n\n",
            "{\"id\":\"a\",\"verdict\":\"good\",\"answer\":\"draft\"}\n\n{\"id\":\"b\",\"verdict\":\"bad\",\"answer\":\"heavyweight\",\"note\":\"wrong, \\\"badly\\\"\\nso\"}\n{\"id\":\"c\",\"verdict\":\"bad\",\"note\":\"x\"}",
        ])
    func reads(_ text: String) throws {
        #expect(
            try HumanVerdicts.parse(Array(text.utf8)) == [
                Verdict(id: "a", answer: .draft, isBad: false, source: .human),
                Verdict(id: "b", answer: .heavyweight, isBad: true, source: .human, note: "wrong, \"badly\"\nso"),
                Verdict(id: "c", answer: .draft, isBad: true, source: .human, note: "x"),
            ])
    }

    @Test(
        "an error names the line",
        arguments: [
            ("id,verdict\na,good\nb,maybe\n", 3), ("name,verdict\na,good\n", 1), ("id,verdict\na,\"good\n", 2), ("id,verdict\n,good\n", 2),
            ("id,verdict,answer\na,good,both\n", 2), ("id,verdict\na,good,x\n", 2), ("{\"id\":\"a\",\"verdict\":\"good\"}\n{\"id\":", 2),
            ("{\"id\":\"a\",\"verdict\":\"fine\"}\n", 1), ("{\"verdict\":\"good\"}", 1),
        ])
    func errors(_ text: String, _ line: Int) {
        let problem = #expect(throws: HumanVerdicts.Problem.self) { try HumanVerdicts.parse(Array(text.utf8)) }
        #expect(problem?.line == line)
    }
}
