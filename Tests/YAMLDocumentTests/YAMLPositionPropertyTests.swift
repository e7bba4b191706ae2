import Testing
import YAMLDocument

/// splitmix64: the seed is the test's argument.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct YAMLPositionPropertyTests {
    /// Random mappings with every kind of line break, comments, a byte order mark and letters of several bytes: at each reported
    /// position stands the very text that was reported.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func positionsPointAtTheirText(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let breaks = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
        var text = Bool.random(using: &random) ? "\u{FEFF}" : ""
        var wanted: [(key: String, value: String)] = []
        for index in 0..<40 {
            let ending = breaks.randomElement(using: &random) ?? "\n"
            if Int.random(in: 0..<4, using: &random) == 0 { text += "# größer 漢字" + ending }
            if Int.random(in: 0..<4, using: &random) == 0 { text += ending }
            let key = (["k", "ключ", "é", "漢"].randomElement(using: &random) ?? "k") + String(index)
            let value = (["v", "значение", "ü ü", "🙂x"].randomElement(using: &random) ?? "v") + String(index)
            text += key + ":" + String(repeating: " ", count: Int.random(in: 1...3, using: &random)) + value + ending
            wanted.append((key, value))
        }
        let bytes = Array(text.utf8)
        let root = try #require(try YAMLDocument.parse(bytes).root)
        let lines = YAMLDocument.lines(of: bytes)
        #expect(root.entries.map(\.key) == wanted.map(\.key))
        for (entry, expected) in zip(root.entries, wanted) {
            #expect(stretch(of: lines, entry.keyStart, entry.keyEnd) == expected.key)
            #expect(stretch(of: lines, entry.value.start, entry.value.end) == expected.value)
        }
    }

    /// Whatever the bytes, parsing ends with a tree or with an error that points into the text.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func damagedTextsNeverTrapAndErrorsPointIntoThem(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let good = Array("a: &x [1, {b: 'c', d: \"e\\n\"}]\nf: *x\ng: |\n  é\n  h\n? i\n: !!str j # k\n'l': >-\n  m\n".utf8)
        for _ in 0..<50 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert("[]{}&*!|>'\"%@`#:-?, \t\n".utf8.randomElement(using: &random) ?? 0x20, at: place)
                }
            }
            do throws(YAMLError) {
                _ = try YAMLDocument.parse(bytes)
            } catch {
                let lines = YAMLDocument.lines(of: bytes)
                #expect((1...lines.count).contains(error.position.line), "\(error)")
                #expect(error.position.column >= 1)
                #expect(!error.message.isEmpty)
            }
        }
    }

    private func stretch(of lines: [String], _ start: YAMLPosition, _ end: YAMLPosition) -> String {
        guard start.line == end.line, lines.indices.contains(start.line - 1) else { return "?" }
        let line = Array(lines[start.line - 1].unicodeScalars)
        guard end.column - 1 <= line.count else { return "?" }
        return String(String.UnicodeScalarView(line[(start.column - 1)..<(end.column - 1)]))
    }
}
