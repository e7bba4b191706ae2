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
        return .json(
            isDraining ? 503 : 200,
            [
                "status": isDraining ? "draining" : "ready",
                "inflight_requests": .int(Int64(admission.inFlight)),
                "max_concurrent_requests": .int(Int64(admission.limit)),
                "routes": .array(gateway.routeNames.map { .string($0) }),
                "providers": .array(gateway.providers.keys.sorted().map { .string($0) }),
            ])
    }
}
