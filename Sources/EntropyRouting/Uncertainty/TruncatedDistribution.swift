/// Running sums over the known part of a next-token distribution. Nothing but sums, a count and a minimum is needed, so the order of the
/// values does not matter, no list is too long, and nothing is stored or sorted.
struct TruncatedDistribution {
    /// At or below this natural logarithm a probability (3.7e-44) counts as none: providers write -100, -9999 or -inf for it.
    static let floor = -100.0
    /// Below this the tail is the rounding of the provider's numbers.
    static let negligibleTail = 1e-6

    /// Ranked values.
    private(set) var ranked = 0
    /// Ranked values plus a sampled token that was not among them.
    private(set) var known = 0
    /// Sum of the known probabilities.
    private(set) var mass = 0.0
    /// Sum of -p ln p over the known tokens.
    private(set) var nats = 0.0
    /// p_k, the smallest ranked probability; 1 while there is none.
    private(set) var smallest = 1.0

    /// Adds a value of the ranked list; `logprob` in (-100, 0].
    @inline(__always)
    mutating func addRanked(_ logprob: Double) {
        let p = include(logprob)
        ranked += 1
        if p < smallest { smallest = p }
    }

    /// Adds the sampled token when it is not in the list: it has mass of its own and says nothing about p_k.
    @inline(__always)
    mutating func addUnlisted(_ logprob: Double) { _ = include(logprob) }

    /// eps, 0...1.
    var tailMass: Double {
        let rest = 1 - mass
        return rest < Self.negligibleTail ? 0 : rest
    }

    @inline(__always)
    private mutating func include(_ logprob: Double) -> Double {
        let p = ElementaryFunctions.exponential(logprob)
        known += 1
        mass += p
        nats -= logprob * p
        return p
    }
}
