import Calibration
import EntropyRouting
import GatewayTesting

/// Labelled drafts from the generator of synthetic traces, as a provider would have sent them.
enum SyntheticDrafts {
    /// Tokens carry only their own logprob, so that the engine's estimate is the generated entropy itself: fast, and exact.
    static func surprisal(
        seed: UInt64, count: Int, badShare: Double = 0.3, taskClass: TaskClass? = nil, split: DraftSplit? = nil
    ) -> [LabelledDraft] {
        var generator = SyntheticTraces(seed: seed, badShare: badShare)
        return (0..<count).map { index in
            let synthetic = generator.next(taskClass)
            var trace = DraftTrace(id: "s\(seed)-\(index)", taskClass: synthetic.taskClass, promptTokens: 20)
            for (token, bits) in synthetic.entropies.enumerated() {
                trace.append(
                    ms: Float(200 + 20 * token), logprob: -bits * 0.693_147_180_559_945_3, alternatives: EmptyCollection<Double>(),
                    text: word)
            }
            return LabelledDraft(trace: trace, isBad: synthetic.isBad, split: split)
        }
    }

    /// Tokens carry the `k` most probable ones of a geometric distribution with the generated entropy.
    static func ranked(seed: UInt64, count: Int, k: Int, badShare: Double = 0.3, split: DraftSplit? = nil) -> [LabelledDraft] {
        var generator = SyntheticTraces(seed: seed, badShare: badShare)
        return (0..<count).map { index in
            let synthetic = generator.next()
            var trace = DraftTrace(id: "k\(seed)-\(index)", taskClass: synthetic.taskClass, promptTokens: 20)
            for (token, bits) in synthetic.entropies.enumerated() {
                let list = SyntheticTraces.logprobs(entropy: bits, k: k)
                trace.append(ms: Float(200 + 20 * token), logprob: list[0], alternatives: list, text: word)
            }
            return LabelledDraft(trace: trace, isBad: synthetic.isBad, split: split)
        }
    }

    private static let word = Array(" word".utf8)
}
