import Calibration
import EntropyRouting
import GatewayTesting
import Testing

@Suite("Tail refit") struct TailFitTests {
    /// Traces of one token kind: a geometric distribution of the given entropy.
    private func traces(positions: Int, k: Int = 20, seed: UInt64 = 1) -> [DraftTrace] {
        var random = SeededGenerator(seed: seed)
        var trace = DraftTrace(id: "t\(seed)", taskClass: .code)
        for _ in 0..<positions {
            let list = SyntheticTraces.logprobs(entropy: 0.2 + 2.5 * random.unit(), k: k)
            trace.append(logprob: list[0], alternatives: list.reversed(), text: Array(" a".utf8))
        }
        return [trace]
    }

    @Test("The refit lowers the error at every cut, and keeps the measured value at 20")
    func lowersTheError() throws {
        let fit = try #require(TailFit(traces(positions: 1_500)))
        #expect(fit.positions == 1_500)
        #expect(fit.rows.map(\.k) == TailFit.lengths)
        for row in fit.rows {
            #expect(row.errorAfter < row.errorBefore, "k = \(row.k)")
            #expect(row.measured == TailCoefficients.measured[row.k])
        }
        #expect(fit.points.last == TailCoefficients.Point(k: 20, bits: 3.0))
        let coefficients = try TailCoefficients(points: fit.points)
        #expect(coefficients[5] == fit.rows[3].fitted)
    }

    @Test("No other value brings the production estimate nearer")
    func leastSquares() throws {
        let data = traces(positions: 1_000, seed: 3)
        let fit = try #require(TailFit(data))
        let reference = EntropyEstimator()
        func squares(_ k: Int, _ coefficient: Double) throws -> Double {
            let estimator = EntropyEstimator(tailCoefficients: try TailCoefficients(points: [.init(k: k, bits: coefficient)]))
            return data[0].tokens.reduce(0) { sum, token in
                let list = data[0].alternatives[Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)].sorted(by: >)
                let target = reference.estimate(reference.bounds(ranked: list.span), k: 20)
                let miss = estimator.estimate(estimator.bounds(ranked: list.span.extracting(0..<k)), k: k) - target
                return sum + miss * miss
            }
        }
        for row in fit.rows where [2, 5].contains(row.k) {
            let best = try squares(row.k, row.fitted)
            #expect(abs((best / 1_000).squareRoot() - row.errorAfter) < 1e-9)
            for other in [row.measured, row.fitted + 0.01, row.fitted - 0.01, row.fitted + 1, 0.5, 6] {
                #expect(try squares(row.k, other) >= best)
            }
        }
    }

    @Test("Too few full lists, or shorter ones, refit nothing")
    func tooFew() {
        #expect(TailFit(traces(positions: 999)) == nil)
        #expect(TailFit(traces(positions: 1_200, k: 10)) == nil)
        #expect(TailFit([DraftTrace]()) == nil)
    }
}
