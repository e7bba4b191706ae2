import Cascade
import ChatAPI
import FastJSON

/// `GET /v1/models` and `/v1/models/{id}`: the routes first, then every model that may be named.
struct ModelsEndpoint {
    let gateway: Gateway
    let startedAt: Double

    func list() -> PlainResponse {
        .json(200, ["object": "list", "data": .array(all)])
    }

    func one(_ id: String) -> PlainResponse {
        if let known = all.first(where: { $0["id"]?.string == id }) { return .json(200, known) }
        // What can be asked for exists, even if nobody listed it: any model of a configured provider.
        if case .direct(let model, _) = gateway.resolve(id) { return .json(200, object(id, ownedBy: model.provider)) }
        return PlainResponse(.modelNotFound(id, known: gateway.routeNames))
    }

    private var all: [JSONValue] {
        gateway.routeNames.map { object($0, ownedBy: "qualm") } + gateway.models.map { object($0.qualified, ownedBy: $0.provider) }
    }

    private func object(_ id: String, ownedBy owner: String) -> JSONValue {
        ["id": .string(id), "object": "model", "created": .int(Int64(startedAt)), "owned_by": .string(owner)]
    }
}
