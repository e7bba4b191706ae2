/// Watches one draft: token evidence in, an ``Assessment`` out. The one value the cascade needs of this target.
///
/// A value type for one draft's lifetime, confined to whoever reads the stream. ``observe(logprob:isListed:alternatives:text:)`` allocates
/// nothing as long as the monitor is not copied between tokens (its window is an array): keep it in a stored property, not in the
/// payload of an enum case that is taken apart and put together again.
public struct DraftMonitor: Sendable {
    /// Without usable evidence for this many tokens a stream is doubted; its end decides.
    public static let evidencePatience = 8

    public let strategy: RoutingStrategy
    public let estimator: EntropyEstimator
    /// Everything measured so far.
    public private(set) var statistics: DraftStatistics
    /// How much evidence the tokens carried.
    public private(set) var signals = SignalTracker()

    private var request: RequestFacts
    private var boundaries = BoundaryTracker()
    /// Greatest value the window strategy's statistic had: one crossing settles the matter.
    private var peak = 0.0

    /// - Parameters:
    ///   - strategy: decides what the statistics mean.
    ///   - estimator: for the drafter's vocabulary.
    ///   - taskClass: see ``TaskClass/classify(_:)-(String)``.
    ///   - promptTokens: counted or estimated.
    public init(
        strategy: RoutingStrategy, estimator: EntropyEstimator = EntropyEstimator(), taskClass: TaskClass = .simpleFactual,
        promptTokens: Int = 0
    ) {
        self.strategy = strategy
        self.estimator = estimator
        statistics = DraftStatistics(windowTokens: strategy.windowTokens)
        request = RequestFacts(taskClass: taskClass, promptTokens: promptTokens)
    }

    /// Adds one generated token. An event may carry several tokens: call this for each.
    ///
    /// - Parameters:
    ///   - logprob: natural logarithm of the sampled token's probability as sent; NaN when missing or null.
    ///   - isListed: the sampled token is one of `alternatives`.
    ///   - alternatives: the ranked list as sent; NaN for null.
    ///   - text: the token's UTF-8.
    /// - Returns: what it says, for traces and histograms; its numbers are NaN when not observed.
    @discardableResult
    public mutating func observe(
        logprob: Double, isListed: Bool, alternatives: Span<Double>, text: Span<UInt8>
    ) -> TokenUncertainty {
        let token = estimator.uncertainty(logprob: logprob, isListed: isListed, alternatives: alternatives)
        signals.note(token)
        statistics.observe(token, shape: boundaries.shape(of: text))
        if token.isObserved, case .window(let window) = strategy {
            peak = max(peak, window.statistic(statistics.window))
        }
        return token
    }

    /// Counts generated tokens that carry no evidence: tool-call deltas, refusals, chunks without logprobs. Unobserved is not certain.
    public mutating func observeWithoutEvidence(tokens: Int) {
        signals.noteUnobserved(tokens: tokens)
        statistics.noteUnobserved(tokens: tokens)
    }
}

extension DraftMonitor {
    /// How much the drafter tells, judged over all tokens so far; ``SignalTier/none`` before the first.
    public var tier: SignalTier { signals.tier }

    /// All tokens so far, observed or not.
    public var tokenCount: Int { statistics.tokenCount }

    /// Greatest mean of a full window so far, bits; the mean of what was seen while none was full.
    public var windowMaxBits: Double { statistics.window.maxMean }

    /// The risk so far, 0...1; `nil` without a risk model.
    public var risk: Double? {
        guard case .risk(let strategy) = strategy else { return nil }
        return strategy.model.risk(statistics, request: request)
    }

    /// The strategy's opinion while the draft streams.
    ///
    /// Window strategy: the current statistic; once it crossed, `reject` for good. Risk strategy: calm or doubt. Numbers that are not
    /// logprobs reject at once, since the end would. From ``evidencePatience`` tokens on, evidence missing for over 30 % of them, or of
    /// another tier than the risk model's, is doubt.
    public var assessment: Assessment {
        if signals.isInvalid { return withoutEvidence(.reject) }
        switch strategy {
        case .window(let window):
            let statistic = window.level(peak) == .reject ? peak : window.statistic(statistics.window)
            let level = window.level(statistic)
            if level != .reject, lacksEvidence { return withoutEvidence(.doubt) }
            return Assessment(level: level, statistic: statistic, threshold: window.thresholdBits, reason: .windowEntropy)
        case .risk(let strategy):
            if lacksEvidence { return withoutEvidence(.doubt) }
            let risk = strategy.model.risk(statistics, request: request)
            let threshold = strategy.thresholds[request.taskClass]
            if tokenCount >= Self.evidencePatience, tier != strategy.model.key.tier {
                return Assessment(
                    level: .doubt, statistic: risk, threshold: threshold, reason: .tierMismatch, outlook: outlookWithoutEvidence)
            }
            return Assessment(
                level: strategy.streamingLevel(risk, request.taskClass), statistic: risk, threshold: threshold, reason: .risk,
                outlook: strategy.model.speed?.outlook(at: tokenCount, risk: risk, threshold: threshold) ?? .unknown)
        }
    }

    /// The full-trace rule, for a draft that is complete.
    ///
    /// Window strategy: the greatest statistic over the trace, or the mean of a draft that never came to a decision. Risk strategy: the
    /// certified rule, ship if risk <= threshold, provided the evidence is of the model's tier. Without enough evidence, or without any
    /// token, always `reject`.
    public func finalAssessment(finishReason: FinishKind) -> Assessment {
        guard tier != .none else { return withoutEvidence(.reject) }
        switch strategy {
        case .window(let window):
            let isUndecided = statistics.window.count < min(window.windowTokens, window.earlyExitTokens)
            let statistic = isUndecided ? max(peak, statistics.window.mean) : peak
            return Assessment(
                level: window.level(statistic), statistic: statistic, threshold: window.thresholdBits, reason: .windowEntropy)
        case .risk(let strategy):
            var complete = request
            complete.finish = finishReason
            let risk = strategy.model.risk(statistics, request: complete)
            guard tier == strategy.model.key.tier else {
                return Assessment(level: .reject, statistic: risk, threshold: strategy.thresholds[request.taskClass], reason: .tierMismatch)
            }
            return Assessment(
                level: strategy.finalLevel(risk, request.taskClass), statistic: risk, threshold: strategy.thresholds[request.taskClass],
                reason: .risk)
        }
    }

    /// The strategy's threshold for this draft's class.
    private var threshold: Double {
        switch strategy {
        case .window(let window): window.thresholdBits
        case .risk(let strategy): strategy.thresholds[request.taskClass]
        }
    }

    private var lacksEvidence: Bool { tokenCount >= Self.evidencePatience && tier == .none }

    /// The statistic as far as it goes: it is reported, not relied on.
    private func withoutEvidence(_ level: Assessment.Level) -> Assessment {
        Assessment(level: level, statistic: risk ?? peak, threshold: threshold, reason: .noEvidence, outlook: outlookWithoutEvidence)
    }

    /// What a speed layer, if there is one, says of a draft whose end would reject it for its evidence.
    private var outlookWithoutEvidence: Assessment.Outlook {
        guard case .risk(let strategy) = strategy, let speed = strategy.model.speed else { return .unknown }
        return speed.outlook(at: tokenCount, escalation: SpeedLayer.escalationWithoutEvidence)
    }
}
