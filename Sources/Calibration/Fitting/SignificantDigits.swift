#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

extension Double {
    /// The number with twelve significant decimal digits: what an artefact holds. The last digits of a fit depend on the platform's `exp`;
    /// these do not, and they are far more than any data supports. Numbers below 1e-9 are rounded to 21 decimals.
    func roundedToTwelveDigits() -> Double {
        guard isFinite, self != 0 else { return self }
        let decimals = 11 - Int(log10(magnitude).rounded(.down))
        guard decimals >= 0 else { return self }
        // Powers of ten are exact up to 1e22, so that the quotient is the number nearest to the decimal.
        let scale = pow(10, Double(min(decimals, 21)))
        return (self * scale).rounded() / scale
    }
}
