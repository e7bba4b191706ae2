import Testing

@testable import SemanticCache

@Suite struct GuardsPropertyTests {
    static let prompts = (SeparatedPairs.all + ParaphrasedPairs.all).flatMap { $0.1.flatMap { [$0.one, $0.other] } }

    @Test("no guard separates a prompt from itself, however it is spaced, begun or ended")
    func reflexive() {
        for prompt in Self.prompts {
            let facts = PromptFacts(prompt)
            var variants = ["  " + prompt + "\n", prompt.replacing(" ", with: "  \t"), prompt.replacing(" ", with: "\n"), prompt + " "]
            variants.append(prompt.prefix(1).lowercased() + prompt.dropFirst())
            variants.append(prompt.prefix(1).uppercased() + prompt.dropFirst())
            if prompt.hasSuffix("?") || prompt.hasSuffix(".") {
                variants.append(String(prompt.dropLast()))
            } else {
                variants.append(prompt + ".")
            }
            if prompt.hasSuffix("?") { variants += ["?", "!", "??"].map { prompt + $0 } + [String(prompt.dropLast()) + " ?"] }
            for variant in [prompt] + variants {
                let seen = SimilarityGuard.allCases.filter { $0.separates(facts, PromptFacts(variant)) }
                #expect(seen.isEmpty, "\(seen.map(\.rawValue)): \(prompt.debugDescription) | \(variant.debugDescription)")
            }
        }
    }

    @Test("every guard is symmetric", arguments: [1, 2, 3] as [UInt64])
    func symmetric(seed: UInt64) {
        var random = TestGenerator(seed: seed)
        for _ in 0..<2_000 {
            let one = PromptFacts(Self.prompts[Int(random.next() % UInt64(Self.prompts.count))])
            let other = PromptFacts(Self.prompts[Int(random.next() % UInt64(Self.prompts.count))])
            for similarityGuard in SimilarityGuard.allCases {
                #expect(similarityGuard.separates(one, other) == similarityGuard.separates(other, one), "\(similarityGuard.rawValue)")
            }
        }
        for (_, pairs) in SeparatedPairs.all + ParaphrasedPairs.all {
            for pair in pairs {
                let one = PromptFacts(pair.one)
                let other = PromptFacts(pair.other)
                for similarityGuard in SimilarityGuard.allCases {
                    #expect(
                        similarityGuard.separates(one, other) == similarityGuard.separates(other, one),
                        "\(similarityGuard.rawValue) \(pair)")
                }
            }
        }
    }

    @Test("any text is read, and equals itself", arguments: [11, 12, 13, 14] as [UInt64])
    func anyText(seed: UInt64) {
        var random = TestGenerator(seed: seed)
        let pieces = [
            "a", "5", " ", "\n", "'", "\"", "`", "[", "]", "{", "}", ".", ",", "-", "/", "\u{301}", "é", "e\u{301}", "ß", "漢", "ไ", "ع",
            "👩‍👩‍👧", "\u{202E}",
            "½", "²", "٣", "I", "V", "not", "n't", "€", "%", "°", "C", "1.", "1,000", "half", "of", "\u{0}", "\u{FEFF}", "http://", "@",
            "#", "_", "\\", "=", "I'm",
        ]
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<Int(random.next() % 40) {
                if random.next() % 4 == 0, let scalar = Unicode.Scalar(UInt32(random.next() % 0x11_0000)) {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += pieces[Int(random.next() % UInt64(pieces.count))]
                }
            }
            let facts = PromptFacts(text)
            #expect(Guards.first(separating: facts, from: PromptFacts(text)) == nil, "\(text.debugDescription)")
        }
    }

    @Test("a prompt of 8 KB is read and compared in linear time, whatever it is made of")
    func linear() {
        let seeds = [
            "'", "\"a", "`", "[", "[1,", "{\"", "(", "a", "a ", "a'", "1,", "1,000", "1.1", "not ", "not", "how do i ", "is the ",
            "twenty-", "from a to b ", "x_",
            "/", ".", "A.", "漢", "👍", "ab", "AB ", "what is the ", "one hundred and ", "I ", "VI ", "a/b", "- ", "5 km ", "x", "http://",
            "i want to ", "\u{301}",
        ]
        let clock = ContinuousClock()
        for seed in seeds {
            let text = String(repeating: seed, count: 8_192 / max(1, seed.utf8.count))
            let took = clock.measure {
                let one = PromptFacts(text)
                let other = PromptFacts(text + " dog")
                _ = SimilarityGuard.allCases.map { $0.separates(one, other) }
            }
            // About ten milliseconds in a debug build; the square of the length would take minutes.
            #expect(took < .seconds(3), "\(seed.debugDescription): \(took)")
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
