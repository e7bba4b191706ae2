import Calibration
import Cascade
import EntropyRouting
import FastJSON
import Synchronization
import Testing

@testable import SemanticCache

@Suite struct CertificationTests {
    // MARK: The file

    private func parse(_ text: String) throws(PairsFileError) -> [LabelledPair] { try LabelledPair.parse(lines: Array(text.utf8)) }

    @Test func pairsAreReadLineByLine() throws {
        let pairs = try parse(
            """
            {"guard": "numbers", "a": "2 cups?", "b": "3 cups?", "same": false}

            {"b":"B","a":"\\u0041","same":true,"note":"by hand","guard":null}\r
              {"a": "x", "b": "y", "same": false}
            """)
        #expect(
            pairs == [
                LabelledPair(guardName: "numbers", asked: "2 cups?", stored: "3 cups?", isSame: false),
                LabelledPair(asked: "A", stored: "B", isSame: true), LabelledPair(asked: "x", stored: "y", isSame: false),
            ])
        #expect(try parse("") == [])
    }

    @Test(arguments: [
        ("{", "not JSON"), ("[]", "expected an object"), (#"{"a":"x","same":true}"#, "'b' must be a prompt"),
        (#"{"a":5,"b":"y","same":true}"#, "'a' must be a prompt"), (#"{"a":" ","b":"y","same":true}"#, "'a' must be a prompt"),
        (#"{"a":"x","b":"y"}"#, "'same' must be"), (#"{"a":"x","b":"y","same":"no"}"#, "'same' must be"),
        (#"{"a":"x","b":"x","same":true}"#, "the same prompt"),
        (#"{"a":"x","b":"y","same":true,"guard":"colour"}"#, "'guard' must be one of numbers"),
        (#"{"a":"x","b":"y","same":true,"guard":7}"#, "'guard' must be one of"),
        (#"{"a":"q","b":"p","same":true}"#, "the pair of line 1 again"),
    ])
    func badLinesAreNamed(_ line: String, _ reason: String) throws {
        let error = #expect(throws: PairsFileError.self) {
            try parse(#"{"a":"p","b":"q","same":true}"# + "\n\n" + line + "\n{}")
        }
        #expect(error?.line == 3)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.description.hasPrefix("line 3: ") == true)
    }

    // MARK: The certificate

    /// Pairs that no guard keeps apart, whose score is what the cosine makes of it, and pairs that the numbers keep apart.
    private func lookups(different: Int, guarded: Int, paraphrases: Int, slips: [Double] = []) -> [(pair: LabelledPair, cosine: Double)] {
        var list: [(pair: LabelledPair, cosine: Double)] = []
        for index in 0..<guarded {
            let pair = LabelledPair(guardName: "numbers", asked: "Is \(index) even?", stored: "Is \(index + 1) even?", isSame: false)
            list.append((pair, 0.999))
        }
        for index in 0..<different - guarded - slips.count {
            list.append((LabelledPair(asked: "Is \(index) even?", stored: "Is \(index) even", isSame: false), -1))
        }
        for (index, cosine) in slips.enumerated() {
            list.append((LabelledPair(guardName: "words", asked: "Slip \(index)?", stored: "Slip \(index)", isSame: false), cosine))
        }
        for index in 0..<paraphrases {
            list.append((LabelledPair(guardName: "names", asked: "Twin \(index)?", stored: "twin \(index)", isSame: true), 1))
        }
        return list
    }

    @Test func errorFreePairsCertifyTheLoosestThreshold() {
        let report = CacheCertification(loss: .different).report(on: lookups(different: 299, guarded: 299, paraphrases: 10))
        #expect(report.certifiedScore == CacheCertification.grid.last)
        #expect(report.certifiedBound.map { $0 <= 0.01 && $0 > 0.009 } == true)
        #expect(report.missingLabels == 0)
        #expect(report.walk.steps.allSatisfy { $0.losses == 0 && $0.trials == 299 })
        #expect(report.hitRate(atScore: 0) == 1)
        #expect(report.rendered().contains("Certified: score 0.80, with 0 false hits in 299 pairs"))
    }

    @Test func tooFewPairsSayHowManyAreMissing() {
        let report = CacheCertification(loss: .different).report(on: lookups(different: 298, guarded: 100, paraphrases: 500))
        #expect(report.certifiedScore == nil)
        #expect(report.certifiedBound == nil)
        #expect(report.missingLabels == 1)
        #expect(report.rendered().contains("1 labels are missing: 299 pairs with different answers in all"))
        #expect(
            CacheCertification(loss: .different, alpha: 0.05).report(on: lookups(different: 59, guarded: 59, paraphrases: 0)).certifiedScore
                != nil)
        #expect(
            CacheCertification(loss: .different, alpha: 0.05, delta: 0.01).report(on: lookups(different: 59, guarded: 59, paraphrases: 0))
                .missingLabels == 31
        )
        #expect(CacheCertification(loss: .different).report(on: []).missingLabels == 299)
        #expect(
            CacheCertification(loss: .different, alpha: 0).report(on: lookups(different: 299, guarded: 299, paraphrases: 1)).missingLabels
                == nil)
    }

    @Test("counted against all pairs, paraphrases are trials, too")
    func joint() {
        let short = CacheCertification(loss: .joint).report(on: lookups(different: 149, guarded: 149, paraphrases: 149))
        #expect(short.certifiedScore == nil)
        #expect(short.missingLabels == 1)
        #expect(short.rendered().contains("1 labels are missing: 299 labelled pairs in all"))
        let enough = CacheCertification(loss: .joint).report(on: lookups(different: 149, guarded: 149, paraphrases: 150))
        #expect(enough.certifiedScore != nil)
        #expect(enough.walk.steps.allSatisfy { $0.trials == 299 })
        // The stricter bound is told, too.
        #expect(enough.rendered().contains("Of the 149 pairs with different answers alone, the bound is 1.99 %."))
        // Paraphrases alone buy nothing.
        let none = CacheCertification(loss: .joint).report(on: lookups(different: 0, guarded: 0, paraphrases: 600))
        #expect(none.certifiedScore == nil)
        #expect(none.missingLabels == 299)
    }

    @Test func falseHitsAtEveryThresholdAreShown() {
        let report = CacheCertification(loss: .different).report(on: lookups(different: 300, guarded: 200, paraphrases: 5, slips: [1, 1]))
        #expect(report.certifiedScore == nil)
        #expect(report.falseHits(atScore: CacheCertification.grid[0]).map(\.pair.asked) == ["Slip 0?", "Slip 1?"])
        // 628 pairs bear two errors.
        #expect(report.missingLabels == 328)
        let text = report.rendered()
        #expect(text.contains("2 false hits in 300 pairs"))
        #expect(text.contains("    asked:  Slip 1?\n    stored: Slip 1\n"))
    }

    @Test func theWalkStopsAtTheFirstThresholdThatFails() {
        // One slip is bearable with 520 pairs, two are not: the second one's score is the limit.
        let slips = [0.999, 0.8]
        let report = CacheCertification(loss: .different).report(on: lookups(different: 520, guarded: 400, paraphrases: 5, slips: slips))
        let scores = slips.indices.map { index in report.lookups.first { $0.pair.asked == "Slip \(index)?" }?.score ?? -1 }
        #expect(scores[0] > scores[1])
        let expected = CacheCertification.grid.last { $0 > scores[1] }
        #expect(report.certifiedScore == expected)
        #expect(report.walk.certified?.losses == 1)
    }

    @Test func guardsAreCountedByTheMatterOfThePair() {
        let report = CacheCertification(loss: .different).report(on: lookups(different: 30, guarded: 20, paraphrases: 7, slips: [1]))
        #expect(
            report.guards == [
                .init(name: "numbers", different: 20, separated: 20, paraphrases: 0, letThrough: 0),
                .init(name: "names", different: 0, separated: 0, paraphrases: 7, letThrough: 7),
                .init(name: "words", different: 1, separated: 0, paraphrases: 0, letThrough: 0),
                .init(name: nil, different: 9, separated: 0, paraphrases: 0, letThrough: 0),
            ])
    }

    @Test func theGridIsStrictToLoose() {
        #expect(CacheCertification.grid == CacheCertification.grid.sorted(by: >))
        #expect(CacheCertification.grid.allSatisfy { 0 < $0 && $0 < 1 })
    }

    // MARK: The text

    @Test func theReportFitsATerminal() {
        let long = String(repeating: "日本語 prompt\u{7}\t\u{1B}[31m ", count: 30)
        var pairs = lookups(different: 400, guarded: 300, paraphrases: 5)
        for index in 0..<25 {
            pairs.append((LabelledPair(asked: "\(index)\n" + long + "?", stored: "\(index)\n" + long, isSame: false), 1))
        }
        for report in [
            CacheCertification(loss: .different).report(on: pairs), CacheCertification(loss: .different, alpha: 0.2).report(on: pairs),
            CacheCertification(loss: .different).report(on: []),
        ] {
            let text = report.rendered()
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                let width = line.reduce(0) { $0 + ($1.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1) }
                #expect(width <= 100, "\(line)")
                #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
            }
        }
        #expect(CacheCertification(loss: .different).report(on: pairs).rendered().contains("  and 5 more"))
        // What the report itself says is never cut.
        for report in [
            CacheCertification(loss: .different).report(on: lookups(different: 9_999, guarded: 1, paraphrases: 3)),
            CacheCertification(loss: .different).report(on: []),
        ] {
            #expect(!report.rendered().contains("..."))
        }
    }

    // MARK: The embedder

    @Test func everyPromptIsEmbeddedOnceAndPairsKeepTheirCosines() async throws {
        let embedder = LetterEmbedder()
        var pairs = (0..<150).map { LabelledPair(asked: "Question \($0)", stored: "question \($0)?", isSame: true) }
        pairs.append(LabelledPair(asked: "Question 1", stored: "aaa", isSame: false))
        let report = try await CacheCertification(loss: .different).report(on: pairs, embedder: embedder)
        #expect(embedder.texts.count == 301)
        #expect(Set(embedder.texts).count == 301)
        #expect(report.lookups.map(\.pair) == pairs)
        for lookup in report.lookups {
            let expected = zip(LetterEmbedder.vector(of: lookup.pair.asked), LetterEmbedder.vector(of: lookup.pair.stored))
                .reduce(0.0) { $0 + Double($1.0 * $1.1) }
            #expect(abs(lookup.cosine - expected) < 1e-5)
        }
        #expect(report.lookups.last.map { $0.cosine < 0.9 } == true)
    }

    @Test func theEmbeddersErrorEndsTheReport() async {
        let pairs = (0..<300).map { LabelledPair(asked: "Question \($0)", stored: "question \($0)?", isSame: true) }
        let embedder = LetterEmbedder(failingAt: 40)
        await #expect(throws: StoreError(.embedder, .unauthorized, "no key")) {
            try await CacheCertification(loss: .different).report(on: pairs, embedder: embedder)
        }
        #expect(embedder.texts.count < 300)
    }
}

/// Counts letters; fails from a call on.
private final class LetterEmbedder: Embedder {
    let model = ModelName(provider: "test", model: "letters")
    private let failingAt: Int
    private let log = Mutex<[String]>([])
    var texts: [String] { log.withLock { $0 } }

    init(failingAt: Int = .max) { self.failingAt = failingAt }

    func embedding(of text: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> EmbeddedText {
        let count = log.withLock { texts in
            texts.append(text)
            return texts.count
        }
        if count >= failingAt { throw StoreError(.embedder, .unauthorized, "no key") }
        return EmbeddedText(vector: Self.vector(of: text), tokens: TokenCount())
    }

    static func vector(of text: String) -> [Float] {
        var counts = [Float](repeating: 0.1, count: 26)
        for byte in text.lowercased().utf8 where (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) { counts[Int(byte) - 97] += 1 }
        let length = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return counts.map { $0 / length }
    }
}
