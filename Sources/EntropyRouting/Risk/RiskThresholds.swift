/// Up to which risk a draft is shipped, by task class. A level of 0 ships nothing: the class escalates.
public struct RiskThresholds: Sendable, Hashable {
    /// For a class without a level of its own, 0...1.
    public let overall: Double
    /// Levels of their own, 0...1: those of a certificate by class, where a class with too few labels has 0.
    public let byClass: [TaskClass: Double]

    /// - Throws: ``ParameterError`` for a level that is not in 0...1, or when no level is above 0.
    public init(overall: Double, byClass: [TaskClass: Double] = [:]) throws(ParameterError) {
        for level in [overall] + TaskClass.allCases.compactMap({ byClass[$0] }) where !(level >= 0 && level <= 1) {
            throw ParameterError("risk threshold", is: "\(level)", expected: "a probability above 0, at most 1")
        }
        guard overall > 0 || byClass.values.contains(where: { $0 > 0 }) else {
            throw ParameterError("risk threshold", is: "\(overall)", expected: "a probability above 0, at most 1")
        }
        self.init(valid: overall, byClass)
    }

    /// The level of a class.
    public subscript(taskClass: TaskClass) -> Double { byClass[taskClass] ?? overall }

    /// The greatest level of any class.
    public var greatest: Double { byClass.values.reduce(overall, max) }

    /// No level above `cap`: what an alarm leaves. At 0 nothing is shipped any more.
    public func capped(at cap: Double) -> RiskThresholds {
        RiskThresholds(valid: min(overall, max(0, cap)), byClass.mapValues { min($0, max(0, cap)) })
    }

    private init(valid overall: Double, _ byClass: [TaskClass: Double]) {
        self.overall = overall
        self.byClass = byClass
    }
}
