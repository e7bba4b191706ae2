import Foundation
import GatewayConfiguration
import Testing

/// Loads a text the way the gateway does, with a key so that the warning about a missing one stays away.
func load(
    _ text: String,
    environment: [String: String] = ["OPENAI_API_KEY": "key"],
    flags: [ConfigurationOverride] = []
) throws(InvalidConfiguration) -> (configuration: GatewayConfiguration, warnings: [ConfigurationProblem]) {
    try GatewayConfiguration.load(Array(text.utf8), fileName: "config.yaml", environment: environment, flags: flags)
}

/// The problems of a text: those it is refused for, else its warnings.
func problems(
    _ text: String,
    environment: [String: String] = ["OPENAI_API_KEY": "key"],
    flags: [ConfigurationOverride] = []
) -> [ConfigurationProblem] {
    do throws(InvalidConfiguration) {
        return try load(text, environment: environment, flags: flags).warnings
    } catch {
        return error.problems
    }
}

/// A file of the repository, by its path from the root.
func repositoryFile(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

/// splitmix64: the seed is the test's argument.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
