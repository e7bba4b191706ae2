import ArgumentParser
import GatewayConfiguration

/// `qualm serve`: the gateway.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Start the gateway.")

    @OptionGroup var source: ConfigurationSource

    @Option(help: "Listen on this port (0 = any free one). Overrides QUALM_PORT and the file.")
    var port: Int?

    @Option(help: "Listen on this address. Overrides QUALM_HOST and the file.")
    var host: String?

    @Option(help: "Write the port to this file once the gateway listens.")
    var portFile: String?

    func run() async throws {
        let configuration = try source.load(overrides: overrides)
        try await GatewayProcess(configuration: configuration).run { port in
            if let portFile { try PortFile.write(port, to: portFile) }
        }
    }

    private var overrides: [ConfigurationOverride] {
        var overrides: [ConfigurationOverride] = []
        if let port { overrides.append(ConfigurationOverride(key: "server.port", value: String(port), source: "--port")) }
        if let host { overrides.append(ConfigurationOverride(key: "server.host", value: host, source: "--host")) }
        return overrides
    }
}
