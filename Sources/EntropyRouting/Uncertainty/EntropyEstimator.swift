/// Turns a provider's truncated logprobs into entropy bounds and a point estimate, in bits. Pure and allocation-free.
///
/// The provider shows the k most probable tokens of V. Their own entropy terms are known exactly; of the rest only its total mass and that
/// no token of it is more probable than the last one shown. The grouping property of entropy turns this into the tightest bounds
/// possible, and a measured coefficient into an estimate between them.
public struct EntropyEstimator: Sendable {
    /// V: 200,019 for o200k, 100,277 for cl100k, 128,256 for Llama 3.
    public let vocabularySize: Int
    /// c_k of the point estimate.
    public let tailCoefficients: TailCoefficients

    /// - Parameters:
    ///   - vocabularySize: tokens the drafter can produce; below 2 counts as 2. Only the upper bound depends on it noticeably.
    ///   - tailCoefficients: bits per unit of tail mass, by list length.
    public init(vocabularySize: Int = 200_019, tailCoefficients: TailCoefficients = .measured) {
        self.vocabularySize = max(2, vocabularySize)
        self.tailCoefficients = tailCoefficients
    }

    /// Bounds from a clean list.
    ///
    /// - Parameters:
    ///   - ranked: natural logarithms of the most probable tokens, in any order. Values at or below -100 are left to the tail; values
    ///     above 0 count as 0. An empty list says nothing: bounds from 0 to lg V.
    ///   - unlisted: the logprob of the sampled token when it is known and not in the list.
    public func bounds(ranked: Span<Double>, unlisted: Double? = nil) -> EntropyBounds {
        var distribution = TruncatedDistribution()
        for index in ranked.indices where ranked[index] > TruncatedDistribution.floor {
            distribution.addRanked(min(ranked[index], 0))
        }
        if let unlisted, unlisted > TruncatedDistribution.floor { distribution.addUnlisted(min(unlisted, 0)) }
        return bounds(of: distribution)
    }

    /// Point estimate: the coarse entropy plus c_k bits per unit of tail, kept between the bounds.
    ///
    /// - Parameter k: number of ranked tokens behind `bounds`.
    public func estimate(_ bounds: EntropyBounds, k: Int) -> Double {
        min(max(bounds.coarse + tailCoefficients[k] * bounds.tailMass, bounds.lower), bounds.upper)
    }

    func bounds(of distribution: TruncatedDistribution) -> EntropyBounds {
        let tail = distribution.tailMass
        let partial = distribution.nats * ElementaryFunctions.bitsPerNat
        guard tail > 0 else {
            return EntropyBounds(tailMass: 0, partial: partial, coarse: partial, lower: partial, upper: partial)
        }
        let coarse = partial + ElementaryFunctions.entropyTerm(tail)
        let unseen = Double(max(1, vocabularySize - distribution.known))
        let upper = coarse + tail * ElementaryFunctions.binaryLogarithm(unseen)

        // Entropy is least when the tail is as lumpy as allowed: m tokens as probable as the last ranked one, and one with what remains.
        // If the vocabulary has fewer than m tokens left, the list was not a true top-k; the coarse value is then still a valid bound.
        let pk = distribution.smallest
        let copies = min((tail / pk).rounded(.down), unseen)
        let remainder = copies < unseen ? tail - copies * pk : 0
        let lumpy = partial + copies * ElementaryFunctions.entropyTerm(pk) + ElementaryFunctions.entropyTerm(remainder)
        let lower = min(max(lumpy, coarse), upper)
        return EntropyBounds(tailMass: tail, partial: partial, coarse: coarse, lower: lower, upper: upper)
    }
}
