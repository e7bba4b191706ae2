/// How a draft's uncertainty becomes a verdict. An enum: no existential is opened per token.
public enum RoutingStrategy: Sendable {
    case window(WindowStrategy)
    case risk(RiskStrategy)

    /// W of the statistics the strategy looks at.
    public var windowTokens: Int {
        switch self {
        case .window(let strategy): strategy.windowTokens
        case .risk(let strategy): strategy.model.windowTokens
        }
    }

    /// In bits for the window strategy; for the risk strategy a probability, the greatest over the classes.
    public var threshold: Double {
        switch self {
        case .window(let strategy): strategy.thresholdBits
        case .risk(let strategy): strategy.thresholds.greatest
        }
    }

    /// The name in configuration, headers and metrics.
    public var name: String {
        switch self {
        case .window: "window"
        case .risk: "risk"
        }
    }
}
