import EntropyRouting
import GatewayTesting
import Testing

@Suite("Where streamed text may be cut")
struct BoundaryScannerTests {
    private func boundaries(_ text: String) -> [String] {
        var scanner = BoundaryScanner()
        var cuts: [Int] = []
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            let byte = [bytes[index]]
            scanner.scan(byte.span)
            if scanner.lastBoundary > cuts.last ?? 0 { cuts.append(scanner.lastBoundary) }
        }
        let starts = [0] + cuts
        return zip(starts, cuts).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }

    @Test(
        "after complete sentences, lines and code blocks, and nowhere else",
        arguments: [
            ("", []),
            ("One. Two! Three? Four", ["One. ", "Two! ", "Three? "]),
            ("Pi is 3.14 exactly. So", ["Pi is 3.14 exactly. "]),
            ("It weighs 10 kg. Yes", ["It weighs 10 kg. "]),
            ("It weighs 10 ", []),
            ("Version 1.2.3", []),
            ("He said \"No.\" Then", ["He said \"No.\" "]),
            ("(Really.) *Yes.* x", ["(Really.) ", "*Yes.* "]),
            ("Wait... what", ["Wait... "]),
            ("line one\nline two\npart", ["line one\n", "line two\n"]),
            ("- a\n- b\n- c", ["- a\n", "- b\n"]),
            ("1. First\n2. Second", ["1. First\n"]),
            ("It was 42. Then", ["It was 42. "]),
            ("End.\r\nNext", ["End.\r", "\n"]),
            ("Tab.\tNext", ["Tab.\t"]),
            ("```swift\nlet a = 1. \nb\n```\nAfter. x", ["```swift\nlet a = 1. \nb\n```\n", "After. "]),
            ("```a. b\nc\n```\n", ["```a. b\nc\n```\n"]),
            ("  ```\nx. y\n  ```\nz", ["  ```\nx. y\n  ```\n"]),
            ("````\na\n````\nz", ["````\na\n````\n"]),
            ("a `b. c` d\n", ["a `b. ", "c` d\n"]),
            ("Grüße aus 東京. Ja", ["Grüße aus 東京. "]),
            ("🇫🇷! x", ["🇫🇷! "]),
        ] as [(String, [String])])
    func table(_ text: String, _ expected: [String]) {
        #expect(boundaries(text) == expected)
    }

    @Test("how the text is cut into pieces does not matter, and no cut falls inside a character")
    func pieces() {
        let parts = ["Hi. ", "3.14 ", "```\n", "x.\n", "東京。", "🇫🇷 ", "e\u{301}! ", "\n", "`", "a", "1. ", "?\" "]
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let text = (0..<20).map { _ in parts.randomElement(using: &generator)! }.joined()
            let bytes = Array(text.utf8)
            var whole = BoundaryScanner()
            whole.scan(bytes.span)
            var pieced = BoundaryScanner()
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...5, using: &generator))
                let piece = Array(bytes[start..<end])
                pieced.scan(piece.span)
                start = end
            }
            #expect(pieced == whole)
            #expect(whole.offset == bytes.count)
            #expect(String(validating: bytes[..<whole.lastBoundary], as: UTF8.self) != nil)
        }
    }
}
