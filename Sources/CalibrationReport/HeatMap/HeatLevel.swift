#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Steps of the heat map, by the logarithm of the entropy: what tells drafts apart lies between a thousandth of a bit and a few bits.
enum HeatLevel {
    /// Steps 0...8; 0 has no colour.
    static let count = 9
    /// Least entropy of the steps 1...8, bits.
    static let floors: [Double] = [0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]

    /// `nil` when the token was not observed.
    static func of(_ bits: Double) -> Int? {
        guard !bits.isNaN else { return nil }
        return floors.prefix { bits >= $0 }.count
    }

    /// Height of a bar, 0...1: 0 at a hundredth of a bit and below, 1 at 8 bits and above.
    static func height(_ bits: Double) -> Double {
        guard bits > 0.01 else { return 0 }
        return min(1, log10(bits / 0.01) / log10(8 / 0.01))
    }
}
