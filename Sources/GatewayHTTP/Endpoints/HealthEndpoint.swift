import Cascade
import FastJSON

/// `GET /health`: the process is alive. `GET /ready`: it takes requests.
struct HealthEndpoint {
    let gateway: Gateway
    let admission: Admission

    func health() -> PlainResponse {
        .json(200, ["status": "ok", "version": .string(gateway.settings.version)])
    }

    func ready() -> PlainResponse {
        let isDraining = admission.isDraining
        var members: [JSONMember] = [
            JSONMember("status", isDraining ? "draining" : "ready"),
            JSONMember("inflight_requests", .int(Int64(admission.inFlight))),
            JSONMember("max_concurrent_requests", .int(Int64(admission.limit))),
            JSONMember("routes", .array(gateway.routeNames.map { .string($0) })),
            JSONMember("providers", .array(gateway.providers.keys.sorted().map { .string($0) })),
        ]
        // A tightened or stale rule is safe, and so it takes requests; but somebody has to know.
        let concerns = gateway.oversight?.snapshot.concerns ?? []
        if !concerns.isEmpty { members.append(JSONMember("calibration", .array(concerns.map { .string($0) }))) }
        return .json(isDraining ? 503 : 200, .object(members))
    }
}
