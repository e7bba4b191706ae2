import GatewayConfiguration
import Testing

@Suite struct DefaultsTests {
    @Test func anEmptyFileHasTheDocumentedDefaults() throws {
        let (configuration, warnings) = try load("")
        #expect(warnings.isEmpty)

        let server = configuration.server
        #expect(server.host == "127.0.0.1")
        #expect(server.port == 8080)
        #expect(server.maxBodyBytes == 10 * 1024 * 1024)
        #expect(server.maxConcurrentRequests == 2048)
        #expect(server.drain == .seconds(30))
        #expect(server.eventLoops == 0)
        #expect(server.idleTimeout == .seconds(120))
        #expect(server.apiKeys.isEmpty)

        let routing = configuration.routing
        #expect(routing.drafter == ConfiguredModel(provider: "openai", model: "gpt-4.1-nano"))
        #expect(routing.heavyweight == ConfiguredModel(provider: "openai", model: "gpt-4.1"))
        #expect(routing.strategy == .window)
        #expect(routing.topLogprobs == 20)
        #expect(routing.windowTokens == 10)
        #expect(routing.earlyExitTokens == 10)
        #expect(routing.thresholdBits == 1.5)
        #expect(routing.prefireRatio == 0.8)
        #expect(routing.riskModel == nil)
        #expect(routing.riskThreshold == nil)
        #expect(routing.drafterWithoutLogprobs == .escalate)

        let gates = configuration.gates
        #expect(
            [gates.emptyAnswer, gates.length, gates.structuredOutput, gates.toolCalls, gates.refusal, gates.contentFilter].allSatisfy { $0 }
        )

        let prefire = configuration.prefire
        #expect(prefire.isEnabled)
        #expect(prefire.budgetRatio == 0.15)
        #expect(prefire.burst == 10)
        #expect(prefire.cancelRatio == 0.4)
        #expect(prefire.cancelAfterTokens == 2)
        #expect(prefire.refractoryTokens == 8)
        #expect(prefire.maxCancels == 1)
        #expect(prefire.bufferBytes == 1_048_576)
        #expect(prefire.stall == .milliseconds(3000))

        #expect(configuration.release.mode == .auto)
        #expect(configuration.release.tokens == 16)
        #expect(configuration.release.keepalive == .seconds(5))

        #expect(configuration.routes.map(\.name) == ["auto"])
        #expect(configuration.routes.first?.routing == routing)
        #expect(configuration.routes.first?.release == configuration.release)

        let decisions = configuration.decisions
        #expect(decisions.capacity == 1000)
        #expect(decisions.traceTokens == 2048)
        #expect(decisions.traceTokensTotal == 262_144)
        #expect(!decisions.recordText)

        #expect(configuration.transport.threads == 1)
        #expect(configuration.transport.bufferBytes == 262_144)
        #expect(configuration.transport.http2)
        #expect(configuration.logging.level == .info)
    }

    @Test func theBuiltInProvidersExistWithoutAFile() throws {
        let configuration = try load("").configuration
        #expect(configuration.providers.map(\.name) == ["openai", "openrouter", "ollama", "vllm", "llamacpp"])
        let openAI = try #require(configuration.provider(named: "openai"))
        #expect(openAI.baseURL == "https://api.openai.com/v1")
        #expect(openAI.apiKey?.reveal == "key")
        #expect(openAI.headers.isEmpty)
        #expect(openAI.logprobs && openAI.streamUsage && openAI.stopsBillingOnDisconnect)
        #expect(openAI.maxTopLogprobs == 20)
        #expect(openAI.vocabularySize == 200_019)
        #expect(openAI.connectTimeout == .seconds(10))
        #expect(openAI.firstByteTimeout == .seconds(60))
        #expect(openAI.idleTimeout == .seconds(60))
        #expect(openAI.caFile == nil)
    }

    @Test(arguments: [
        ("gpt-4.1-nano", 0.10, 0.40, 0.025), ("gpt-4.1-mini", 0.40, 1.60, 0.10), ("gpt-4.1", 2, 8, 0.50),
        ("gpt-4o-mini", 0.15, 0.60, 0.075),
        ("gpt-4o", 2.50, 10, 1.25),
    ])
    func theBuiltInPricesAreKnownAndOthersUnknown(model: String, input: Double, output: Double, cachedInput: Double) throws {
        let prices = try load("").configuration.prices
        #expect(prices.price(provider: "openai", model: model) == ModelPrice(input: input, output: output, cachedInput: cachedInput))
        #expect(prices.price(provider: "openai", model: model + "-x") == nil)
        #expect(prices.price(provider: "openrouter", model: model) == nil)
        #expect(prices.prices.count == 6)
    }

    @Test(arguments: ["server:", "server: {}", "server: ~", "# nothing\n", "---\n", "\u{FEFF}server:\n"])
    func emptySectionsAreDefaults(text: String) throws {
        #expect(try load(text).configuration == load("").configuration)
    }
}
