public import EntropyRouting

/// One configured route (`auto` or another name), resolved and validated: who drafts, who answers when the draft is doubted, and by what rule.
public struct CascadeRoute: Sendable {
    public var name: String
    public var drafter: ModelName
    public var heavyweight: ModelName
    public var drafterProvider: any CompletionProvider
    public var heavyweightProvider: any CompletionProvider
    /// How a draft is judged.
    public var strategy: RoutingStrategy
    /// The rule for `x-qualm-strategy: window` on a route that uses `risk`, and the reverse when a model is loaded.
    public var alternatives: [String: RoutingStrategy]
    /// Alternatives asked from the drafter, 0...20.
    public var topLogprobs: Int
    public var release: ReleasePolicy
    public var prefire: PrefireRule.Settings
    /// `nil`: pre-fires follow the ratio alone.
    public var prefireEconomics: PrefireEconomics?
    public var gates: QualityGates
    public var estimator: EntropyEstimator
    /// Whatever decides which answer is shipped, as text: a stored answer is used only under the policy it was made by.
    public var policy: String
    /// Tool calls without evidence are accepted when they are complete and match their schema. Default false.
    public var acceptsValidToolCalls: Bool

    public init(
        name: String, drafter: ModelName, heavyweight: ModelName, drafterProvider: any CompletionProvider,
        heavyweightProvider: any CompletionProvider, strategy: RoutingStrategy, alternatives: [String: RoutingStrategy] = [:],
        topLogprobs: Int = 20,
        release: ReleasePolicy, prefire: PrefireRule.Settings, gates: QualityGates, estimator: EntropyEstimator,
        acceptsValidToolCalls: Bool = false, policy: String = "", prefireEconomics: PrefireEconomics? = nil
    ) {
        self.name = name
        self.drafter = drafter
        self.heavyweight = heavyweight
        self.drafterProvider = drafterProvider
        self.heavyweightProvider = heavyweightProvider
        self.strategy = strategy
        self.alternatives = alternatives
        self.topLogprobs = topLogprobs
        self.release = release
        self.prefire = prefire
        self.prefireEconomics = prefireEconomics
        self.gates = gates
        self.estimator = estimator
        self.acceptsValidToolCalls = acceptsValidToolCalls
        self.policy = policy
    }
}

/// What a second is worth and how fast the heavyweight is: with its price, what a pre-fire may gain and waste.
public struct PrefireEconomics: Sendable, Hashable {
    /// US dollars that one second of a client's waiting is worth.
    public var usdPerSecond: Double
    /// Output tokens a second.
    public var heavyweightTokensPerSecond: Double

    /// Output tokens that are billed after a disconnect, where an upstream goes on: an ordinary answer.
    private static let ordinaryAnswerTokens = 300.0

    public init(usdPerSecond: Double = 0.001, heavyweightTokensPerSecond: Double = 60) {
        self.usdPerSecond = usdPerSecond
        self.heavyweightTokensPerSecond = heavyweightTokensPerSecond
    }

    /// For one request.
    ///
    /// - Parameters:
    ///   - price: of the heavyweight.
    ///   - promptTokens: of the request.
    ///   - stopsBilling: the upstream's bill ends with the connection.
    public func value(price: PriceBook.Price, promptTokens: Int, stopsBilling: Bool) -> PrefireValue {
        let output = price.output / 1_000_000
        return PrefireValue(
            lambda: usdPerSecond, promptCostUSD: Double(max(0, promptTokens)) * price.input / 1_000_000,
            outputUSDPerSecond: output * heavyweightTokensPerSecond,
            outputUSDAfterDisconnect: stopsBilling ? 0 : output * Self.ordinaryAnswerTokens)
    }
}

/// The bounds and times every routed request obeys.
public struct CascadeLimits: Sendable, Hashable {
    /// Bytes of a leg that answers, held between socket and decoder before the socket is paused. Default 256 KiB.
    public var legBufferBytes = 262_144
    /// Bytes of a pre-fired heavyweight kept while the verdict is open; at the bound its socket is paused. Default 1 MiB.
    public var prefireBufferBytes = 1_048_576
    /// Bytes of a draft that may be held back; at the bound the draft is escalated. Default 16 MiB.
    public var heldBytes = 16_777_216
    /// Bytes of an answer that may be offered to the cache; a longer one is not collected. Default 256 KiB.
    public var cacheableBytes = 262_144
    /// Points of a decision's trace. Default 2,048.
    public var traceTokens = 2_048
    /// Silence towards the client after which a keep-alive comment is sent. Default 5 s.
    public var keepAlive = Duration.seconds(5)
    /// Silence of the drafter after which the hot standby is fired; `nil` = never. Default 3 s.
    public var stall: Duration? = .seconds(3)
    /// Keep the draft's text in the decision. Default false.
    public var recordsText = false

    public init() {}
}
