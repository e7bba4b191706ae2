/// The calibrated rule: ship a draft whose risk, P(unacceptable), is at most the certified threshold; reject it above.
///
/// The certified rule is defined on the full trace, so while the draft streams this strategy only tells calm from doubt.
public struct RiskStrategy: Sendable {
    /// Fitted for one drafter, provider and signal tier.
    public let model: RiskModel
    /// Probability, above 0 up to 1.
    public let threshold: Double
    /// Share of the threshold at which doubt begins, above 0 up to 1.
    public let prefireRatio: Double

    /// - Parameters:
    ///   - model: for the drafter whose drafts are watched.
    ///   - threshold: `nil` takes the one certified for the model.
    ///   - prefireRatio: share of the threshold at which doubt begins.
    /// - Throws: ``ParameterError`` naming the first parameter out of its range, or the threshold that is neither given nor the model's.
    public init(model: RiskModel, threshold given: Double? = nil, prefireRatio: Double = 0.8) throws(ParameterError) {
        guard let threshold = given ?? model.threshold else {
            throw ParameterError("risk threshold", is: "not set", expected: "a probability, since the risk model has no certified one")
        }
        guard threshold > 0, threshold <= 1 else {
            throw ParameterError("risk threshold", is: "\(threshold)", expected: "a probability above 0, at most 1")
        }
        guard prefireRatio > 0, prefireRatio <= 1 else {
            throw ParameterError("prefire_ratio", is: "\(prefireRatio)", expected: "above 0, at most 1")
        }
        self.model = model
        self.threshold = threshold
        self.prefireRatio = prefireRatio
    }

    /// While the draft streams: doubt from `prefireRatio` of the threshold on, else calm.
    public func streamingLevel(_ risk: Double) -> Assessment.Level { risk >= prefireRatio * threshold ? .doubt : .calm }

    /// At the end: reject above the threshold. A draft that is shipped may still carry doubt.
    public func finalLevel(_ risk: Double) -> Assessment.Level { risk > threshold ? .reject : streamingLevel(risk) }
}
