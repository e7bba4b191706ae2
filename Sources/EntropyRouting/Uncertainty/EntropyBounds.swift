/// What a truncated list of the most probable tokens says about the entropy of the whole next-token distribution.
///
/// For a true top-k list, `partial <= coarse <= lower <= H <= upper`, and `lower` and `upper` are the tightest values possible.
/// All entropies are in bits; nothing is ever renormalised, so the mass of the unseen tail stays part of the signal.
public struct EntropyBounds: Sendable, Hashable {
    /// Probability of everything outside the list, 0...1. Below 1e-6 it counts as 0 (rounding of the provider's logprobs).
    public var tailMass: Double
    /// The listed tokens' own terms, the sum of -p lg p.
    public var partial: Double
    /// `partial` plus the tail taken as one symbol (grouping property of entropy).
    public var coarse: Double
    /// Least entropy possible: the tail as few tokens as it can be, none more probable than the last listed one.
    public var lower: Double
    /// Greatest entropy possible: the tail spread evenly over the rest of the vocabulary.
    public var upper: Double

    public init(tailMass: Double, partial: Double, coarse: Double, lower: Double, upper: Double) {
        self.tailMass = tailMass
        self.partial = partial
        self.coarse = coarse
        self.lower = lower
        self.upper = upper
    }
}
