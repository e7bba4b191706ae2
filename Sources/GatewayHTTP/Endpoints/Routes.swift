import Cascade
import ChatAPI
import GatewayMetrics
import HTTPTypes

/// Every path of the gateway, in one place. Paths are matched without their query and without a slash at the end.
struct Routes: Sendable {
    let gateway: Gateway
    let admission: Admission
    let startedAt: Double
    let ids = RequestIDs()
    private let keys: BearerKeys
    private let chat: ChatCompletionsEndpoint
    private let embeddings: EmbeddingsEndpoint

    init(gateway: Gateway, admission: Admission, startedAt: Double) {
        self.gateway = gateway
        self.admission = admission
        self.startedAt = startedAt
        keys = BearerKeys(gateway.settings.apiKeys)
        chat = ChatCompletionsEndpoint(gateway: gateway, admission: admission, ids: ids)
        embeddings = EmbeddingsEndpoint(gateway: gateway, admission: admission, ids: ids)
    }

    /// Why a request will not be answered, as far as its head tells: decided before its body is read.
    func refusal(_ head: HTTPRequest) -> APIError? {
        let request = IncomingRequest(head: head, acceptedAt: .now)
        // An id that came out empty must not clear everything.
        let isEmptyID = request.path == "/v1/cache" && request.hasTrailingSlash
        guard !isEmptyID, let endpoint = Endpoint(request.path) else { return .notFound("The path '\(request.path.prefix(128))'") }
        guard endpoint.accepts(head.method) else { return .methodNotAllowed(head.method.rawValue, path: String(request.path)) }
        if !endpoint.isOpen {
            switch keys.check(head.headerFields) {
            case .accepted: break
            case .missing: return .invalidAPIKey(wasSent: false)
            case .wrong: return .invalidAPIKey(wasSent: true)
            }
        }
        return nil
    }

    /// Answers; returns when the last byte has been handed to the socket. Throws only when the connection must be closed.
    func respond(_ request: IncomingRequest, _ outbound: GatewayChannel.Outbound, _ connection: ClientConnection) async throws {
        let sink = ClientSink(outbound, requestID: ids.requestID(request.headers))
        guard let endpoint = Endpoint(request.path), request.refusal == nil else {
            let error = request.refusal ?? .notFound("The path")
            gateway.metrics.requests.increment(.none, StatusLabel(refused: error.status))
            var response = PlainResponse(error, allowing: Endpoint(request.path)?.methods ?? [])
            if request.closesConnection { response.headers.append((.connection, "close")) }
            return try await sink.refuse(response, omitsBody: request.method == .head)
        }
        switch endpoint {
        case .chat: try await chat.respond(request, sink, connection)
        case .embeddings: try await embeddings.respond(request, sink, connection)
        default: try await sink.refuse(answer(endpoint, request), omitsBody: request.method == .head)
        }
    }

    private func answer(_ endpoint: Endpoint, _ request: IncomingRequest) async -> PlainResponse {
        let models = ModelsEndpoint(gateway: gateway, startedAt: startedAt)
        let decisions = DecisionsEndpoint(decisions: gateway.decisions)
        let cache = CacheEndpoint(cache: gateway.executor.cache)
        switch endpoint {
        case .chat, .embeddings: return PlainResponse(.methodNotAllowed(request.method.rawValue, path: String(request.path)))
        case .models: return models.list()
        case .model(let id): return models.one(id)
        case .health: return HealthEndpoint(gateway: gateway, admission: admission).health()
        case .ready: return HealthEndpoint(gateway: gateway, admission: admission).ready()
        case .metrics: return metrics()
        case .stats: return StatsEndpoint(statistics: gateway.statistics, oversight: gateway.oversight).show()
        case .statsReset: return StatsEndpoint(statistics: gateway.statistics, oversight: gateway.oversight).reset()
        case .feedback: return FeedbackEndpoint(receiver: gateway.oversight).take(request.body)
        case .decisions: return decisions.list(limit: request.query("limit"))
        case .decision(let id): return decisions.one(id)
        case .cacheStats: return await cache.statistics()
        case .cache, .cacheClear: return await cache.clear()
        case .cacheEntry(let id): return await cache.remove(id)
        }
    }

    /// Prometheus text exposition 0.0.4.
    private func metrics() -> PlainResponse {
        gateway.metrics.ready.set(to: admission.isDraining ? 0 : 1)
        gateway.sampleMetrics()
        if let oversight = gateway.oversight {
            gateway.metrics.sample(oversight.snapshot, calibratedAt: gateway.calibratedAt)
        }
        return PlainResponse(
            contentType: "text/plain; version=0.0.4; charset=utf-8", body: gateway.metrics.registry.render())
    }
}

/// The small endpoints by their paths.
private enum Endpoint {
    case chat, embeddings, models, health, ready, metrics, stats, statsReset, decisions, feedback, cacheStats, cache, cacheClear
    case model(String)
    case decision(String)
    case cacheEntry(String)

    init?(_ path: Substring) {
        switch path {
        case "/v1/chat/completions": self = .chat
        case "/v1/embeddings": self = .embeddings
        case "/v1/models": self = .models
        case "/health": self = .health
        case "/ready": self = .ready
        case "/metrics": self = .metrics
        case "/stats": self = .stats
        case "/stats/reset": self = .statsReset
        case "/v1/decisions": self = .decisions
        case "/v1/feedback": self = .feedback
        case "/v1/cache/stats", "/cache/stats": self = .cacheStats
        case "/v1/cache": self = .cache
        case "/cache/clear": self = .cacheClear
        default:
            if let id = Self.rest(of: path, after: "/v1/models/") {
                self = .model(id)
            } else if let id = Self.rest(of: path, after: "/v1/decisions/"), !id.contains("/") {
                self = .decision(id)
            } else if let id = Self.rest(of: path, after: "/v1/cache/"), !id.contains("/") {
                self = .cacheEntry(id)
            } else {
                return nil
            }
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .chat, .embeddings, .statsReset, .feedback: [.post]
        case .cache, .cacheEntry: [.delete]
        // The gateways that have this path differ in its method.
        case .cacheClear: [.post, .delete]
        default: [.get, .head]
        }
    }

    func accepts(_ method: HTTPRequest.Method) -> Bool { methods.contains(method) }

    /// Probes and scrapers carry no keys; nothing they see is a client's.
    var isOpen: Bool {
        switch self {
        case .health, .ready, .metrics: true
        default: false
        }
    }

    private static func rest(of path: Substring, after prefix: String) -> String? {
        guard path.hasPrefix(prefix), path.count > prefix.count else { return nil }
        return PercentEncoding.decoded(path.dropFirst(prefix.count))
    }
}
