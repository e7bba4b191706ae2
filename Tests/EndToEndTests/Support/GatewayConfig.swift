/// A configuration file whose one provider, `sim`, is a simulator in the test's process.
struct GatewayConfig {
    /// What `sim` wants to see and nobody else may: looked for in every response and in all that the process writes.
    static let providerKey = "sk-e2e-0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    /// One more name that a client may send as `model`.
    struct Route {
        var name: String
        var drafter: String
        var heavyweight: String
    }

    var routes: [Route] = []
    var drainSeconds = 10
    /// Lines of each section, as in the file and without their indentation.
    var server: [String] = []
    var routing: [String] = []
    var prefire: [String] = []
    var release: [String] = []
    /// Lines of the provider `sim`.
    var sim: [String] = []
    /// More entries of `providers`.
    var providers: [String] = []
    /// Sections that are written as they are.
    var more = ""
    /// Whether models have prices.
    var isPriced = true

    /// The route `auto`.
    var drafter = "auto-drafter-n12"
    var heavyweight = "auto-expert-n12"

    func yaml(simulatorPort: Int) -> String {
        func section(_ name: String, _ lines: [String]) -> String {
            "\(name):\n" + lines.map { "  \($0)\n" }.joined()
        }
        let upstream = ["base_url: http://127.0.0.1:\(simulatorPort)/v1", "api_key: \(Self.providerKey)"] + sim
        var text = section("server", ["event_loops: 2", "drain_seconds: \(drainSeconds)"] + server)
        text += section("routing", ["drafter: sim:\(drafter)", "heavyweight: sim:\(heavyweight)"] + routing)
        text += section("prefire", ["budget_ratio: 1.0", "burst: 10000"] + prefire)
        if !release.isEmpty { text += section("release", release) }
        text += "providers:\n  sim:\n" + upstream.map { "    \($0)\n" }.joined() + providers.map { "  \($0)\n" }.joined()
        if !routes.isEmpty {
            text += "routes:\n"
            for route in routes {
                text += "  \(route.name):\n    drafter: sim:\(route.drafter)\n    heavyweight: sim:\(route.heavyweight)\n"
            }
        }
        if isPriced {
            let drafters = Set([drafter] + routes.map(\.drafter)).sorted()
            let heavyweights = Set([heavyweight] + routes.map(\.heavyweight)).subtracting(drafters).sorted()
            text += "prices:\n"
            for model in drafters { text += "  \"sim:\(model)\": {input: 0.1, output: 0.4}\n" }
            for model in heavyweights { text += "  \"sim:\(model)\": {input: 2, output: 8}\n" }
        }
        return text + more
    }
}
