#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Probability lists of 20 alternatives with a given Shannon entropy.
///
/// The family is Zipf's: p of rank r is proportional to (r + 1)^-s. Its entropy falls from lg 20 = 4.32 bits at s = 0 to 0, without a
/// jump, so bisection on s hits every entropy between; the list is sorted, sums to 1 (no tail mass) and stays far above the logprobs
/// that readers treat as impossible.
enum EntropyTable {
    /// Alternatives in a full list: the most that OpenAI gives.
    static let listLength = 20
    /// The largest entropy a list can have, lg 20.
    static let maximumBits = 4.321928094887363

    /// The natural logarithms of the probabilities, largest first, of a list with `bits` of entropy (clamped to 0...``maximumBits``).
    static func logprobs(bits: Double) -> [Double] {
        guard bits < maximumBits else { return [Double](repeating: -log(Double(listLength)), count: listLength) }
        let target = max(bits, 1e-7)
        var low = 0.0
        var high = 64.0
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if entropyBits(zipf(exponent: middle)) > target { low = middle } else { high = middle }
        }
        return zipf(exponent: (low + high) / 2)
    }

    /// The Shannon entropy, in bits, of natural logprobs that sum to one.
    static func entropyBits(_ logprobs: [Double]) -> Double {
        logprobs.reduce(0) { $0 - $1 * exp($1) } / M_LN2
    }

    private static func zipf(exponent: Double) -> [Double] {
        let logarithms = (0..<listLength).map { -exponent * log(Double($0 + 1)) }
        let normaliser = log(logarithms.reduce(0) { $0 + exp($1) })
        return logarithms.map { $0 - normaliser }
    }
}
