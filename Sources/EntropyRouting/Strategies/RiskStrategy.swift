/// The calibrated rule: ship a draft whose risk, P(unacceptable), is at most the certified threshold; reject it above.
///
/// The certified rule is defined on the full trace, so while the draft streams this strategy only tells calm from doubt.
public struct RiskStrategy: Sendable {
    /// Fitted for one drafter, provider and signal tier.
    public let model: RiskModel
    /// Up to which risk a draft is shipped, by class.
    public let thresholds: RiskThresholds
    /// Share of the threshold at which doubt begins, above 0 up to 1.
    public let prefireRatio: Double

    /// - Parameters:
    ///   - model: for the drafter whose drafts are watched.
    ///   - threshold: for every class; `nil` takes those certified for the model.
    ///   - prefireRatio: share of the threshold at which doubt begins.
    /// - Throws: ``ParameterError`` naming the first parameter out of its range, or the threshold that is neither given nor the model's.
    public init(model: RiskModel, threshold given: Double? = nil, prefireRatio: Double = 0.8) throws(ParameterError) {
        if let given, !(given > 0 && given <= 1) {
            throw ParameterError("risk threshold", is: "\(given)", expected: "a probability above 0, at most 1")
        }
        guard let thresholds = try given.map({ level throws(ParameterError) in try RiskThresholds(overall: level) }) ?? model.thresholds
        else {
            throw ParameterError("risk threshold", is: "not set", expected: "a probability, since the risk model has no certified one")
        }
        guard prefireRatio > 0, prefireRatio <= 1 else {
            throw ParameterError("prefire_ratio", is: "\(prefireRatio)", expected: "above 0, at most 1")
        }
        self.model = model
        self.thresholds = thresholds
        self.prefireRatio = prefireRatio
    }

    /// The same rule with no level above `cap`, 0...1.
    public func capped(at cap: Double) -> RiskStrategy {
        RiskStrategy(model: model, thresholds: thresholds.capped(at: cap), valid: prefireRatio)
    }

    /// While the draft streams: doubt from `prefireRatio` of the class's threshold on, else calm.
    public func streamingLevel(_ risk: Double, _ taskClass: TaskClass) -> Assessment.Level {
        risk >= prefireRatio * thresholds[taskClass] ? .doubt : .calm
    }

    /// At the end: reject above the class's threshold, and everything of a class that ships nothing. A draft that is shipped may still
    /// carry doubt.
    public func finalLevel(_ risk: Double, _ taskClass: TaskClass) -> Assessment.Level {
        let threshold = thresholds[taskClass]
        return risk > threshold || threshold == 0 ? .reject : streamingLevel(risk, taskClass)
    }

    private init(model: RiskModel, thresholds: RiskThresholds, valid prefireRatio: Double) {
        self.model = model
        self.thresholds = thresholds
        self.prefireRatio = prefireRatio
    }
}
