/// The Cholesky factor of a symmetric positive definite matrix: solves A x = b.
struct CholeskyFactor {
    private let size: Int
    /// Row by row; only the lower triangle is used.
    private let lower: [Double]

    /// - Parameters:
    ///   - matrix: row by row, `size * size` numbers; only its lower triangle is read.
    /// - Returns: `nil` when the matrix is not positive definite.
    init?(_ matrix: [Double], size: Int) {
        var lower = matrix
        for row in 0..<size {
            for column in 0...row {
                var sum = lower[row * size + column]
                for k in 0..<column { sum -= lower[row * size + k] * lower[column * size + k] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    lower[row * size + row] = sum.squareRoot()
                } else {
                    lower[row * size + column] = sum / lower[column * size + column]
                }
            }
        }
        self.size = size
        self.lower = lower
    }

    /// x of A x = b.
    func solve(_ b: [Double]) -> [Double] {
        var x = b
        for row in 0..<size {
            for k in 0..<row { x[row] -= lower[row * size + k] * x[k] }
            x[row] /= lower[row * size + row]
        }
        for row in (0..<size).reversed() {
            for k in (row + 1)..<size { x[row] -= lower[k * size + row] * x[k] }
            x[row] /= lower[row * size + row]
        }
        return x
    }
}
