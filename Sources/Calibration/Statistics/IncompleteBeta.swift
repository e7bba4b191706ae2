#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The regularised incomplete beta function I(x; a, b), the distribution function of the beta distribution, and its inverse.
///
/// By the continued fraction of DLMF 8.17.22 (Lentz's method), on the side of the mean where it converges in about the square root of
/// `max(a, b)` steps, and with Stirling's series for the beta function (DLMF 5.11.1). Accurate to 1e-10, relative, for `a` and `b` of 1e-3
/// to 1e6; compared with SciPy. NaN when `a` or `b` is not above 0, or an argument is not a number.
public enum IncompleteBeta {
    /// I(x; a, b), 0...1; `x` below 0 is taken for 0 and above 1 for 1.
    public static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0, !x.isNaN else { return .nan }
        return tails(x, 1 - x, a, b).lower
    }

    /// The x in 0...1 with I(x; a, b) = `probability`, which is taken to be in 0...1.
    public static func inverse(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        inverse(lower: probability, upper: 1 - probability, a, b)
    }

    /// The x with I(x; a, b) = `lower`, where `upper` is 1 - `lower`: whoever knows the smaller of the two exactly gets x exactly.
    static func inverse(lower: Double, upper: Double, _ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0, !lower.isNaN else { return .nan }
        if lower <= 0 { return 0 }
        if upper <= 0 { return 1 }
        // Below 1/2 or above: the smaller one of x and 1 - x is looked for, so that a small one keeps its digits.
        if tails(0.5, 0.5, a, b).lower >= lower { return smallRoot(lower, upper, a, b) }
        return 1 - smallRoot(upper, lower, b, a)
    }

    /// The z in 0...1/2 with I(z; a, b) = `lower`: Newton's method for ln z, held in a bracket, on the logarithm of the smaller tail.
    private static func smallRoot(_ lower: Double, _ upper: Double, _ a: Double, _ b: Double) -> Double {
        let logBeta = logBeta(a, b)
        // I(z) is at most 2 z^a / (a B): no root is below this one.
        let smallest = (log(lower) + log(a) + logBeta - 0.693_147_180_559_945_309) / a
        // exp of less than -746 is 0.
        var (low, high) = (max(min(smallest, -0.7), -746), -0.693_147_180_559_945_309)
        var u = min(max(log(a / (a + b)), low), high)
        for _ in 0..<200 {
            let z = exp(u)
            let (below, above) = tails(z, 1 - z, a, b)
            let density = exp(a * u + (b - 1) * log1p(-z) - logBeta)
            let (excess, slope) =
                lower <= upper
                ? (log(below) - log(lower), density / below) : (log(upper) - log(above), density / above)
            if excess < 0 { low = u } else { high = u }
            var next = u - excess / slope
            // Not a number, too: then the bracket is halved.
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            let step = abs(next - u)
            u = next
            // The error that is left is about the square of the step.
            if step <= 1e-14 * max(1, abs(u)) { break }
        }
        return exp(u)
    }

    /// I(x; a, b) and 1 - I(x; a, b), the smaller one to its own precision. `complement` is 1 - `x`.
    private static func tails(_ x: Double, _ complement: Double, _ a: Double, _ b: Double) -> (lower: Double, upper: Double) {
        if x <= 0 { return (0, 1) }
        if complement <= 0 { return (1, 0) }
        let front = front(x, complement, a, b)
        if x < (a + 1) / (a + b + 2) {
            let lower = front * fraction(x, a, b) / a
            return (lower, 1 - lower)
        }
        let upper = front * fraction(complement, b, a) / b
        return (1 - upper, upper)
    }

    /// x^a (1 - x)^b / B(a, b).
    private static func front(_ x: Double, _ complement: Double, _ a: Double, _ b: Double) -> Double {
        guard min(a, b) >= 10 else { return exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) }
        // The powers and the beta function nearly cancel near the mean. With the distance from the mean, exact to its last digit, they
        // need not be computed.
        let sum = a + b
        let distance = x <= complement ? (-a).addingProduct(x, sum) : -(-b).addingProduct(complement, sum)
        let exponent = a * log1p(distance / a) + b * log1p(-distance / b)
        let scale = (a / sum * b / 6.283_185_307_179_586_477).squareRoot()
        return scale * exp(exponent - correction(a) - correction(b) + correction(sum))
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var result = d
        var step = 1
        while step <= 100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 + even * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + even / c
            if abs(c) < tiny { c = tiny }
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 + odd * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + odd / c
            if abs(c) < tiny { c = tiny }
            let factor = d * c
            result *= factor
            if abs(factor - 1) < 1e-16 { break }
            step += 1
        }
        return result
    }

    /// ln B(a, b). Of Stirling's series only the small corrections are subtracted from each other, since the large terms would cancel and
    /// take the last digits along.
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

    /// ln Γ(x) - ((x - 1/2) ln x - x + ln(2π)/2), for `x` of 10 or more (DLMF 5.11.1).
    private static func correction(_ x: Double) -> Double {
        let square = 1 / (x * x)
        let terms = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156]
        return terms.reversed().reduce(0) { $0 * square + $1 } / x
    }
}
