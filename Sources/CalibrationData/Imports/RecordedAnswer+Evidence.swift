extension RecordedAnswer {
    /// Tokens with a logarithm above 0, their own or an alternative's: logits, or another score, but no log-probabilities. A millionth is
    /// allowed for rounding.
    public var impossibleTokens: Int {
        tokens.count { $0.logprob > 1e-6 || $0.top.contains { $0 > 1e-6 } }
    }
}
