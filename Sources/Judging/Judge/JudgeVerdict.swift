public import Cascade

/// What a model thinks of a draft.
public struct JudgeVerdict: Sendable, Hashable {
    /// ``score`` is below the judge's bar.
    public var isBad: Bool
    /// Of the draft, 1...5: the mean over the orders in which it was shown.
    public var score: Double
    /// How far the draft's scores of the two orders are apart, 0...4; 0 when it was asked once.
    public var disagreement: Double
    /// Of the heavyweight's answer, likewise; `nil` when there was none, or it was the same text.
    public var heavyweightScore: Double?
    /// The judge's words on the draft: of the order with the lower score.
    public var reason: String
    /// The judge's words on the heavyweight's answer, likewise; empty when it was not judged.
    public var heavyweightReason: String
    /// US dollars of all calls; `nil` = unknown price.
    public var costUSD: Double?
    /// Of all calls, repairs included.
    public var tokens: TokenCount

    public init(
        isBad: Bool, score: Double, disagreement: Double = 0, heavyweightScore: Double? = nil, reason: String = "",
        heavyweightReason: String = "", costUSD: Double? = nil, tokens: TokenCount = TokenCount()
    ) {
        self.isBad = isBad
        self.score = score
        self.disagreement = disagreement
        self.heavyweightScore = heavyweightScore
        self.reason = reason
        self.heavyweightReason = heavyweightReason
        self.costUSD = costUSD
        self.tokens = tokens
    }
}

/// Why there is no verdict, and what the attempt cost all the same.
public struct JudgeFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Cause: Sendable, Hashable {
        /// The judge did not answer, retries included.
        case upstream(ProviderError)
        /// It answered, and again after being told what was wrong, but not with the scores that were asked for.
        case unreadable(String)
        /// The task was cancelled.
        case cancelled
    }

    public var cause: Cause
    /// US dollars of the calls that were answered; `nil` = unknown price.
    public var costUSD: Double?
    public var tokens: TokenCount

    public init(_ cause: Cause, costUSD: Double? = nil, tokens: TokenCount = TokenCount()) {
        self.cause = cause
        self.costUSD = costUSD
        self.tokens = tokens
    }

    public var description: String {
        switch cause {
        case .upstream(let error): "the judge did not answer: \(error.logMessage)"
        case .unreadable(let problem): "the judge's answer cannot be used: \(problem)"
        case .cancelled: "the question to the judge was cancelled"
        }
    }
}
