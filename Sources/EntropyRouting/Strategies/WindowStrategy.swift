/// The sliding-window entropy rule: reject a draft as soon as the mean estimate of the last W tokens reaches a threshold in bits.
///
/// It needs no calibration, and is the baseline every other strategy is compared with. Two things differ from the plain rule. While the
/// first window is not full, the sum so far divided by W is what that window must reach whatever follows, since entropies are never
/// negative: a crossing is then certain and acted on at once. And a draft shorter than W is judged by the mean of what was seen.
public struct WindowStrategy: Sendable, Hashable {
    /// W, 1...1,024 tokens.
    public let windowTokens: Int
    /// Bits, above 0.
    public let thresholdBits: Double
    /// Share of the threshold at which doubt begins, above 0 up to 1.
    public let prefireRatio: Double
    /// From this token on a window that is not yet full is judged by its own mean, 1 or more. At W or above: never.
    public let earlyExitTokens: Int

    /// The defaults of `config.yaml`: 10 tokens, 1.5 bits, .8, 10 tokens.
    public static let standard = WindowStrategy(valid: 10, 1.5, 0.8, 10)

    /// - Throws: ``ParameterError`` naming the first parameter out of its range.
    public init(
        windowTokens: Int = 10, thresholdBits: Double = 1.5, prefireRatio: Double = 0.8, earlyExitTokens: Int = 10
    ) throws(ParameterError) {
        guard (1...1_024).contains(windowTokens) else {
            throw ParameterError("window_tokens", is: "\(windowTokens)", expected: "1 to 1024")
        }
        guard thresholdBits.isFinite, thresholdBits > 0 else {
            throw ParameterError("threshold_bits", is: "\(thresholdBits)", expected: "a finite number above 0")
        }
        guard prefireRatio > 0, prefireRatio <= 1 else {
            throw ParameterError("prefire_ratio", is: "\(prefireRatio)", expected: "above 0, at most 1")
        }
        guard earlyExitTokens >= 1 else {
            throw ParameterError("early_exit_tokens", is: "\(earlyExitTokens)", expected: "1 or more")
        }
        self.init(valid: windowTokens, thresholdBits, prefireRatio, earlyExitTokens)
    }

    /// The statistic after the newest token, bits: the window's mean, or what the first full window must reach while too little was seen.
    @inline(__always)
    public func statistic(_ window: SlidingWindow) -> Double {
        window.isFull || window.count >= earlyExitTokens ? window.mean : window.certainMean
    }

    /// The level of a statistic: reject from the threshold on, doubt from `prefireRatio` of it.
    public func level(_ statistic: Double) -> Assessment.Level {
        if statistic >= thresholdBits { return .reject }
        return statistic >= prefireRatio * thresholdBits ? .doubt : .calm
    }

    private init(valid windowTokens: Int, _ thresholdBits: Double, _ prefireRatio: Double, _ earlyExitTokens: Int) {
        self.windowTokens = windowTokens
        self.thresholdBits = thresholdBits
        self.prefireRatio = prefireRatio
        self.earlyExitTokens = earlyExitTokens
    }
}
