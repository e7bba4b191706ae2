import EntropyRouting
import Foundation
import GatewayTesting
import Testing

@Suite("Synthetic drafts")
struct SyntheticTracesTests {
    @Test("The mean entropy tells bad drafts from good ones about as well as real drafters allow")
    func discriminates() {
        var traces = SyntheticTraces(seed: 2026)
        var (mean, window, length): ([(Double, Bool)], [(Double, Bool)], [(Double, Bool)]) = ([], [], [])
        for _ in 0..<4_000 {
            let trace = traces.next()
            var sliding = SlidingWindow(capacity: 10)
            for entropy in trace.entropies { sliding.append(entropy) }
            mean.append((trace.entropies.reduce(0, +) / Double(trace.entropies.count), trace.isBad))
            window.append((sliding.maxMean, trace.isBad))
            length.append((Double(trace.entropies.count), trace.isBad))
        }
        print("AUROC of synthetic drafts: mean \(auroc(mean)), window \(auroc(window)), length \(auroc(length))")
        #expect((0.72...0.78).contains(auroc(mean)))
        #expect((0.70...0.77).contains(auroc(window)))
        #expect((0.60...0.72).contains(auroc(length)))
    }

    @Test("The same seed gives the same drafts, another one others")
    func seeded() {
        func five(_ seed: UInt64) -> [SyntheticTrace] {
            var traces = SyntheticTraces(seed: seed)
            return (0..<5).map { _ in traces.next() }
        }
        #expect(five(1) == five(1))
        #expect(five(1) != five(2))
    }

    @Test("The logprobs made for an entropy have that entropy", arguments: [0, 1e-5, 0.01, 0.5, 1, 2, 5, 8])
    func logprobs(entropy: Double) {
        let list = SyntheticTraces.logprobs(entropy: entropy, k: 20_000)
        #expect(isClose(EntropyEstimator().bounds(of: list.map { exp($0) }).partial, entropy, 1e-6))
        let short = SyntheticTraces.logprobs(entropy: entropy, k: 20)
        let token = EntropyEstimator().uncertainty(short[0], in: short)
        #expect(token.isObserved && token.lower <= entropy + 3e-5 && entropy <= token.upper + 3e-5)
    }

    /// Area under the ROC curve by ranks: the probability that a bad draft scores above a good one.
    private func auroc(_ scores: [(score: Double, isBad: Bool)]) -> Double {
        let ranked = scores.sorted { $0.score < $1.score }
        let bad = Double(scores.count { $0.isBad })
        let rankSum = ranked.enumerated().reduce(0.0) { $0 + ($1.element.isBad ? Double($1.offset + 1) : 0) }
        return (rankSum - bad * (bad + 1) / 2) / (bad * (Double(scores.count) - bad))
    }
}
