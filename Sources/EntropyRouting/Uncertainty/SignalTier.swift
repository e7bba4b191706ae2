/// How much a drafter tells about one token, or about most tokens of a stream. Calibrations hold for one tier only.
public enum SignalTier: String, Sendable, Hashable, CaseIterable {
    /// The two or more most probable tokens: entropy with bounds.
    case topK = "top_k"
    /// Only the most probable token: entropy with wide bounds.
    case top1 = "top_1"
    /// Only the sampled token: its surprisal, an unbiased estimate of the entropy at temperature 1.
    case surprisal
    /// Nothing usable: no entropy routing. Missing evidence is never confidence.
    case none
}

/// Follows which ``SignalTier`` a stream deserves. O(1) per token, no storage.
public struct SignalTracker: Sendable, Hashable {
    /// Tokens that carried at least two ranked tokens, exactly one, or only their own logprob.
    public private(set) var topKCount = 0
    public private(set) var top1Count = 0
    public private(set) var surprisalCount = 0
    /// Tokens without usable evidence: missing values, tool-call deltas, refusals without logprobs.
    public private(set) var unobservedCount = 0
    /// The drafter sent numbers that are not logprobs. Stays true for the rest of the stream.
    public private(set) var isInvalid = false

    public init() {}

    /// All tokens, observed or not.
    public var tokenCount: Int { topKCount + top1Count + surprisalCount + unobservedCount }

    public mutating func note(_ token: TokenUncertainty) {
        if token.flags.contains(.invalid) { isInvalid = true }
        switch token.signal {
        case .topK: topKCount += 1
        case .top1: top1Count += 1
        case .surprisal: surprisalCount += 1
        case .none: unobservedCount += 1
        }
    }

    /// - Parameter tokens: how many generated tokens came without evidence; negative counts as 0.
    public mutating func noteUnobserved(tokens: Int) { unobservedCount += max(0, tokens) }

    /// The richest tier that at least 70 % of the tokens reach; ``SignalTier/none`` when more than 30 % are unobserved, when the numbers
    /// were not logprobs, or before the first token.
    public var tier: SignalTier {
        let total = tokenCount
        guard total > 0, !isInvalid else { return .none }
        func suffices(_ count: Int) -> Bool { 10 * count >= 7 * total }
        if suffices(topKCount) { return .topK }
        if suffices(topKCount + top1Count) { return .top1 }
        if suffices(topKCount + top1Count + surprisalCount) { return .surprisal }
        return .none
    }
}
