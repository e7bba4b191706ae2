#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Logistic regression with an L2 penalty: the minimum over beta of
///
///     sum_i w_i (ln(1 + e^(x_i beta)) - y_i x_i beta) + 1/2 sum_j penalty_j beta_j^2
///
/// by Newton's method (iteratively reweighted least squares, Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 4.4.1)
/// with halved steps. The objective is convex; where every direction is penalised or the labels differ its minimum is unique, and the same
/// data always gives the same numbers. Deterministic, no random start.
public struct LogisticRegression: Sendable {
    /// The minimum, one number per column.
    public let coefficients: [Double]
    /// The greatest derivative of the objective that is left, in absolute value.
    public let gradient: Double
    /// Newton steps taken, 0...``maxIterations``.
    public let iterations: Int
    /// The gradient vanished to rounding; otherwise the coefficients are the best that was found.
    public let isConverged: Bool

    public static let maxIterations = 100

    /// - Parameters:
    ///   - rows: the observations' columns, row by row, finite: `labels.count * penalties.count` numbers.
    ///   - labels: what is to be predicted, one per row.
    ///   - weights: of the rows, above 0; empty = all 1.
    ///   - penalties: of the columns, 0 or more; 1 / C in the usual notation.
    public init(rows: [Double], labels: [Bool], weights: [Double] = [], penalties: [Double]) {
        precondition(rows.count == labels.count * penalties.count && (weights.isEmpty || weights.count == labels.count))
        let problem = Problem(rows: rows, labels: labels, weights: weights, penalties: penalties)
        var beta = Array(repeating: 0.0, count: penalties.count)
        var objective = problem.objective(beta)
        var iterations = 0
        var (gradient, hessian) = problem.derivatives(beta)
        // Each derivative is a sum of as many terms as there are rows: its rounding grows with them.
        let tolerance = 1e-11 * Double(labels.count + 1)
        var isPolished = false
        while iterations < Self.maxIterations, !isPolished {
            // One more step behind the tolerance costs little and takes Newton's method to the last digits.
            isPolished = Self.greatest(gradient) <= tolerance
            guard let step = problem.newtonStep(gradient, hessian) else { break }
            var scale = 1.0
            var candidate = zip(beta, step).map { $0 - $1 }
            var reached = problem.objective(candidate)
            while !(reached <= objective + 1e-12 * abs(objective)), scale > 1e-10 {
                scale /= 2
                candidate = zip(beta, step).map { $0 - scale * $1 }
                reached = problem.objective(candidate)
            }
            guard reached <= objective + 1e-12 * abs(objective) else { break }
            (beta, objective) = (candidate, reached)
            (gradient, hessian) = problem.derivatives(beta)
            iterations += 1
        }
        coefficients = beta
        self.gradient = Self.greatest(gradient)
        self.iterations = iterations
        isConverged = self.gradient <= 10 * tolerance
    }

    private static func greatest(_ gradient: [Double]) -> Double { gradient.reduce(0) { max($0, abs($1)) } }
}

extension LogisticRegression {
    private struct Problem {
        let rows: [Double]
        let labels: [Bool]
        let weights: [Double]
        let penalties: [Double]

        private func weight(_ row: Int) -> Double { weights.isEmpty ? 1 : weights[row] }

        private func logit(_ row: Int, _ beta: [Double]) -> Double {
            let base = row * penalties.count
            var sum = 0.0
            for column in penalties.indices { sum += rows[base + column] * beta[column] }
            return sum
        }

        func objective(_ beta: [Double]) -> Double {
            var sum = 0.0
            for row in labels.indices {
                // ln(1 + e^-m) of the margin m, without overflow.
                let margin = labels[row] ? logit(row, beta) : -logit(row, beta)
                sum += weight(row) * (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin)
            }
            for column in penalties.indices { sum += penalties[column] * beta[column] * beta[column] / 2 }
            return sum
        }

        /// The gradient and the lower triangle of the Hessian.
        func derivatives(_ beta: [Double]) -> (gradient: [Double], hessian: [Double]) {
            let size = penalties.count
            var gradient = zip(penalties, beta).map { $0 * $1 }
            var hessian = Array(repeating: 0.0, count: size * size)
            for column in 0..<size { hessian[column * size + column] = penalties[column] }
            for row in labels.indices {
                let base = row * size
                let z = logit(row, beta)
                let (e, isPositive) = (exp(-abs(z)), z >= 0)
                // p - y, and p (1 - p), each without cancellation.
                let residual = labels[row] ? -(isPositive ? e : 1) / (1 + e) : (isPositive ? 1 : e) / (1 + e)
                let curvature = weight(row) * e / ((1 + e) * (1 + e))
                for i in 0..<size {
                    let x = rows[base + i]
                    if x == 0 { continue }
                    gradient[i] += weight(row) * residual * x
                    for j in 0...i { hessian[i * size + j] += curvature * x * rows[base + j] }
                }
            }
            return (gradient, hessian)
        }

        /// Hessian^-1 gradient; where rounding has made the Hessian singular its diagonal is lifted.
        func newtonStep(_ gradient: [Double], _ hessian: [Double]) -> [Double]? {
            let size = penalties.count
            var lift = 0.0
            for _ in 0..<20 {
                var lifted = hessian
                for column in 0..<size { lifted[column * size + column] += lift }
                if let factor = CholeskyFactor(lifted, size: size) {
                    let step = factor.solve(gradient)
                    if step.allSatisfy(\.isFinite) { return step }
                }
                lift = lift == 0 ? 1e-10 : lift * 10
            }
            return nil
        }
    }
}
