import ArgumentParser
import FoundationEssentials
import GatewayConfiguration

/// `--config`, shared by the commands that read one.
struct ConfigurationSource: ParsableArguments {
    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "config.yaml"

    /// Reads and checks the file. Warnings go to standard error; problems, too, and end the process with status 78.
    func load(overrides: [ConfigurationOverride] = []) throws -> GatewayConfiguration {
        guard let file = FileManager.default.contents(atPath: config) else {
            StandardError.write("qualm: \(config): cannot be read; --config names the configuration file\n")
            throw ExitCode(78)
        }
        return try Self.load(Array(file), named: config, overrides: overrides)
    }

    static func load(_ bytes: [UInt8], named name: String, overrides: [ConfigurationOverride]) throws -> GatewayConfiguration {
        do {
            let (configuration, warnings) = try GatewayConfiguration.load(
                bytes, fileName: name, environment: ProcessInfo.processInfo.environment, flags: overrides)
            for warning in warnings { StandardError.write(warning.rendered() + "\n") }
            return configuration
        } catch {
            StandardError.write(error.rendered() + "\n")
            throw ExitCode(78)
        }
    }
}
