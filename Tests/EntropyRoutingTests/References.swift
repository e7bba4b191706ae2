import Foundation
import GatewayTesting

// Naive references and inputs shared by the suites. Foundation only for its mathematics: the code under test has none of it.

/// The package's own folder, also when this folder is reached by a symbolic link.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()

func naturalLogarithm(_ x: Double) -> Double { log(x) }

func naiveEntropy(_ probabilities: [Double]) -> Double {
    probabilities.reduce(0) { $0 - ($1 > 0 ? $1 * log2($1) : 0) }
}

/// A distribution over that many symbols, most probable first: from nearly uniform to nearly certain, with ties now and then.
func randomDistribution(_ symbols: Int, _ random: inout SeededGenerator) -> [Double] {
    let skew = pow(10, random.unit() * 3 - 1)
    let coarse = random.unit() < 0.2
    let weights = (0..<symbols).map { _ in
        let weight = pow(random.unit(), skew) + 1e-12
        return coarse ? max(1, (weight * 4).rounded()) : weight
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }.sorted(by: >)
}

/// Equal up to rounding, relative for large values.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
