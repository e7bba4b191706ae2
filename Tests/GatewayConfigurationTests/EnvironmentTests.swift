import GatewayConfiguration
import Testing

@Suite struct EnvironmentTests {
    @Test(arguments: [
        ("${A}", "one"), ("x-${A}-${B}", "x-one-two"), ("${A:-no}", "one"), ("${EMPTY:-yes}", "yes"), ("${UNSET:-yes}", "yes"),
        ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A", "$A"), ("100$", "100$"), ("$", "$"), ("${UNSET:-a:-b}", "a:-b"),
        ("${UNSET:-$}", "$"), ("${DOLLAR}", "${A}"), ("a${UNSET:-}b", "ab"),
    ])
    func valuesAreExpandedOnce(written: String, expected: String) throws {
        let environment = ["A": "one", "B": "two", "EMPTY": "", "DOLLAR": "${A}", "OPENAI_API_KEY": "key"]
        let text = "routing:\n  strategy: risk\n  risk_model: \"\(written)\"\n"
        #expect(try load(text, environment: environment).configuration.routing.riskModel == expected)
    }

    @Test(arguments: ["${}", "${1A}", "${A B}", "${A:+x}", "${A:x}", "${A"])
    func malformedReferencesAreErrors(written: String) {
        let found = problems("server:\n  host: \"\(written)\"\n", environment: ["A": "a", "OPENAI_API_KEY": "key"])
        #expect(found.map(\.severity) == [.error])
        #expect(found.first?.place?.line == 2)
    }

    @Test func keysAreNotExpandedAndValuesAreNotYAML() {
        #expect(
            problems("${SECTION}: {}", environment: ["SECTION": "server", "OPENAI_API_KEY": "key"]).first?.message.hasPrefix("unknown key")
                == true)
        let injected = problems("server:\n  host: ${HOST}\n", environment: ["HOST": "h\nport: 1", "OPENAI_API_KEY": "key"])
        #expect(injected.map(\.severity) == [.error])
    }

    @Test func numbersAndTruthValuesMayComeFromVariablesInQuotes() throws {
        let text = "server: {port: \"${P}\"}\ngates: {length: '${L}'}\nrouting:\n  threshold_bits: ${T:-0.5}\n"
        let configuration = try load(text, environment: ["P": "9", "L": "false", "OPENAI_API_KEY": "key"]).configuration
        #expect(configuration.server.port == 9)
        #expect(!configuration.gates.length)
        #expect(configuration.routing.thresholdBits == 0.5)
    }

    @Test func flagsBeatTheEnvironmentBeatsTheFileBeatsTheDefault() throws {
        let file = "server: {port: 2, host: file.example}\n"
        let flag = ConfigurationOverride(key: "server.port", value: "4", source: "--port")
        #expect(try load("").configuration.server.port == 8080)
        #expect(try load(file).configuration.server.port == 2)
        let environment = ["QUALM_PORT": "3", "QUALM_HOST": "127.0.0.3", "LOG_LEVEL": "debug", "OPENAI_API_KEY": "key"]
        let fromEnvironment = try load(file, environment: environment).configuration
        #expect(fromEnvironment.server.port == 3)
        #expect(fromEnvironment.server.host == "127.0.0.3")
        #expect(fromEnvironment.logging.level == .debug)
        #expect(try load(file, environment: environment, flags: [flag]).configuration.server.port == 4)
        #expect(try load(file, environment: ["QUALM_PORT": "", "OPENAI_API_KEY": "key"]).configuration.server.port == 2)
        let later = ConfigurationOverride(key: "server.port", value: "5", source: "--set")
        #expect(try load(file, flags: [flag, later]).configuration.server.port == 5)
    }

    @Test func wrongFlagsAndVariablesAreToldByTheirName() {
        let flags = [
            ConfigurationOverride(key: "server.port", value: "http", source: "--port"),
            ConfigurationOverride(key: "routing.treshold_bits", value: "1", source: "--set"),
        ]
        let found = problems("", environment: ["LOG_LEVEL": "chatty", "OPENAI_API_KEY": "key"], flags: flags).map { $0.rendered() }
        #expect(
            found == [
                "--port: error: 'server.port' must be an integer from 0 to 65535, not 'http'",
                "--set: error: unknown key 'routing.treshold_bits'; did you mean 'routing.threshold_bits'?",
                "LOG_LEVEL: error: 'logging.level' must be one of trace, debug, info, notice, warning, error, critical, not 'chatty'",
            ])
    }
}
