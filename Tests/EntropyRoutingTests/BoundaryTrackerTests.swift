import EntropyRouting
import Testing

@Suite("Where a token stands and what it looks like")
struct BoundaryTrackerTests {
    private func shapes(_ tokens: [String]) -> [TokenShape] {
        var tracker = BoundaryTracker()
        return tokens.map { tracker.shape($0) }
    }

    struct Layout: Sendable, CustomTestStringConvertible {
        var tokens: [String]
        /// `S` opens a unit and a span, `i` opens a unit only, `.` opens nothing.
        var opens: String
        var testDescription: String { tokens.joined(separator: "|") }
    }

    static let layouts: [Layout] = [
        Layout(tokens: ["Paris", " is", " nice", ".", " So", " is", " Rome"], opens: "S...S.."),
        Layout(tokens: ["Really", "?!", " Yes"], opens: "S.S"),
        Layout(tokens: ["He", " said", " \"", "no", ".\"", " Then", " left"], opens: "S....S."),
        Layout(tokens: ["Pi", " is", " ", "3", ".", "14", " exactly"], opens: "S......"),
        Layout(tokens: ["see", " example", ".com", " for", " it"], opens: "S...."),
        Layout(tokens: ["  ", "\n", "Text", "\n\n", "More"], opens: "..S.S"),
        Layout(tokens: ["A", ".\n\n", "B"], opens: "S.S"),
        Layout(tokens: ["-", " apples", "\n", "-", " pears", " too"], opens: "Si.Si."),
        Layout(tokens: ["1", ".", " First", "\n", "2", ".", " Second"], opens: "S.i.S.i"),
        Layout(tokens: ["12", ")", " Twelve"], opens: "S.i"),
        Layout(tokens: ["1", ".", "5", " metres"], opens: "S..."),
        Layout(tokens: ["##", " Title", " words"], opens: "Si."),
        Layout(tokens: ["**", "Bold", "**", " text"], opens: "S..."),
        Layout(tokens: ["東京", "です", "。", "大阪", "も"], opens: "S..S."),
        Layout(tokens: ["wait", "…", " what"], opens: "S.S"),
        Layout(tokens: ["", "x"], opens: ".S"),
    ]

    @Test("Sentences, lines and list items open where a reader sees them open", arguments: layouts)
    func layout(_ layout: Layout) {
        let seen = shapes(layout.tokens).map { $0.contains(.opensSpan) ? "S" : $0.contains(.opensUnit) ? "i" : "." }.joined()
        #expect(seen == layout.opens)
        #expect(shapes(layout.tokens).allSatisfy { !$0.contains(.opensSpan) || $0.contains(.opensUnit) })
    }

    @Test("Digits, capitals and identifiers are told by the word, across tokens")
    func words() {
        let cases: [(tokens: [String], index: Int, expected: TokenShape)] = [
            (["in", " 1969"], 1, .holdsDigit),
            (["in", " Paris"], 1, .startsCapitalised),
            (["in", " paris"], 1, []),
            (["in", " PAR", "IS"], 2, []),
            (["x", " my", "_var"], 2, .isIdentifierLike),
            (["x", " my", "_", "var"], 3, .isIdentifierLike),
            (["x", " _", "stress", "_"], 2, []),
            (["x", " get", "Name"], 2, .isIdentifierLike),
            (["x", " utf", "8"], 2, [.holdsDigit, .isIdentifierLike]),
            (["x", " 10", "th"], 2, []),
            (["x", " Émile"], 1, .startsCapitalised),
            (["x", " Ωmega"], 1, .startsCapitalised),
            (["x", " Москва"], 1, .startsCapitalised),
            (["x", " москва"], 1, []),
            (["x", " ٣"], 1, .holdsDigit),
        ]
        for (tokens, index, expected) in cases {
            #expect(shapes(tokens)[index].intersection(.factual) == expected, "\(tokens)")
        }
    }

    @Test("Characters split between tokens count once, in the token that completes them")
    func splitCharacters() {
        var tracker = BoundaryTracker()
        _ = tracker.shape("a ")
        let bytes = Array("É".utf8)
        #expect(tracker.shape([bytes[0]]) == [])
        #expect(tracker.shape([bytes[1]]) == .startsCapitalised)
    }

    @Test("However the bytes are cut, the same units open")
    func anyCut() {
        let text = Array("Für 3.5 € gibt's “Öl”. Und? Ja!\n- Äpfel\n2) Zwei…\n大阪。はい".utf8)
        var whole = BoundaryTracker()
        var count = 0
        for byte in text where whole.shape([byte]).contains(.opensUnit) { count += 1 }
        #expect(count == 9)
    }

    @Test("Malformed bytes neither trap nor open anything")
    func malformed() {
        var tracker = BoundaryTracker()
        #expect(tracker.shape([0x80, 0xBF, 0xFF, 0xC3] as [UInt8]) == [])
        #expect(tracker.shape("ok").contains(.opensUnit))
        for lead in UInt8(0xF5)...0xFF { _ = tracker.shape([lead, 0xBF, 0xBF, 0xBF]) }
    }
}
