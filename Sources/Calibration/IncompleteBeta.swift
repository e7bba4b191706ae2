#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The regularised incomplete beta function.
enum IncompleteBeta {
    /// I(x; a, b), 0...1, for `x` in 0...1 and positive `a` and `b`: the continued fraction of DLMF 8.17.22, by Lentz's method, on the side
    /// where it converges in about the square root of `max(a, b)` steps.
    static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b))
        if x < (a + 1) / (a + b + 2) { return front * fraction(x, a, b) / a }
        return 1 - front * fraction(1 - x, b, a) / b
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func safe(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / safe(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / safe(1 + even * d)
            c = safe(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / safe(1 + odd * d)
            c = safe(1 + odd / c)
            let factor = d * c
            result *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return result
    }

    /// log B(a, b). Of Stirling's series only the small corrections are subtracted from each other, since the large terms would cancel and take
    /// the last digits along.
    private static func logBeta(_ a: Double, _ b: Double) -> Double {
        guard min(a, b) >= 10 else {
            // B(a, b) = B(a + 1, b) (a + b) / a, until Stirling's series is exact enough.
            let (small, large) = (min(a, b), max(a, b))
            return logBeta(small + 1, large) + log1p(large / small)
        }
        let sum = a + b
        return 0.918_938_533_204_672_742 - 0.5 * log(b) + (a - 0.5) * log(a / sum) + b * log1p(-a / sum)
            + correction(a) + correction(b) - correction(sum)
    }

    /// log Γ(x) - ((x - 1/2) log x - x + log(2π)/2), for `x` of 10 or more (DLMF 5.11.1).
    private static func correction(_ x: Double) -> Double {
        let square = 1 / (x * x)
        let terms = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156]
        return terms.reversed().reduce(0) { $0 * square + $1 } / x
    }
}
