import GatewayConfiguration
import Testing

@Suite struct SectionTests {
    @Test func aRouteTakesWhatItDoesNotSetFromRoutingAndRelease() throws {
        let configuration = try load(
            """
            routing: {threshold_bits: 2, window_tokens: 12}
            release: {tokens: 32, keepalive_seconds: 7}
            routes:
              careful: {threshold_bits: 1, release: {mode: buffered}}
              plain:
            """
        ).configuration
        #expect(configuration.routes.map(\.name) == ["auto", "careful", "plain"])
        let careful = try #require(configuration.route(named: "careful"))
        #expect(careful.routing.thresholdBits == 1)
        #expect(careful.routing.windowTokens == 12)
        #expect(careful.release.mode == .buffered)
        #expect(careful.release.tokens == 32)
        #expect(careful.release.keepalive == .seconds(7))
        #expect(configuration.route(named: "plain")?.routing == configuration.routing)
        #expect(configuration.route(named: "auto")?.routing == configuration.routing)
        #expect(configuration.route(named: "other") == nil)
    }

    @Test func dependentDefaultsGiveWay() throws {
        let configuration = try load("routing: {window_tokens: 4, prefire_ratio: 0.3}").configuration
        #expect(configuration.routing.earlyExitTokens == 4)
        #expect(configuration.prefire.cancelRatio == 0.3)
        #expect(try load("routes: {r: {prefire_ratio: 0.2}}").configuration.prefire.cancelRatio == 0.2)
    }

    @Test func aRouteKeepsTheCancelLevelUnderItsOwnPrefireLevel() {
        let found = problems("prefire: {cancel_ratio: 0.4}\nroutes: {r: {prefire_ratio: 0.2}}")
        #expect(found.map(\.message) == ["'prefire.cancel_ratio' must be at most 'routes.r.prefire_ratio' (0.2), not '0.4'"])
    }

    @Test func topLogprobsNeverExceedTheDraftersProvider() throws {
        let configuration = try load(
            """
            providers: {openai: {max_top_logprobs: 5}, big: {base_url: "http://b/v1"}}
            prices: {"big:m": {input: 0, output: 0}}
            routes: {wide: {drafter: "big:m"}}
            """
        ).configuration
        #expect(configuration.routing.topLogprobs == 5)
        #expect(configuration.route(named: "wide")?.routing.topLogprobs == 20)
    }

    @Test func anEntryOverridesABuiltInProviderKeyByKey() throws {
        let configuration = try load(
            """
            providers:
              openrouter:
                vocabulary_size: 128256
                headers: {X-Title: mine, X-Empty: "${NONE:-}", Accept: a b}
              local: {base_url: "http://[::1]:9000/v1/", connect_timeout_ms: 5, ca_file: ca.pem}
            """,
            environment: ["OPENROUTER_API_KEY": "or", "OPENROUTER_TITLE": "t", "OPENAI_API_KEY": "key"]
        ).configuration
        #expect(configuration.providers.map(\.name) == ["openai", "openrouter", "ollama", "vllm", "llamacpp", "local"])
        let openRouter = try #require(configuration.provider(named: "openrouter"))
        #expect(openRouter.baseURL == "https://openrouter.ai/api/v1")
        #expect(openRouter.apiKey == Secret("or"))
        #expect(openRouter.vocabularySize == 128_256)
        #expect(openRouter.headers == [.init(name: "X-Title", value: Secret("mine")), .init(name: "Accept", value: Secret("a b"))])
        let local = try #require(configuration.provider(named: "local"))
        #expect(local.baseURL == "http://[::1]:9000/v1")
        #expect(local.apiKey == nil)
        #expect(local.connectTimeout == .milliseconds(5))
        #expect(local.caFile == "ca.pem")
    }

    @Test func openRouterTakesItsHeadersFromTheEnvironment() throws {
        let environment = ["OPENROUTER_HTTP_REFERER": "https://me.example", "OPENAI_API_KEY": "key"]
        let headers = try load("", environment: environment).configuration.provider(named: "openrouter")?.headers
        #expect(headers == [.init(name: "HTTP-Referer", value: Secret("https://me.example"))])
    }

