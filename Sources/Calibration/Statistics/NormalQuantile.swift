#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// The standard normal distribution.
public enum NormalQuantile {
    /// P(Z <= `z`), 0...1, by the C library's complementary error function.
    public static func cdf(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The z with P(Z <= z) = `probability`: infinite at 0 and 1, NaN outside 0...1.
    ///
    /// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, 1988 (PPND16): about 1e-16,
    /// relative.
    public static func quantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        let q = probability - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, centralNumerator, centralDenominator)
        }
        let tail = min(probability, 1 - probability)
        if tail == 0 { return q < 0 ? -.infinity : .infinity }
        let r = (-log(tail)).squareRoot()
        let z = r <= 5 ? ratio(r - 1.6, middleNumerator, middleDenominator) : ratio(r - 5, farNumerator, farDenominator)
        return q < 0 ? -z : z
    }

    /// Both by Horner's scheme, the constant first.
    private static func ratio(_ x: Double, _ numerator: [Double], _ denominator: [Double]) -> Double {
        numerator.reversed().reduce(0) { $0 * x + $1 } / denominator.reversed().reduce(0) { $0 * x + $1 }
    }

    private static let centralNumerator = [
        3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
    ]
    private static let centralDenominator = [
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
    ]
    private static let middleNumerator = [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ]
    private static let middleDenominator = [
        1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ]
    private static let farNumerator = [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ]
    private static let farDenominator = [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ]
}

/// Student's t distribution.
public enum StudentQuantile {
    /// The t with P(T <= t) = `probability` for `degrees` of freedom, which need not be whole; NaN unless they are above 0 and the
    /// probability is in 0...1. From the inverse of the incomplete beta function (DLMF 8.17; Abramowitz and Stegun 26.7.1).
    public static func quantile(_ probability: Double, degrees: Double) -> Double {
        guard degrees > 0, probability >= 0, probability <= 1 else { return .nan }
        if degrees > 1e6 { return NormalQuantile.quantile(probability) }
        let tail = min(probability, 1 - probability)
        if tail == 0 { return probability < 0.5 ? -.infinity : .infinity }
        // The share of t^2 in t^2 + degrees, whose small values are those of small t.
        let share = IncompleteBeta.inverse(lower: 1 - 2 * tail, upper: 2 * tail, 0.5, degrees / 2)
        let t = share < 1 ? (degrees * share / (1 - share)).squareRoot() : .infinity
        return probability < 0.5 ? -t : t
    }
}
