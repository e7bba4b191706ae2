import Foundation
import Testing

@testable import Simulator

@Suite struct BehaviourTests {
    @Test("Every documented word has its meaning, in any order and beside words that have none")
    func words() {
        func read(_ words: String, _ change: (inout Behaviour) -> Void) -> Bool {
            var expected = Behaviour()
            change(&expected)
            return Behaviour(words: words) == expected
        }
        #expect(read("gpt-4.1-nano") { _ in })
        #expect(read("") { _ in })
        #expect(
            read("sim-unsure-n40-d2000") {
                $0.mood = .unsure; $0.tokenCount = 40; $0.tokenGapMicroseconds = 2_000
            })
        #expect(
            read("n40/d2000:UNSURE") {
                $0.mood = .unsure; $0.tokenCount = 40; $0.tokenGapMicroseconds = 2_000
            })
        #expect(
            read("recovering-h1400-w6-s3") {
                $0.mood = .recovering; $0.elevatedMillibits = 1_400; $0.elevatedTokens = 6; $0.elevatedStart = 3
            })
        #expect(
            read("late-f50000") {
                $0.mood = .late; $0.firstTokenMicroseconds = 50_000
            })
        #expect(
            read("slowhead") {
                $0.delaysHead = true; $0.firstTokenMicroseconds = 300_000
            })
        #expect(
            read("slowhead-f7") {
                $0.delaysHead = true; $0.firstTokenMicroseconds = 7
            })
        #expect(
            read("k5-nologprobs") {
                $0.alternativesCap = 5; $0.evidence = .missing
            })
        #expect(
            read("err429-r17") {
                $0.fault = .status(429); $0.retryAfterSeconds = 17
            })
        #expect(read("err399-err600-errx") { _ in })
        #expect(read("n0") { $0.tokenCount = 1 })
        #expect(read("n-d-n1x-n99999999999") { _ in })
        #expect(
            read("json-length-multi-crlf") {
                $0.content = .json(.valid); $0.endsByLength = true; $0.tokensPerEvent = 3; $0.usesCRLF = true
            })
    }

    @Test(
        "A fault's word reads back as the fault",
        arguments: [
            Fault.refuse, .status(503), .stallBeforeHead, .stallBeforeFirst, .stallMiddle, .resetMiddle, .cutMiddle, .malformedChunk,
            .errorEvent,
        ])
    func faultWords(fault: Fault) {
        #expect(Fault(word: fault.word) == fault)
        #expect(Behaviour(words: "sim-\(fault.word)-x").fault == fault)
    }

    @Test("Every word of the documentation's tables has an effect")
    func documentedWords() throws {
        let page = try contents(of: "docs/simulator.md")
        let start = try #require(page.range(of: "## Behaviour by model name")).upperBound
        let end = try #require(page.range(of: "## Scenario files")).lowerBound
        let cells = page[start..<end].split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|")[0] }
        // Between back quotes lie the words.
        let words = cells.flatMap { cell in cell.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }
        #expect(words.count > 40)
        for word in words where !["confident", "drafter"].contains(word) {
            #expect(Behaviour(words: word) != Behaviour(), "\(word)")
        }
    }

    /// The text of a file of this package.
    private func contents(of path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOf: URL(filePath: "/\(root)/\(path)"), encoding: .utf8)
    }

    @Test("Entropy follows the mood, and scripted segments take its place")
    func entropy() {
        func bits(_ words: String, _ positions: [Int], of count: Int) -> [Double] {
            positions.map { Behaviour(words: words).entropyBits(position: $0, of: count) }
        }
        #expect(bits("confident", [0, 39], of: 40) == [0.2, 0.2])
        #expect(bits("unsure", [0, 39], of: 40) == [3.6, 3.6])
        #expect(bits("late", [0, 19, 20, 39], of: 40) == [0.2, 0.2, 3.6, 3.6])
        #expect(bits("recovering", [0, 11, 12, 39], of: 40) == [1.35, 1.35, 0.1, 0.1])
        #expect(bits("recovering-s4-w2-h1250", [3, 4, 5, 6], of: 40) == [0.1, 1.25, 1.25, 0.1])
        var scripted = Behaviour(words: "unsure")
        scripted.entropy = [EntropySegment(tokens: 2, bits: 1), EntropySegment(tokens: 1, bits: 9)]
        #expect((0..<4).map { scripted.entropyBits(position: $0, of: 4) } == [1, 1, EntropyTable.maximumBits, EntropyTable.maximumBits])
    }
}

@Suite struct EntropyTableTests {
    @Test(
        "A list is sorted, has no tail mass and has the entropy asked for",
        arguments: [
            1e-5, 0.001, 0.1, 0.2, 0.5, 1.0, 1.2, 1.35, 1.5, 2.0, 3.0, 3.6, 4.0, 4.3, 4.321928094887363, 9,
        ])
    func entropy(bits: Double) {
        let list = EntropyTable.logprobs(bits: bits)
        let probabilities = list.map(exponential)
        #expect(list.count == 20)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
        // The definition, term by term, in bits.
        let entropy = zip(probabilities, list).reduce(0) { $0 - $1.0 * $1.1 } / 0.6931471805599453
        #expect(abs(entropy - min(bits, 4.321928094887363)) < 1e-6)
        #expect(list.allSatisfy { $0 > -100 })
    }

    /// A naive exponential, independent of the code under test: the series at x/1024, squared ten times.
    private func exponential(_ x: Double) -> Double {
        let small = x / 1024
        var value = 1 + small * (1 + small / 2 * (1 + small / 3 * (1 + small / 4 * (1 + small / 5))))
        for _ in 0..<10 { value *= value }
        return value
    }
}

@Suite struct TextTests {
    @Test("Tokens and pieces join to the text they were cut from", arguments: UInt64(1)...20)
    func joins(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let alphabet = Array("ab C9 .,\n'\u{E9}\u{1F600}\u{200D}\u{301}\u{5D0}  \"\\{}".unicodeScalars)
        for _ in 0..<50 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<60, using: &generator) { text.append(alphabet.randomElement(using: &generator) ?? "x") }
            let tokens = Tokeniser.tokens(of: String(text))
            #expect(tokens.joined().unicodeScalars.elementsEqual(text))
            #expect(tokens.allSatisfy { !$0.isEmpty })
            #expect(Tokeniser.pieces(of: String(text)).joined().unicodeScalars.elementsEqual(text))
        }
    }

    @Test("Words keep the space before them; marks, numbers and line breaks stand alone")
    func cuts() {
        #expect(
            Tokeniser.tokens(of: "It is 1995, isn't it?\n\nYes.") == [
                "It", " is", " 1995", ",", " isn't", " it", "?", "\n", "\n", "Yes", ".",
            ])
    }

    @Test("Prose has exactly as many tokens as asked for and ends like a sentence", arguments: Prose.Register.allCases)
    func prose(register: Prose.Register) {
        for count in [1, 2, 3, 10, 40, 200, 1_000] {
            for seed in [0, 1, 7, UInt64.max] {
                let tokens = Prose.tokens(register, count: count, seed: seed)
                #expect(tokens.count == count)
                if count > 1 { #expect(tokens.last == ".") }
            }
        }
        #expect(Prose.tokens(register, count: 40, seed: 1) != Prose.tokens(register, count: 40, seed: 2))
    }
}
