public import Cascade
public import EntropyRouting

/// A route as the oversight sees it.
public struct AuditedRoute: Sendable {
    public var name: String
    public var drafter: ModelName
    public var heavyweight: ModelName
    public var heavyweightProvider: any CompletionProvider
    /// The risk rule of the route, its own or the one that clients may choose; `nil` when it has none.
    public var risk: RiskStrategy?
    /// What judges requests that the calibration does not cover; `nil` ships none of them.
    public var fallback: RoutingStrategy?
    /// The temperature at which the drafter samples when a client names none; `nil` takes such a request for one of the calibrated temperature.
    public var temperature: Double?

    /// - Parameters:
    ///   - fallback: ``CalibrationFallback/window`` becomes ``CalibrationFallback/escalate`` where the route has no window rule.
    ///   - temperature: of requests that name none. Default 1, that of OpenAI's API reference.
    public init(_ route: CascadeRoute, fallback: CalibrationFallback, temperature: Double? = 1) {
        self.temperature = temperature
        name = route.name
        drafter = route.drafter
        heavyweight = route.heavyweight
        heavyweightProvider = route.heavyweightProvider
        let rules = [route.strategy] + route.alternatives.sorted { $0.key < $1.key }.map(\.value)
        risk = rules.lazy.compactMap { if case .risk(let rule) = $0 { rule } else { nil } }.first
        self.fallback =
            switch fallback {
            case .window: rules.first { if case .window = $0 { true } else { false } }
            case .escalate: nil
            }
    }
}
