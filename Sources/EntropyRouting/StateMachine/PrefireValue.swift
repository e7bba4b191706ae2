/// What a second saved and a pre-fire wasted are worth, for one request: turns r_t, the probability that the commit rule will escalate,
/// into *fire* and *cancel* levels in US dollars. Pure arithmetic.
///
/// Starting the heavyweight now gains `lambda * b` if the draft is escalated in b seconds, and costs W, the waste, if it is not:
///
///     fire from    W / (W + lambda * b)                              W = W(b)
///     cancel below dW / (dW + lambda * (u + b) + W(u))               dW = W(u + a) - W(u)
///
/// where W(u) is what is lost when the pre-fire is given up u seconds after it was fired: the prompt, which is sunk at once, and the output
/// streamed until then; a is the time to the next landmark. The hysteresis between the two levels is the sunk prompt.
public struct PrefireValue: Sendable, Hashable {
    /// US dollars that one second of waiting is worth, 0 or more: the single knob of the frontier. Default .001; at 0 nothing is ever
    /// fired.
    public var lambda: Double
    /// US dollars for the request's own prompt at the heavyweight, 0 or more.
    public var promptCostUSD: Double
    /// Output price times the heavyweight's speed, US dollars per second of streaming, 0 or more.
    public var outputUSDPerSecond: Double
    /// The heavyweight's time to its first token: nothing is streamed, nor paid for, before. Default 0.
    public var firstTokenSeconds: Double
    /// US dollars of output that are billed after a disconnect although nobody reads them. Default 0: the bill ends with the connection.
    public var outputUSDAfterDisconnect: Double

    /// r_t from which a single landmark is enough to fire.
    static let certainToFire = 0.8
    /// r_t above which a heavyweight that has spoken is taken over at once.
    static let certainToEscalate = 0.9
    /// Landmarks in a row on which a less certain fire, or a cancel, rests.
    static let landmarksInARow = 2

    public init(
        lambda: Double = 0.001, promptCostUSD: Double, outputUSDPerSecond: Double = 0, firstTokenSeconds: Double = 0,
        outputUSDAfterDisconnect: Double = 0
    ) {
        self.lambda = lambda
        self.promptCostUSD = promptCostUSD
        self.outputUSDPerSecond = outputUSDPerSecond
        self.firstTokenSeconds = firstTokenSeconds
        self.outputUSDAfterDisconnect = outputUSDAfterDisconnect
    }

    /// W(u): US dollars lost when a pre-fire is given up.
    ///
    /// - Parameter seconds: u, since it was fired, 0 or more.
    public func waste(after seconds: Double) -> Double {
        promptCostUSD + outputUSDPerSecond * max(0, seconds - firstTokenSeconds)
    }

    /// r_t from which firing is worth its risk, 0...1; infinite when no second can be gained.
    ///
    /// - Parameter secondsLeft: b, until the decision, 0 or more.
    public func fireLevel(secondsLeft: Double) -> Double {
        let gain = lambda * secondsLeft
        guard gain > 0 else { return .infinity }
        let waste = waste(after: secondsLeft) + outputUSDAfterDisconnect
        return waste / (waste + gain)
    }

    /// r_t below which what the pre-fire is still going to cost is better saved, 0...1; 0 when it costs nothing more.
    ///
    /// - Parameters:
    ///   - seconds: u, since it was fired, 0 or more.
    ///   - gapSeconds: a, until the next landmark, 0 or more.
    ///   - secondsLeft: b, until the decision, 0 or more.
    public func cancelLevel(after seconds: Double, gapSeconds: Double, secondsLeft: Double) -> Double {
        let lost = waste(after: seconds)
        let saved = waste(after: seconds + gapSeconds) - lost
        guard saved > 0 else { return 0 }
        return saved / (saved + lambda * (seconds + secondsLeft) + lost)
    }
}
