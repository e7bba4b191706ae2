public import EntropyRouting

/// What a gateway would decide by, and what time and tokens would cost it: the configuration under which recorded drafts are decided again.
public struct ReplayPolicy: Sendable {
    /// How a draft is judged.
    public var strategy: RoutingStrategy
    /// For the drafter's vocabulary; a risk model has its own, see ``RiskModel/estimator(vocabularySize:)``.
    public var estimator: EntropyEstimator
    public var release: ReleasePolicy
    /// Without a `value`: every draft gets its own from ``prefireValue``.
    public var prefire: PrefireRule.Settings
    /// A request's own ``PrefireValue``, by its prompt's tokens; `nil` pre-fires by the ratio rule.
    public var prefireValue: (@Sendable (_ promptTokens: Int) -> PrefireValue)?
    /// Shared by the drafts, in their order.
    public var allowance: PrefireAllowance
    /// `nil` = unknown: then no cost is known either.
    public var drafterPrice: ReplayPrice?
    public var heavyweightPrice: ReplayPrice?
    /// A closed connection ends the drafter's bill. Default true. The heavyweight's: ``PrefireRule/Settings/isCancellingWorthwhile``.
    public var stopsDrafterBilling: Bool
    /// A drafter silent for so long fires the heavyweight; `nil`, the default, never does.
    public var stallSeconds: Double?
    /// For drafts whose heavyweight was not recorded; `nil`, the default: where it is needed, costs and times are unknown.
    public var assumedHeavyweight: AnswerFacts?
    /// Seconds per drafted token where no times were recorded; `nil`, the default: latencies are unknown, and all is decided at time 0.
    public var assumedTokenSeconds: Double?

    public init(
        strategy: RoutingStrategy, estimator: EntropyEstimator = EntropyEstimator(),
        release: ReleasePolicy = ReleasePolicy(mode: .buffered),
        prefire: PrefireRule.Settings = PrefireRule.Settings(), prefireValue: (@Sendable (_ promptTokens: Int) -> PrefireValue)? = nil,
        allowance: PrefireAllowance = PrefireAllowance(), drafterPrice: ReplayPrice? = nil, heavyweightPrice: ReplayPrice? = nil,
        stopsDrafterBilling: Bool = true, stallSeconds: Double? = nil, assumedHeavyweight: AnswerFacts? = nil,
        assumedTokenSeconds: Double? = nil
    ) {
        self.strategy = strategy
        self.estimator = estimator
        self.release = release
        self.prefire = prefire
        self.prefireValue = prefireValue
        self.allowance = allowance
        self.drafterPrice = drafterPrice
        self.heavyweightPrice = heavyweightPrice
        self.stopsDrafterBilling = stopsDrafterBilling
        self.stallSeconds = stallSeconds
        self.assumedHeavyweight = assumedHeavyweight
        self.assumedTokenSeconds = assumedTokenSeconds
    }

    /// The pre-fire settings of one request.
    ///
    /// - Parameter lambda: instead of the policy's own; `nil` leaves it.
    func prefire(promptTokens: Int, lambda: Double?) -> PrefireRule.Settings {
        var settings = prefire
        settings.value = prefireValue?(promptTokens)
        if let lambda { settings.value?.lambda = lambda }
        return settings
    }

    /// The strategy ships nothing of this class: the drafter is not even asked.
    func shipsNothing(of taskClass: TaskClass) -> Bool {
        if case .risk(let strategy) = strategy { strategy.thresholds[taskClass] == 0 } else { false }
    }
}

/// US dollars per million tokens.
public struct ReplayPrice: Sendable, Hashable {
    public var input: Double
    public var cachedInput: Double
    public var output: Double

    /// - Parameter cachedInput: `nil` = as any other input.
    public init(input: Double, output: Double, cachedInput: Double? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput ?? input
    }

    /// US dollars. `cached` of the input tokens are charged as such.
    public func cost(input: Int, cached: Int, output: Double) -> Double {
        (Double(max(0, input - cached)) * self.input + Double(cached) * cachedInput + output * self.output) / 1_000_000
    }
}
