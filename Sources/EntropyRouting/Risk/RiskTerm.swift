/// One feature of a risk model with its standardisation and coefficient.
public struct RiskTerm: Sendable, Hashable {
    /// How a feature enters before it is standardised.
    public enum Scale: String, Sendable, Hashable, CaseIterable {
        case linear
        /// log10(value + 1e-6): strong models' entropies range over six decades.
        case log10
    }

    public let feature: RiskFeature
    public let scale: Scale
    /// Mean of the scaled feature over the training drafts.
    public let mean: Double
    /// Its standard deviation there, above 0.
    public let deviation: Double
    /// Log-odds per standard deviation.
    public let coefficient: Double

    /// - Throws: ``RiskModelError`` when a number is not finite, the deviation not above 0, or a signed feature is to be logged.
    public init(
        _ feature: RiskFeature, scale: Scale = .linear, mean: Double, deviation: Double, coefficient: Double
    ) throws(RiskModelError) {
        func finite(_ value: Double, _ member: String) throws(RiskModelError) {
            if value.isFinite { return }
            throw .outOfRange(member: "features.\(feature.rawValue).\(member)", value: "\(value)", expected: "a finite number")
        }
        try finite(mean, "mean")
        try finite(deviation, "deviation")
        try finite(coefficient, "coefficient")
        guard deviation > 0 else {
            throw .outOfRange(member: "features.\(feature.rawValue).deviation", value: "\(deviation)", expected: "above 0")
        }
        if scale == .log10, feature.isSigned {
            throw .outOfRange(
                member: "features.\(feature.rawValue).scale", value: "log10", expected: "linear: the feature is a logarithm already")
        }
        self.feature = feature
        self.scale = scale
        self.mean = mean
        self.deviation = deviation
        self.coefficient = coefficient
    }

    /// The same, with the feature by its artefact name.
    ///
    /// - Throws: ``RiskModelError/unknownFeature(_:)`` besides the above.
    public init(
        named name: String, scale: Scale = .linear, mean: Double, deviation: Double, coefficient: Double
    ) throws(RiskModelError) {
        guard let feature = RiskFeature(rawValue: name) else { throw .unknownFeature(name) }
        try self.init(feature, scale: scale, mean: mean, deviation: deviation, coefficient: coefficient)
    }

    /// Log-odds that a value of the feature adds: coefficient x (scaled value - mean) / deviation.
    public func contribution(of value: Double) -> Double {
        let scaled = scale == .linear ? value : ElementaryFunctions.decimalLogarithm(value + DraftStatistics.logOffset)
        return coefficient * (scaled - mean) / deviation
    }
}
