import Cascade
import ChatAPI
import EntropyRouting
import GatewayMetrics
import HTTPTypes

/// `POST /v1/chat/completions`: accept, then hand over to the cascade or to the named model.
struct ChatCompletionsEndpoint: AnsweringEndpoint {
    let gateway: Gateway
    let admission: Admission
    let ids: RequestIDs

    func answer(_ request: IncomingRequest, _ sink: ClientSink, _ connection: ClientConnection) async throws {
        let chat: ChatRequest
        let controls: RoutingControls
        do throws(ChatRequestError) {
            chat = try ChatRequest.decode(request.body)
            controls = try request.controls(over: chat.controls)
        } catch {
            throw APIError.invalidRequest(error)
        }
        sink.isStreaming = chat.isStreaming
        let decisionID = ids.make("dec_")
        let context = RequestContext(id: sink.requestID, decisionID: decisionID, acceptedAt: request.acceptedAt, chat: chat)
        switch gateway.resolve(chat.model) {
        case nil:
            throw APIError.modelNotFound(chat.model, known: gateway.routeNames)
        case .direct(let model, let provider):
            try refuseToAsk(controls)
            try await direct(context, model, provider, sink, connection)
        case .route(let route) where chat.choiceCount > 1:
            try refuseToAsk(controls)
            // Several answers cannot be judged by one trace; the stronger model gives them.
            try await direct(
                context, route.heavyweight, route.heavyweightProvider, sink, connection, reason: "several_choices")
        case .route(let route):
            if gateway.executor.cache == nil { try refuseToAsk(controls) }
            try await routed(context, route, controls, request.headers, sink, connection)
        }
    }

    /// Where nothing is ever stored, a client that wants a stored answer or none gets none.
    private func refuseToAsk(_ controls: RoutingControls) throws(APIError) {
        if controls.cache == .onlyIfCached { throw .notCached() }
    }

    // MARK: Answer

    private struct RequestContext {
        var id: String
        var decisionID: String
        var acceptedAt: ContinuousClock.Instant
        var createdAt = WallClock.now()
        var chat: ChatRequest
    }

    private func direct(
        _ context: RequestContext, _ model: ModelName, _ provider: any CompletionProvider, _ sink: ClientSink,
        _ connection: ClientConnection,
        reason: String = "concrete_model"
    ) async throws {
        sink.decisionID = context.decisionID
        let request = DirectRequest(
            id: context.id, decisionID: context.decisionID, acceptedAt: context.acceptedAt, createdAt: context.createdAt,
            chat: context.chat,
            isStreaming: context.chat.isStreaming, model: model, provider: provider,
            estimatedPromptTokens: context.chat.body.count / Self.bytesPerToken, reason: reason)
        let encoder: DirectEncoder =
            context.chat.isStreaming ? .streaming(ChatStreamEncoder(context.chat, isTrimming: false)) : .whole(DirectBody.withMetadata)
        _ = try await gateway.executor.runDirect(request, encoder: encoder, sink: sink) { run in
            connection.onClose { run.cancel() }
        }
    }

    private func routed(
        _ context: RequestContext, _ route: CascadeRoute, _ controls: RoutingControls, _ headers: HTTPFields, _ sink: ClientSink,
        _ connection: ClientConnection
    ) async throws {
        let chat = context.chat
        let view: ChatRequest.RoutingView
        do throws(ChatRequestError) {
            view = try chat.routingView()
        } catch {
            throw APIError.invalidRequest(error)
        }
        if let strategy = controls.strategy?.rawValue, strategy != route.strategy.name, route.alternatives[strategy] == nil {
            throw APIError.invalidRequest(
                "The strategy '\(strategy)' is not available on the route '\(route.name)': no risk model is configured for it.",
                param: chat.controls.strategy == controls.strategy ? "qualm.strategy" : "x-qualm-strategy")
        }
        sink.decisionID = context.decisionID
        let promptTokens = (view.promptBytes + view.definitionBytes) / Self.bytesPerToken
        let control = EscalationControl(controls.escalate)
        var query: CacheQuery?
        if gateway.executor.cache != nil {
            query = CacheQuery(
                chat: chat, view: view, tenant: Tenant.names(in: headers),
                policy: "\(controls.strategy?.rawValue ?? route.strategy.name) \(route.policy)", promptTokens: promptTokens,
                control: control,
                directive: controls.cache.flatMap { CacheDirective(rawValue: $0.rawValue) })
        }
        let request = CascadeRequest(
            id: context.id, decisionID: context.decisionID, acceptedAt: context.acceptedAt, createdAt: context.createdAt, chat: chat,
            isStreaming: chat.isStreaming, control: control, release: route.release(controls),
            strategy: controls.strategy?.rawValue, taskClass: TaskClass.classify(view.lastUserText),
            estimatedPromptTokens: promptTokens, wantsJSON: view.responseFormat.isJSON,
            offersTools: !view.tools.isEmpty && view.toolChoice != .none,
            checker: RequestChecker(format: view.responseFormat, tools: view.tools),
            cacheQuery: query)
        let encoder: any AnswerEncoder =
            chat.isStreaming
            ? ChatStreamEncoder(chat, isTrimming: chat.topLogprobs != route.topLogprobs)
            : ChatBodyEncoder(chat, provider: route.drafter.provider, maxBytes: gateway.settings.maxAnswerBytes)
        _ = try await gateway.executor.run(request, on: route, encoder: encoder, sink: sink) { run in
            connection.onClose { run.cancel() }
        }
    }

    /// English and code come to about four bytes a token in every current tokeniser; only for estimates that are marked as such.
    private static let bytesPerToken = 4
}

extension EscalationControl {
    init(_ control: RoutingControls.Escalation?) {
        self =
            switch control {
            case .never: .never
            case .always: .always
            case .auto, nil: .auto
            }
    }
}

extension CascadeRoute {
    /// The client's release policy: its mode, its n, or both; `nil` when it named neither.
    func release(_ controls: RoutingControls) -> ReleasePolicy? {
        guard controls.release != nil || controls.releaseTokens != nil else { return nil }
        let mode = controls.release.flatMap { ReleaseMode(rawValue: $0.rawValue) } ?? release.mode
        return ReleasePolicy(mode: mode, tokens: controls.releaseTokens ?? release.tokens)
    }
}

extension StatusLabel {
    /// For requests that were turned away before anything was asked upstream.
    init(refused status: Int) {
        self =
            switch status {
            case 401: .unauthorized
            case 429, 503: .rejected
            case 500: .internalError
            default: .clientError
            }
    }
}

/// The request's own definition of a valid draft.
struct RequestChecker: DraftChecker {
    let format: ResponseFormat
    let tools: [ToolDefinition]

    func structuredOutputProblem(text: String) -> String? {
        StructuredOutputCheck.problem(text: text, format: format)
    }

    func toolCallProblem(calls: [DraftToolCall]) -> String? {
        ToolCallCheck.problem(calls: calls.map { (name: $0.name, argumentsJSON: $0.arguments) }, tools: tools)
    }
}
