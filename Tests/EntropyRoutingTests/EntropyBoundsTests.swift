import EntropyRouting
import GatewayTesting
import Testing

@Suite("Entropy bounds from truncated lists")
struct EntropyBoundsTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var probabilities: [Double]
        var tail, partial, coarse, lower, upper: Double
        var testDescription: String { "\(probabilities)" }
    }

    static let vectors: [Vector] = [
        Vector(probabilities: [1], tail: 0, partial: 0, coarse: 0, lower: 0, upper: 0),
        Vector(probabilities: [0.5, 0.5], tail: 0, partial: 1, coarse: 1, lower: 1, upper: 1),
        Vector(probabilities: [0.9], tail: 0.1, partial: 0.136803, coarse: 0.468996, lower: 0.468996, upper: 2.229973),
        Vector(probabilities: [0.5], tail: 0.5, partial: 0.5, coarse: 1, lower: 1, upper: 9.804885),
        Vector(probabilities: [0.2], tail: 0.8, partial: 0.464386, coarse: 0.721928, lower: 2.321928, upper: 14.809744),
        Vector(
            probabilities: [0.607, 0.135, 0.03, 0.017, 0.008], tail: 0.203, partial: 1.134616, coarse: 1.601607, lower: 2.552915,
            upper: 5.176384),
        Vector(
            probabilities: [0.6, 0.2, 0.1, 0.05, 0.02], tail: 0.03, partial: 1.567731, coarse: 1.719498, lower: 1.747047, upper: 2.247790),
        Vector(
            probabilities: Array(repeating: 1 / 40, count: 20), tail: 0.5, partial: 2.660964, coarse: 3.160964, lower: 5.321928,
            upper: 11.965781),
    ]

    @Test("The published vectors hold to a millionth of a bit", arguments: vectors)
    func publishedVectors(_ vector: Vector) {
        let bounds = EntropyEstimator().bounds(of: vector.probabilities)
        #expect(abs(bounds.tailMass - vector.tail) < 1e-6)
        #expect(abs(bounds.partial - vector.partial) < 1e-6)
        #expect(abs(bounds.coarse - vector.coarse) < 1e-6)
        #expect(abs(bounds.lower - vector.lower) < 1e-6)
        #expect(abs(bounds.upper - vector.upper) < 1e-6)
    }

    @Test("The true entropy of 20,000 random distributions lies between the bounds", arguments: [UInt64(1), 2, 3, 4])
    func trueEntropyLiesBetween(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<5_000 {
            let symbols = Int.random(in: 2...300, using: &random)
            let distribution = randomDistribution(symbols, &random)
            let k = Int.random(in: 1...min(20, symbols), using: &random)
            let estimator = EntropyEstimator(vocabularySize: symbols)
            let bounds = estimator.bounds(of: distribution.prefix(k))
            let entropy = naiveEntropy(distribution)
            // A tail below 1e-6 is taken for rounding: it can hide 1e-6 lg(V / 1e-6) bits.
            let slack = bounds.tailMass == 0 ? 3e-5 : 1e-9
            let ordered =
                bounds.partial <= bounds.coarse && bounds.coarse <= bounds.lower && bounds.lower <= entropy + slack
                && entropy <= bounds.upper + slack
            let estimate = estimator.estimate(bounds, k: k)
            #expect(
                ordered && bounds.lower <= estimate && estimate <= bounds.upper, "seed \(seed) round \(round): \(bounds), H = \(entropy)")
        }
    }

    @Test("A longer list never loosens the bounds", arguments: [UInt64(11), 12])
    func longerListsTighten(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let distribution = randomDistribution(Int.random(in: 20...300, using: &random), &random)
            let estimator = EntropyEstimator(vocabularySize: distribution.count)
            var shorter = estimator.bounds(of: distribution.prefix(1))
            for k in 2...20 {
                let longer = estimator.bounds(of: distribution.prefix(k))
                // Snapping a negligible tail to 0 forgets up to 3e-5 bits.
                let tightens = longer.lower >= shorter.lower - 3e-5 && longer.upper <= shorter.upper + 3e-5
                #expect(tightens, "seed \(seed) round \(round) k \(k): \(shorter) then \(longer)")
                shorter = longer
            }
        }
    }

    @Test("A list that cannot be a true top-k still gives ordered, finite bounds")
    func impossibleTopK() {
        // .2 of mass left, one token left, and that token may have at most .001.
        let bounds = EntropyEstimator(vocabularySize: 3).bounds(of: [0.799, 0.001])
        #expect(bounds.coarse <= bounds.lower && bounds.lower <= bounds.upper && bounds.upper.isFinite)
        // The whole vocabulary listed, and mass missing all the same.
        let short = EntropyEstimator(vocabularySize: 2).bounds(of: [0.5, 0.3])
        #expect(short.coarse <= short.lower && short.lower <= short.upper && short.upper.isFinite)
    }

    @Test("An empty list says that anything is possible")
    func emptyList() {
        let bounds = EntropyEstimator(vocabularySize: 1_024).bounds(of: [])
        #expect(bounds == EntropyBounds(tailMass: 1, partial: 0, coarse: 0, lower: 0, upper: 10))
    }

    @Test("Coefficients are those measured, straight between, and constant outside")
    func tailCoefficients() {
        let measured = TailCoefficients.measured
        for (k, bits) in [(1, 1.49), (2, 2.28), (3, 2.74), (5, 3.17), (8, 3.05), (10, 2.73), (20, 3.0)] {
            #expect(abs(measured[k] - bits) < 1e-12)
        }
        #expect(abs(measured[4] - (2.74 + 3.17) / 2) < 1e-12)
        #expect(abs(measured[15] - 2.865) < 1e-12)
        #expect(measured[0] == measured[1] && measured[-3] == measured[1] && measured[400] == measured[20])
    }

    @Test("Coefficients out of range are refused with what would be right")
    func refusedCoefficients() {
        typealias Point = TailCoefficients.Point
        let refused: [([Point], String)] = [
            ([], "at least one point"),
            ([Point(k: 0, bits: 1)], "k from 1 to 20"),
            ([Point(k: 21, bits: 1)], "k from 1 to 20"),
            ([Point(k: 5, bits: 1), Point(k: 5, bits: 2)], "ascending"),
            ([Point(k: 1, bits: .nan)], "finite"),
            ([Point(k: 1, bits: -1)], "0 or more"),
        ]
        for (points, expected) in refused {
            do {
                _ = try TailCoefficients(points: points)
                Issue.record("accepted \(points)")
            } catch {
                #expect(error.description.contains(expected))
            }
        }
        #expect(throws: Never.self) { try TailCoefficients(points: [Point(k: 3, bits: 2)]) }
    }
}
