import ArgumentParser
import FoundationEssentials
import GatewayConfiguration

/// `--config`, shared by the commands that read one.
struct ConfigurationSource: ParsableArguments {
    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "config.yaml"

    /// Reads and checks the file. Warnings go to standard error; problems, too, and end the process with status 78.
    ///
    /// - Parameter hides: warnings that are not shown: those about what the command does not use.
    func load(
        overrides: [ConfigurationOverride] = [], hiding hides: (ConfigurationProblem) -> Bool = { _ in false }
    ) throws -> GatewayConfiguration {
        guard let file = FileManager.default.contents(atPath: config) else {
            StandardError.write("qualm: \(config): cannot be read; --config names the configuration file\n")
            throw ExitCode(78)
        }
        return try Self.load(Array(file), named: config, overrides: overrides, hiding: hides)
    }

    static func load(
        _ bytes: [UInt8], named name: String, overrides: [ConfigurationOverride],
        hiding hides: (ConfigurationProblem) -> Bool = { _ in false }
    ) throws -> GatewayConfiguration {
        do {
            let (configuration, warnings) = try GatewayConfiguration.load(
                bytes, fileName: name, environment: ProcessInfo.processInfo.environment, flags: overrides)
            for warning in warnings where !hides(warning) { StandardError.write(warning.rendered() + "\n") }
            return configuration
        } catch {
            StandardError.write(error.rendered() + "\n")
            throw ExitCode(78)
        }
    }
}
