extension EntropyEstimator {
    /// Above this a "logprob" is not one; up to it, it is a rounding error of 0.
    private static let positiveTolerance = 1e-4
    /// Above this sum the "probabilities" are not probabilities.
    private static let massTolerance = 1.001

    /// Reads the evidence of one token, whatever the provider made of it.
    ///
    /// | evidence | reading |
    /// |---|---|
    /// | a value above 1e-4, or probabilities that sum to more than 1.001 | not logprobs: `invalid` |
    /// | NaN anywhere (missing, null) | the position is dropped: `missing` |
    /// | 0 < value <= 1e-4 | 0 |
    /// | list value <= -100 or -inf | dropped; its mass is in the tail |
    /// | sampled token <= -100 (OpenAI writes -9999.0 for "outside the list") | `censored`; surprisal = -lg min(p_k, tail), a lower bound |
    /// | sampled token not in the list | counts for the mass and the entropy; p_k comes from the list alone |
    /// | empty list | the sampled token's surprisal alone; censored too: `missing` |
    ///
    /// - Parameters:
    ///   - logprob: natural logarithm of the sampled token's probability as sent; NaN when absent.
    ///   - isListed: the sampled token is one of `alternatives`.
    ///   - alternatives: the ranked list as sent: any order, any length, unfiltered.
    public func uncertainty(logprob: Double, isListed: Bool, alternatives: Span<Double>) -> TokenUncertainty {
        var distribution = TruncatedDistribution()
        var isMissing = logprob.isNaN
        if logprob > Self.positiveTolerance { return .unobserved(.invalid) }
        for index in alternatives.indices {
            let value = alternatives[index]
            if value > Self.positiveTolerance { return .unobserved(.invalid) }
            if value > TruncatedDistribution.floor {
                distribution.addRanked(min(value, 0))
            } else if value.isNaN {
                isMissing = true
            }
        }
        if isMissing { return .unobserved(.missing) }

        let isCensored = logprob <= TruncatedDistribution.floor
        guard distribution.ranked > 0 else {
            return isCensored ? .unobserved([.missing, .censored]) : chosenOnly(min(logprob, 0))
        }
        if !isListed && !isCensored { distribution.addUnlisted(min(logprob, 0)) }
        guard distribution.mass <= Self.massTolerance else { return .unobserved(.invalid) }

        let bounds = bounds(of: distribution)
        return TokenUncertainty(
            surprisal: isCensored
                ? leastSurprisal(pk: distribution.smallest, tail: bounds.tailMass)
                : 0 - min(logprob, 0) * ElementaryFunctions.bitsPerNat,
            estimate: estimate(bounds, k: distribution.ranked),
            lower: bounds.lower,
            upper: bounds.upper,
            tailMass: bounds.tailMass,
            signal: distribution.ranked > 1 ? .topK : .top1,
            flags: isCensored ? .censored : []
        )
    }

    /// A token outside the list is no more probable than the last listed one, nor than all that is left. A negligible tail is not zero.
    private func leastSurprisal(pk: Double, tail: Double) -> Double {
        0 - ElementaryFunctions.binaryLogarithm(min(pk, max(tail, TruncatedDistribution.negligibleTail)))
    }

    /// With nothing ranked, p of one token leaves the rest anywhere between one other token and an even spread.
    private func chosenOnly(_ logprob: Double) -> TokenUncertainty {
        var distribution = TruncatedDistribution()
        distribution.addUnlisted(logprob)
        let bounds = bounds(of: distribution)
        let surprisal = 0 - logprob * ElementaryFunctions.bitsPerNat
        return TokenUncertainty(
            surprisal: surprisal, estimate: surprisal, lower: bounds.lower, upper: bounds.upper, tailMass: bounds.tailMass,
            signal: .surprisal)
    }
}