    @Test func pricesOfTheFileTakePrecedenceAndKeepTheRest() throws {
        let prices = try load(
            """
            prices:
              openai:gpt-4.1: {input: 1.75}
              ollama:llama3.1:8b: {input: 0, output: 0}
            """
        ).configuration.prices
        #expect(prices.price(provider: "openai", model: "gpt-4.1") == ModelPrice(input: 1.75, output: 8, cachedInput: 0.5))
        #expect(prices.price(of: ConfiguredModel(provider: "ollama", model: "llama3.1:8b")) == ModelPrice(input: 0, output: 0))
        #expect(prices.price(provider: "openai", model: "gpt-4o") != nil)
    }

    @Test func zeroTurnsTheStallStandbyOff() throws {
        #expect(try load("prefire: {stall_ms: 0}").configuration.prefire.stall == nil)
        #expect(try load("prefire: {stall_ms: 250}").configuration.prefire.stall == .milliseconds(250))
    }

    @Test func aliasesWorkAsWholeValues() throws {
        let configuration = try load("routes:\n  a: &base {threshold_bits: 0.5}\n  b: *base\n").configuration
        #expect(configuration.routes.map(\.routing.thresholdBits) == [1.5, 0.5, 0.5])
    }

    @Test(arguments: [
        ("openai:gpt-4.1", "openai", "gpt-4.1"), ("ollama:llama3.1:8b", "ollama", "llama3.1:8b"), ("openrouter:a/b", "openrouter", "a/b"),
    ])
    func theFirstColonSeparatesProviderAndModel(text: String, provider: String, model: String) {
        #expect(ConfiguredModel(text) == ConfiguredModel(provider: provider, model: model))
        #expect(ConfiguredModel(text)?.description == text)
    }

    @Test(arguments: ["", ":", "a:", ":b", "a", "a:b c", "a:\n", "a:\u{A0}"])
    func whatIsNoModelIsRefused(text: String) {
        #expect(ConfiguredModel(text) == nil)
    }

    /// Every bound of every integer key holds exactly, as the catalogue states it.
    @Test func everyIntegerKeyTakesItsBoundsAndNothingBeyond() throws {
        for key in GatewayConfiguration.keys where key.type == "integer" {
            let bounds = try #require(key.range).split(separator: "...").compactMap { Int($0) }
            try #require(bounds.count == 2)
            let section = key.section.replacing(".*", with: ".openai")
            for (value, isTaken) in [(bounds[0] - 1, false), (bounds[0], true), (bounds[1], true), (bounds[1] + 1, false)] {
                let path = "\(section).\(key.name)"
                let flags = [
                    ConfigurationOverride(key: path, value: String(value), source: "--set"),
                    // Room for early_exit_tokens, which is bounded by its neighbour too.
                    ConfigurationOverride(
                        key: "routing.window_tokens", value: key.name == "window_tokens" ? String(value) : "256", source: "--set"),
                ]
                let refused = problems("", flags: flags).contains { $0.severity == .error }
                #expect(refused == !isTaken, "\(path) = \(value)")
            }
        }
    }

    /// Whatever is done to the shipped file, loading ends with a configuration or with problems that point into it.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func aDamagedFileNeverTraps(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let shipped = try repositoryFile("config.yaml")
        let good = shipped.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n").utf8
        for _ in 0..<10 {
            var bytes = Array(good)
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = "${}[]:-#'\"&*\t\n 9é".utf8.randomElement(using: &random) ?? 0x20
                case 1: bytes.removeSubrange(place..<min(place + 5, bytes.count))
                default: bytes.insert(contentsOf: bytes[max(0, place - 20)..<place], at: place)
                }
            }
            do throws(InvalidConfiguration) {
                _ = try GatewayConfiguration.load(bytes, fileName: "config.yaml", environment: [:])
            } catch {
                let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }.count
                #expect(error.problems.contains { $0.severity == .error })
                for problem in error.problems {
                    if let place = problem.place { #expect((1...lines).contains(place.line) && place.column >= 1 && place.length >= 1) }
                    #expect(!problem.rendered().isEmpty)
                }
            }
        }
    }
}
