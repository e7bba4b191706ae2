import ArgumentParser
import GatewayConfiguration
import Simulator

/// `qualm demo`: the gateway in front of the simulated upstream; everything works, nothing is paid.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the gateway with a simulated upstream: no key, no cost, everything to see.")

    @Option(help: "Listen on this port (0 = any free one). Default: QUALM_PORT, or 8080.")
    var port: Int?

    @Option(help: "Listen on this address. Default: QUALM_HOST, or 127.0.0.1.")
    var host: String?

    @Option(help: "Write the port to this file once the gateway listens.")
    var portFile: String?

    func run() async throws {
        var options = SimulatorOptions()
        options.scenario = .demo
        let simulator = try await Simulator.start(port: 0, options: options)
        var overrides: [ConfigurationOverride] = []
        if let port { overrides.append(ConfigurationOverride(key: "server.port", value: String(port), source: "--port")) }
        if let host { overrides.append(ConfigurationOverride(key: "server.host", value: host, source: "--host")) }
        let configuration = try ConfigurationSource.load(
            Array(Self.configurationText(upstreamPort: simulator.port).utf8), named: "demo.yaml", overrides: overrides)
        try await GatewayProcess(configuration: configuration, onlyProvider: "simulator").run { port in
            print(Self.greeting(port: port))
            if let portFile { try PortFile.write(port, to: portFile) }
        }
        try await simulator.stop()
    }

    private static func configurationText(upstreamPort port: Int) -> String {
        """
        providers:
          simulator:
            base_url: http://127.0.0.1:\(port)/v1
        routing:
          drafter: simulator:sim-drafter
          heavyweight: simulator:sim-heavyweight
        prices:
          "simulator:sim-drafter": {input: 0.10, output: 0.40}
          "simulator:sim-heavyweight": {input: 2.00, output: 8.00}
          "simulator:sim-embedder": {input: 0.02, output: 0}
        embeddings:
          model: simulator:sim-embedder
        prefire:
          budget_ratio: 1.0
        """
    }

    private static func greeting(port: Int) -> String {
        func curl(_ prompt: String) -> String {
            "  curl -N http://127.0.0.1:\(port)/v1/chat/completions -H 'content-type: application/json' \\\n"
                + "    -d '{\"model\":\"auto\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"\(prompt)\"}]}'"
        }
        return """
            qualm demo: no provider key is needed, both models are simulated.

            A draft that is shipped:
            \(curl("What is the capital of France?"))

            A pre-fire that is cancelled, because the drafter recovers:
            \(curl("Write a haiku about the sea."))

            An escalation:
            \(curl("Prove the Riemann hypothesis."))

            The last line before [DONE] says what happened. More: /v1/decisions, /stats, /metrics.
            """
    }
}
