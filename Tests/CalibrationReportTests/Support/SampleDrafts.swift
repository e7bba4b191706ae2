import Calibration
import EntropyRouting
import GatewayTesting

/// Labelled drafts of the synthetic generator, with text that a real drafter might write, and some that nobody would want in a page.
struct SampleDrafts {
    var seed: UInt64 = 7
    var count = 600
    var alternatives = 10
    /// Probability that the heavyweight is good: on a bad draft, and on a good one.
    var heavyweight = (bad: 0.75, good: 0.97)

    func drafts() -> [LabelledDraft] {
        var traces = SyntheticTraces(seed: seed, badShare: 0.2)
        var random = SeededGenerator(seed: seed &+ 1)
        return (0..<count).map { index in
            let synthetic = traces.next()
            var trace = DraftTrace(
                id: "\(synthetic.taskClass.rawValue)-\(index)", taskClass: synthetic.taskClass, category: synthetic.taskClass.rawValue,
                promptTokens: 20 + Int(random.unit() * 60), gate: random.unit() < 0.01 ? "refusal" : nil)
            let words = Self.words[synthetic.taskClass] ?? []
            for (place, entropy) in synthetic.entropies.enumerated() {
                let ranked = SyntheticTraces.logprobs(entropy: entropy, k: alternatives)
                var (share, chosen) = (random.unit(), 0)
                while chosen < ranked.count - 1, share > Self.exponential(ranked[chosen]) {
                    share -= Self.exponential(ranked[chosen])
                    chosen += 1
                }
                trace.append(ms: Float(place * 12), logprob: ranked[chosen], alternatives: ranked, text: words[place % words.count])
            }
            let isHeavyweightGood = random.unit() < (synthetic.isBad ? heavyweight.bad : heavyweight.good)
            return LabelledDraft(trace: trace, isBad: synthetic.isBad, isHeavyweightGood: isHeavyweightGood)
        }
    }

    func options(alpha: Double = 0.08, isPerClass: Bool = false, loss: RiskCertificate.Loss = .joint) -> CalibrationOptions {
        CalibrationOptions(
            drafter: "small-1", provider: "acme", topLogprobs: alternatives, temperature: 0, alpha: alpha, delta: 0.05, loss: loss,
            isPerClass: isPerClass, date: "2026-01-02", origin: RiskModel.Origin(models: ["small-1-2026"], fingerprints: ["fp_1"]))
    }

    /// A Taylor series is enough for drawing lots.
    private static func exponential(_ x: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        let scaled = max(x, -60) / 64
        for step in 1...12 {
            term *= scaled / Double(step)
            sum += term
        }
        return (0..<6).reduce(sum) { power, _ in power * power }
    }

    private static let words: [TaskClass: [[UInt8]]] = [
        .simpleFactual: tokens([
            "The", " capital", " of", " Mongolia", " is", " Ulaan", "ba", "atar", ",", " on", " the", " Tuul", " river", ".", "\n\n",
        ]),
        .reasoning: tokens([
            "Let", " x", " be", " the", " number", " of", " apples", ".", "\n", "Then", " 3", "x", " +", " 4", " =", " 19", ",", " so",
            " x", " =", " 5", " ⇒", "\n",
        ]),
        // Characters cut in two, bytes that are no text, markup, and a right-to-left override.
        .code: tokens([
            "func", " area", "(", "_", " r", ":", " Double", ")", " ->", " Double", " {", "\n", "    ", "return", " ", "\t", ".pi", " *",
            " r", "</span>", "<script>", "\u{202E}",
        ])
            + [[0xC3], [0xA9], [0xFF, 0x41], [0x20, 0xF0, 0x9F], [0x8C], [0x8D], [0xE2, 0x82]],
        .creative: tokens([
            "A", " grey", " heron", " stands", " where", " the", " ", "  ", " river", " forgets", " its", " name", " —",
            " listening", "…",
            "\n", "“", "Café", "”", "\n",
        ]),
    ]

    private static func tokens(_ words: [String]) -> [[UInt8]] { words.map { Array($0.utf8) } }
}
