/// xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64: the same seed gives the same numbers on every platform and in every
/// version. For simulations and resampling; never for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    public init(seed: UInt64) {
        var state = seed
        func mixed() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        s0 = mixed()
        s1 = mixed()
        s2 = mixed()
        s3 = mixed()
    }

    public mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0..<`bound`, by the upper half of a product: off by less than `bound` in 2^64. 0 when `bound` is 0 or less.
    public mutating func index(below bound: Int) -> Int { bound > 0 ? Int(next().multipliedFullWidth(by: UInt64(bound)).high) : 0 }

    /// Normally distributed, by the quantile of a uniform number.
    public mutating func normal(mean: Double = 0, deviation: Double = 1) -> Double {
        mean + deviation * NormalQuantile.quantile(unit() + 0x1p-54)
    }

    /// Every order equally likely (Fisher and Yates); unlike the standard library's, the same in every version.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, index(below: last + 1)) }
    }
}
