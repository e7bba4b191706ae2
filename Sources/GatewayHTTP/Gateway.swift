public import Cascade
public import GatewayMetrics

/// Everything the edge needs to answer requests: immutable after start-up, made by the composition root.
public struct Gateway: Sendable {
    /// Routes by the model name clients use: `auto` and the configured others.
    public var routes: [String: CascadeRoute]
    /// In the order of the configuration, for `GET /v1/models`.
    public var routeNames: [String]
    public var providers: [String: any CompletionProvider]
    /// Models that are listed and that may be asked for without their provider; from the routes and the price book.
    public var models: [ModelName]
    public var executor: CascadeExecutor
    public var metrics: GatewayMetrics
    public var statistics: GatewayStatistics
    public var decisions: DecisionLog
    public var settings: GatewaySettings
    /// Shows what watches over the calibrated routes; `nil` when nothing does.
    public var oversight: (any OversightReporting & FeedbackReceiver)?
    /// Seconds since 1970 of the oldest calibration in use; `nil` without one.
    public var calibratedAt: Double?
    /// Adds what only the composition root can see (open sockets) before the metrics are shown.
    public var sampleMetrics: @Sendable () -> Void

    public init(
        routes: [CascadeRoute], providers: [any CompletionProvider], models: [ModelName], executor: CascadeExecutor,
        metrics: GatewayMetrics,
        statistics: GatewayStatistics, decisions: DecisionLog, settings: GatewaySettings,
        oversight: (any OversightReporting & FeedbackReceiver)? = nil, calibratedAt: Double? = nil,
        sampleMetrics: @escaping @Sendable () -> Void = {}
    ) {
        self.routes = Dictionary(routes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.routeNames = routes.map(\.name)
        self.providers = Dictionary(providers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.models = models
        self.executor = executor
        self.metrics = metrics
        self.statistics = statistics
        self.decisions = decisions
        self.settings = settings
        self.oversight = oversight
        self.calibratedAt = calibratedAt
        self.sampleMetrics = sampleMetrics
    }
}

/// The edge's own settings.
public struct GatewaySettings: Sendable {
    /// Default 127.0.0.1.
    public var host = "127.0.0.1"
    /// 0 = any free port. Default 8080.
    public var port = 8080
    /// Default 10 MiB.
    public var maxBodyBytes = 10_485_760
    /// Bound of an answer that is collected because the client does not stream. Default 16 MiB.
    public var maxAnswerBytes = 16_777_216
    /// Requests in flight; more are refused with 429. Default 2,048.
    public var maxConcurrentRequests = 2_048
    /// How long requests in flight may go on after SIGTERM. Default 30 s.
    public var drain = Duration.seconds(30)
    /// Idle connections are closed after this. Default 120 s.
    public var idleTimeout = Duration.seconds(120)
    /// Client keys; empty lets everybody in.
    public var apiKeys: [String] = []
    public var version = "dev"

    public init() {}
}

extension GatewaySettings: CustomStringConvertible {
    /// Without the clients' keys.
    public var description: String { "GatewaySettings(\(host):\(port), \(apiKeys.count) keys)" }
}

/// What a `model` means.
enum ModelTarget {
    case route(CascadeRoute)
    case direct(ModelName, any CompletionProvider)
}

extension Gateway {
    /// A route by its name; `provider:model` or `provider/model` for exactly that model; or a listed model's bare name.
    func resolve(_ model: String) -> ModelTarget? {
        if let route = routes[model] { return .route(route) }
        if let separator = model.firstIndex(where: { $0 == ":" || $0 == "/" }) {
            let name = String(model[model.index(after: separator)...])
            if let provider = providers[String(model[..<separator])], !name.isEmpty {
                return .direct(ModelName(provider: provider.name, model: name), provider)
            }
        }
        guard let known = models.first(where: { $0.model == model }), let provider = providers[known.provider] else { return nil }
        return .direct(known, provider)
    }
}
