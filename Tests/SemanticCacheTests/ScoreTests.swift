import Testing

@testable import SemanticCache

@Suite struct ScoreTests {
    private let one = PromptFacts("How do I sort a list in Python?")
    private let other = PromptFacts("What is the best way to sort a Python list?")

    @Test("the weights add up to one, and a prompt scores one against itself")
    func whole() {
        let weights = SimilarityScore.weights
        #expect(abs(weights.cosine + weights.gap + weights.length + weights.overlap - 1) < 1e-12)
        #expect(abs(SimilarityScore.score(cosine: 1, gap: nil, asked: one, stored: one) - 1) < 1e-12)
        #expect(abs(SimilarityScore.score(cosine: 1, gap: 0.1, asked: one, stored: one) - 1) < 1e-12)
    }

    @Test("a score stays in 0...1 for any numbers")
    func bounds() {
        for cosine in [-1, -0.2, 0, 0.5, 0.9, 1, 1.0001, 7, .infinity, -.infinity, .nan] {
            for gap in [nil, 0, 0.01, 0.5, -0.1, .infinity, .nan] as [Double?] {
                let score = SimilarityScore.score(cosine: cosine, gap: gap, asked: one, stored: other)
                #expect(score >= 0 && score <= 1, "\(cosine) \(String(describing: gap))")
            }
        }
        #expect(SimilarityScore.score(cosine: 0.3, gap: 0, asked: PromptFacts(""), stored: PromptFacts("x y z")) == 0)
    }

    @Test("a score rises with the cosine and with the margin over the runner-up")
    func rises() {
        var last = -1.0
        for cosine in stride(from: 0.5, through: 1, by: 0.05) {
            let score = SimilarityScore.score(cosine: cosine, gap: 0.02, asked: one, stored: other)
            #expect(score > last)
            last = score
        }
        last = -1
        for gap in stride(from: 0, through: 0.1, by: 0.02) {
            let score = SimilarityScore.score(cosine: 0.95, gap: gap, asked: one, stored: other)
            #expect(score > last)
            last = score
        }
        #expect(SimilarityScore.score(cosine: 0.95, gap: nil, asked: one, stored: other) >= last)
    }

    @Test("overlap and length are shares, the same from both sides")
    func features() {
        #expect(SimilarityScore.overlap(one, other) == 1)
        #expect(SimilarityScore.overlap(one, PromptFacts("Boil an egg")) == 0)
        #expect(SimilarityScore.overlap(PromptFacts(""), PromptFacts("")) == 1)
        #expect(SimilarityScore.lengthRatio(one, other) == SimilarityScore.lengthRatio(other, one))
        #expect(SimilarityScore.lengthRatio(PromptFacts("a b c"), PromptFacts("a b c d e f")) == 0.5)
    }

    @Test(
        "answers that say the same agree, others do not, and doubt is doubt",
        arguments: [
            ("Paris.", "paris", nil, true), ("It was built in 1889.", "It was built in 1887.", 0.99, false),
            ("Yes, that is safe.", "No, that is not safe.", 0.97, false), ("It is safe.", "It is not safe.", 0.98, false),
            ("Paris is the capital of France.", "The capital of France is Paris.", nil, true),
            ("Paris is the capital.", "Bananas are yellow fruit from trees.", nil, false),
            ("Use sorted.", "Call the sorted function.", 0.93, true),
            ("Use sorted.", "Call the sorted function.", 0.6, false), ("", "Paris", 1, nil), ("Paris", "   ", nil, nil),
            ("1. Red\n2. Blue", "- Red\n- Blue", nil, true), ("It takes 5 km.", "It takes 5 miles.", 0.99, false),
            ("A heap keeps the smallest key first.", "A heap keeps its smallest key on top of a tree.", nil, nil),
        ] as [(String, String, Double?, Bool?)])
    func agreement(_ one: String, _ other: String, _ cosine: Double?, _ expected: Bool?) {
        #expect(AnswerAgreement.agree(one, other, cosine: cosine) == expected, "\(one) | \(other)")
        #expect(AnswerAgreement.agree(other, one, cosine: cosine) == expected, "\(other) | \(one)")
    }
}
