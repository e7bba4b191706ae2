import Cascade
import ChatAPI
import HTTPTypes

/// `POST /v1/embeddings`: the client's bytes to the model it names, and that model's bytes back. Neither routed nor cached.
struct EmbeddingsEndpoint: AnsweringEndpoint {
    let gateway: Gateway
    let admission: Admission
    let ids: RequestIDs

    func answer(_ request: IncomingRequest, _ sink: ClientSink, _ connection: ClientConnection) async throws {
        let embeddings: EmbeddingsRequest
        let controls: RoutingControls
        do throws(ChatRequestError) {
            embeddings = try EmbeddingsRequest.decode(request.body)
            controls = try request.controls(over: embeddings.controls)
        } catch {
            throw APIError.invalidRequest(error)
        }
        // Vectors are never stored: a client that wants a stored answer or none gets none.
        if controls.cache == .onlyIfCached { throw APIError.notCached() }
        switch gateway.resolve(embeddings.model) {
        case nil: throw APIError.modelNotFound(embeddings.model)
        case .route(let route): throw APIError.invalidRequest(hint(route.name), param: "model")
        case .direct(let model, let provider): try await ask(model, provider, embeddings, request, sink, connection)
        }
    }

    private func ask(
        _ model: ModelName, _ provider: any CompletionProvider, _ embeddings: EmbeddingsRequest, _ request: IncomingRequest,
        _ sink: ClientSink, _ connection: ClientConnection
    ) async throws {
        let decisionID = ids.make("dec_")
        sink.decisionID = decisionID
        let direct = DirectRequest(
            id: sink.requestID, decisionID: decisionID, acceptedAt: request.acceptedAt, createdAt: WallClock.now(), embeddings: embeddings,
            model: model, provider: provider, estimatedPromptTokens: embeddings.estimatedTokens)
        _ = try await gateway.executor.runDirect(direct, encoder: .whole { body, _ in body }, sink: sink) { run in
            connection.onClose { run.cancel() }
        }
    }

    /// A route stands for chat models: whichever of them answered, its vectors would compare with nobody else's.
    private func hint(_ route: String) -> String {
        let provider = gateway.providers.keys.min() ?? "provider"
        return "The route '\(route)' is for chats. Name the embedding model itself, as 'provider:model': "
            + "for example '\(provider):text-embedding-3-small'."
    }
}
