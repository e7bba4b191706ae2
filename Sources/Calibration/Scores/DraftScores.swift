import EntropyRouting

/// What simple rules would sort drafts by: the baselines of every report. Higher = less to be trusted, for each of them.
///
/// A draft without usable evidence has an infinite score: missing evidence is never confidence.
public struct DraftScores: Sendable, Hashable {
    /// Mean entropy estimate, bits, 0 or more.
    public var meanBits: Double
    /// The statistic of the full-trace rule of ``WindowStrategy``, bits, 0 or more: the greatest mean of W tokens, or the mean of a draft
    /// that was shorter.
    public var windowBits: Double
    /// The improbability of the least probable sampled token: -ln p, 0 or more. A token whose logprob was withheld (-9999) counts with that
    /// number: it was not even listed.
    public var worstTokenNats: Double
    /// All tokens, with evidence or without.
    public var length: Int

    public init(meanBits: Double, windowBits: Double, worstTokenNats: Double, length: Int) {
        self.meanBits = meanBits
        self.windowBits = windowBits
        self.worstTokenNats = worstTokenNats
        self.length = length
    }
}

extension DraftScores {
    /// - Parameter monitor: has seen the whole trace, with the window strategy.
    init(_ trace: DraftTrace, _ monitor: borrowing DraftMonitor) {
        let isUsable = monitor.tier != .none
        var leastLogprob = 0.0
        for token in trace.tokens where token.logprob < leastLogprob { leastLogprob = token.logprob }
        self.init(
            meanBits: isUsable ? monitor.statistics.mean : .infinity,
            windowBits: isUsable ? monitor.finalAssessment(finishReason: trace.finish).statistic : .infinity,
            worstTokenNats: isUsable ? -leastLogprob : .infinity,
            length: monitor.tokenCount)
    }
}
