#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The platform's elementary functions in one place, so that no other file of this target imports a C library.
enum ElementaryFunctions {
    /// log2(e): multiplies nats into bits.
    static let bitsPerNat = 1.442_695_040_888_963_4

    @inline(__always)
    static func exponential(_ x: Double) -> Double { exp(x) }

    @inline(__always)
    static func binaryLogarithm(_ x: Double) -> Double { log2(x) }

    @inline(__always)
    static func decimalLogarithm(_ x: Double) -> Double { log10(x) }

    /// ln(1 + x), exact for small x.
    @inline(__always)
    static func logarithmOnePlus(_ x: Double) -> Double { log1p(x) }

    /// 1 / (1 + e^-z) without overflow for any finite z.
    @inline(__always)
    static func sigmoid(_ z: Double) -> Double {
        if z >= 0 { return 1 / (1 + exp(-z)) }
        let e = exp(z)
        return e / (1 + e)
    }

    /// ln(p / (1 - p)), kept within -20...20: beyond that a probability is as good as certain.
    static func logit(_ p: Double) -> Double {
        if p <= 0 { return -20 }
        if p >= 1 { return 20 }
        return min(max(log(p) - log1p(-p), -20), 20)
    }

    /// -p lg p with the limit 0 at p <= 0: one symbol's share of an entropy, in bits.
    @inline(__always)
    static func entropyTerm(_ p: Double) -> Double { p > 0 ? -p * log2(p) : 0 }
}
