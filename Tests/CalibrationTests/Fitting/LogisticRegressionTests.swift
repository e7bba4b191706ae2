import Calibration
import Foundation
import GatewayTesting
import Testing

@Suite("Logistic regression") struct LogisticRegressionTests {
    private func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

    /// Rows of an intercept and normal-ish features, labelled by the given coefficients.
    private func sample(seed: UInt64, rows: Int, beta: [Double]) -> (rows: [Double], labels: [Bool]) {
        var random = SeededGenerator(seed: seed)
        var (flat, labels): ([Double], [Bool]) = ([], [])
        for _ in 0..<rows {
            let x = [1] + (1..<beta.count).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() } }
            flat += x
            labels.append(random.unit() < sigmoid(zip(x, beta).reduce(0) { $0 + $1.0 * $1.1 }))
        }
        return (flat, labels)
    }

    /// The derivative of the objective, term by term.
    private func gradient(_ rows: [Double], _ labels: [Bool], _ penalties: [Double], at beta: [Double]) -> [Double] {
        var gradient = zip(penalties, beta).map { $0 * $1 }
        for (index, label) in labels.enumerated() {
            let x = rows[(index * beta.count)..<((index + 1) * beta.count)]
            let residual = sigmoid(zip(x, beta).reduce(0) { $0 + $1.0 * $1.1 }) - (label ? 1 : 0)
            for (column, value) in x.enumerated() { gradient[column] += residual * value }
        }
        return gradient
    }

    @Test("Hand-computed minima are found")
    func handValues() {
        func fit(_ rows: [Double], _ labels: [Bool], _ penalties: [Double], weights: [Double] = []) -> [Double] {
            LogisticRegression(rows: rows, labels: labels, weights: weights, penalties: penalties).coefficients
        }
        // Three of four: ln 3.
        #expect(abs(fit([1, 1, 1, 1], [true, true, true, false], [0])[0] - log(3)) < 1e-12)
        // The same by weights.
        #expect(abs(fit([1, 1], [true, false], [0], weights: [1.5, 0.5])[0] - log(3)) < 1e-12)
        // A table: 1 of 4 without the feature, 2 of 3 with it. Saturated, so both logits are met: -ln 3 and ln 2.
        let table = fit(
            [1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1], [true, false, false, false, true, true, false], [0, 0])
        #expect(abs(table[0] + log(3)) < 1e-12 && abs(table[1] - log(6)) < 1e-12)
        // One observation, penalty 1: beta (1 + e^beta) = 1.
        #expect(abs(fit([1], [true], [1])[0] - 0.401_058_137_541_547) < 1e-12)
    }

    @Test("Known coefficients are recovered")
    func recovers() {
        let beta = [-1.2, 0.8, -0.5, 0.3]
        let (rows, labels) = sample(seed: 7, rows: 6_000, beta: beta)
        let fit = LogisticRegression(rows: rows, labels: labels, penalties: [0, 1, 1, 1])
        #expect(fit.isConverged && fit.iterations < 12)
        // Standard errors are about 1 / sqrt(6,000 * .2) = .03.
        for (found, truth) in zip(fit.coefficients, beta) { #expect(abs(found - truth) < 0.12) }
    }

    @Test("The minimum is the one that plain gradient descent crawls to, and its gradient vanishes", arguments: [1, 2, 3] as [UInt64])
    func descent(seed: UInt64) {
        let (rows, labels) = sample(seed: seed, rows: 200, beta: [0.4, 1.5, -0.7])
        let penalties = [0, 0.5, 2.0]
        let fit = LogisticRegression(rows: rows, labels: labels, penalties: penalties)
        #expect(gradient(rows, labels, penalties, at: fit.coefficients).allSatisfy { abs($0) < 1e-9 })
        var beta = [0.0, 0, 0]
        for _ in 0..<1_500 { beta = zip(beta, gradient(rows, labels, penalties, at: beta)).map { $0 - 0.02 * $1 } }
        for (newton, crawled) in zip(fit.coefficients, beta) { #expect(abs(newton - crawled) < 1e-6) }
    }

    @Test("Perfect separation stays finite under a penalty, and without one ends")
    func separation() {
        let rows: [Double] = [1, -2, 1, -1, 1, 1, 1, 2]
        let labels = [false, false, true, true]
        let held = LogisticRegression(rows: rows, labels: labels, penalties: [0, 1])
        #expect(held.isConverged && held.coefficients[1] > 0.5 && held.coefficients[1] < 3)
        let free = LogisticRegression(rows: rows, labels: labels, penalties: [0, 0])
        #expect(free.coefficients.allSatisfy { $0.isFinite } && free.iterations <= LogisticRegression.maxIterations)
    }

    @Test("The same data gives the same bits")
    func deterministic() {
        let (rows, labels) = sample(seed: 11, rows: 300, beta: [0, 1])
        let fits = (0..<2).map { _ in LogisticRegression(rows: rows, labels: labels, penalties: [0, 1]).coefficients }
        #expect(fits[0] == fits[1])
    }

    @Test("Huge, tiny and equal columns do not stop it")
    func badScales() {
        let (rows, labels) = sample(seed: 5, rows: 200, beta: [0, 1])
        var wide: [Double] = []
        for index in labels.indices { wide += [1, rows[2 * index + 1] * 1e6, rows[2 * index + 1] * 1e-6, rows[2 * index + 1] * 1e6, 0] }
        let fit = LogisticRegression(rows: wide, labels: labels, penalties: [0, 1, 1, 1, 1])
        #expect(fit.coefficients.allSatisfy { $0.isFinite })
        #expect(fit.coefficients[4] == 0)
        #expect(fit.coefficients[1] * 2e6 > 0.5)
    }
}
