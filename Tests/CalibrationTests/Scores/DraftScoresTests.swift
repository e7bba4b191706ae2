import Calibration
import EntropyRouting
import Testing

@Suite("Draft scores") struct DraftScoresTests {
    private func trace(_ bits: [Double], _ tier: SignalTier = .surprisal) -> DraftTrace {
        var trace = DraftTrace(id: "a", taskClass: .code)
        for bits in bits {
            trace.append(logprob: -bits * 0.693_147_180_559_945_3, alternatives: EmptyCollection<Double>(), text: Array(" a".utf8))
        }
        return trace
    }

    @Test("Mean, window, least probable token and length are the trace's")
    func values() {
        let bits = Array(repeating: 0.5, count: 10) + Array(repeating: 2.0, count: 5) + Array(repeating: 0.5, count: 10)
        let scores = DraftSummary(trace(bits)).scores
        #expect(abs(scores.meanBits - 20.0 / 25) < 1e-12)
        #expect(abs(scores.windowBits - 1.25) < 1e-12)
        #expect(abs(scores.worstTokenNats - 2 * 0.693_147_180_559_945_3) < 1e-12)
        #expect(scores.length == 25)
    }

    @Test("A draft shorter than the window is judged by its mean")
    func short() {
        #expect(abs(DraftSummary(trace([3, 1])).scores.windowBits - 2) < 1e-12)
    }

    @Test("A withheld logprob is the least probable token; missing evidence is never confidence")
    func odd() {
        var censored = DraftTrace(id: "c", taskClass: .code)
        for index in 0..<10 {
            censored.append(
                logprob: index == 4 ? -9_999 : -0.1, isListed: index != 4, alternatives: [-0.1, -3], text: Array("a".utf8))
        }
        #expect(DraftSummary(censored).scores.worstTokenNats == 9_999)
        for blind in [DraftTrace(id: "e", taskClass: .code), trace([.nan, .nan, .nan])] {
            let summary = DraftSummary(blind)
            #expect(summary.tier == .none)
            #expect(
                summary.scores.meanBits == .infinity && summary.scores.windowBits == .infinity && summary.scores.worstTokenNats == .infinity
            )
        }
    }

    @Test("The common tier is the most frequent one with evidence")
    func commonTier() {
        var ranked = DraftTrace(id: "k", taskClass: .code)
        ranked.append(logprob: -0.1, alternatives: [-0.1, -3], text: Array("a".utf8))
        let (k, s, none) = (DraftSummary(ranked), DraftSummary(trace([1])), DraftSummary(trace([])))
        #expect(DraftSummary.commonTier(of: [none, none, none, s]) == .surprisal)
        #expect(DraftSummary.commonTier(of: [k, s, s]) == .surprisal)
        #expect(DraftSummary.commonTier(of: [s, k]) == .topK)
        #expect(DraftSummary.commonTier(of: [none]) == .none)
        #expect(DraftSummary.commonTier(of: []) == .none)
    }
}
