import GatewayConfiguration
import Testing

@Suite struct ProblemTests {
    @Test func allProblemsComeInOneRunInTheOrderOfTheFile() {
        let text = """
            server:
              port: 99999
              hots: 0.0.0.0
              drain_seconds: "30"
            routing:
            \u{20} threshhold_bits: 1.5
              drafter: opnai:gpt-4.1-nano
              window_tokens: 8
              early_exit_tokens: 9
              top_logprobs: 5
              top_logprobs: 6
            providers:
              local: {logprobs: false}
            threshold_bits: 2
            """
        let error = #expect(throws: InvalidConfiguration.self) { try load(text) }
        #expect(
            error?.rendered() == """
                config.yaml:2:9: error: 'server.port' must be an integer from 0 to 65535, not '99999'
                    2 |   port: 99999
                      |         ^~~~~
                config.yaml:3:3: error: unknown key 'hots' in 'server'; did you mean 'host'?
                    3 |   hots: 0.0.0.0
                      |   ^~~~
                config.yaml:4:18: error: 'server.drain_seconds' must be an integer from 0 to 3600 (seconds), not '30'; remove the quotes
                    4 |   drain_seconds: "30"
                      |                  ^~~~
                config.yaml:6:3: error: unknown key 'threshhold_bits' in 'routing'; did you mean 'threshold_bits'?
                    6 |   threshhold_bits: 1.5
                      |   ^~~~~~~~~~~~~~~
                config.yaml:7:12: error: unknown provider 'opnai' in 'routing.drafter'; did you mean 'openai:gpt-4.1-nano'?
                    7 |   drafter: opnai:gpt-4.1-nano
                      |            ^~~~~~~~~~~~~~~~~~
                config.yaml:9:22: error: 'routing.early_exit_tokens' must be at most 'window_tokens' (8), not '9'
                    9 |   early_exit_tokens: 9
                      |                      ^
                config.yaml:11:3: error: 'top_logprobs' stands here a second time; remove it, or the one in line 10
                   11 |   top_logprobs: 6
                      |   ^~~~~~~~~~~~
                config.yaml:13:3: error: 'providers.local' needs 'base_url': an http:// or https:// URL such as https://api.example.com/v1
                   13 |   local: {logprobs: false}
                      |   ^~~~~
                config.yaml:14:1: error: unknown key 'threshold_bits' at the top of the file; it belongs in 'routing'
                   14 | threshold_bits: 2
                      | ^~~~~~~~~~~~~~
                9 errors
                """)
    }

    @Test(arguments: [
        ("server: {port: 1.5}", "1:16", "'server.port' must be an integer from 0 to 65535, not '1.5'"),
        ("server: {port: 8_080}", "1:16", "'server.port' must be an integer from 0 to 65535, not '8_080'; write '8080'"),
        ("server: {port: [1]}", "1:16", "'server.port' must be an integer from 0 to 65535, not a list"),
        ("server:\n  port:\n", "2:3", "'server.port' must be an integer from 0 to 65535, not empty"),
        ("server: {port: '${P:-x}'}", "1:16", "'server.port' must be an integer from 0 to 65535, not 'x' (from '${P:-x}')"),
        ("server: {max_body_bytes: 1023}", "1:26", "'server.max_body_bytes' must be an integer from 1024 to 104857600, not '1023'"),
        ("server: 8080", "1:9", "'server' must be a mapping of keys to values, not a single value"),
        ("server: {host: ''}", "1:16", "'server.host' must be a host name or an address, such as 127.0.0.1, 0.0.0.0 or ::1, not ''"),
        (
            "server: {host: '${HOST}'}", "1:16",
            "'server.host' needs the environment variable 'HOST', which is not set; set it, or write '${HOST:-...}' with a default"
        ),
        ("server: {host: '${HOST'}", "1:16", "'server.host': '${' is not closed; write '${NAME}', or '$${' for a literal '${'"),
        ("routing: {threshold_bits: 0}", "1:27", "'routing.threshold_bits' must be a number more than 0 and at most 17.6, not '0'"),
        ("routing: {threshold_bits: 17.7}", "1:27", "'routing.threshold_bits' must be a number more than 0 and at most 17.6, not '17.7'"),
        (
            "routing: {threshold_bits: '1.5'}", "1:27",
            "'routing.threshold_bits' must be a number more than 0 and at most 17.6, not '1.5'; remove the quotes"
        ),
        (
            "routing:\n  threshold_bits: 1,5", "2:19",
            "'routing.threshold_bits' must be a number more than 0 and at most 17.6, not '1,5'; write '1.5'"
        ),
        ("routing: {threshold_bits: nan}", "1:27", "'routing.threshold_bits' must be a number more than 0 and at most 17.6, not 'nan'"),
        ("routing: {prefire_ratio: 0}", "1:26", "'routing.prefire_ratio' must be a number more than 0 and at most 1, not '0'"),
        ("routing: {strategy: windw}", "1:21", "'routing.strategy' must be one of window, risk, not 'windw'; did you mean 'window'?"),
        ("routing: {strategy: risk}", "1:21", "strategy 'risk' needs 'routing.risk_model': the path of a fitted risk model"),
        ("routing: {window_tokens: 257}", "1:26", "'routing.window_tokens' must be an integer from 1 to 256, not '257'"),
        (
            "routing: {drafter: gpt-4.1}", "1:20",
            "'routing.drafter' must be a provider and a model, such as openai:gpt-4.1-nano, not 'gpt-4.1'"
        ),
        (
            "routing: {drafter: openai/gpt-4.1}", "1:20",
            "'routing.drafter' must be a provider and a model, such as openai:gpt-4.1-nano, not 'openai/gpt-4.1'; "
                + "did you mean 'openai:gpt-4.1'?"
        ),
        (
            "routing: {heavyweight: 'zzz:m'}", "1:24",
            "unknown provider 'zzz' in 'routing.heavyweight'; known: openai, openrouter, ollama, vllm, llamacpp"
        ),
        ("gates: {length: yes}", "1:17", "'gates.length' must be true or false, not 'yes'; write 'true'"),
        ("gates: {length: 'true'}", "1:17", "'gates.length' must be true or false, not 'true'; remove the quotes"),
        ("prefire: {cancel_ratio: 0.9}", "1:25", "'prefire.cancel_ratio' must be at most 'routing.prefire_ratio' (0.8), not '0.9'"),
        ("prefire: {stall_ms: -1}", "1:21", "'prefire.stall_ms' must be an integer from 0 to 600000 (ms), not '-1'"),
        (
            "release: {mode: holdbck}", "1:17",
            "'release.mode' must be one of auto, boundary, buffered, holdback, commit, not 'holdbck'; did you mean 'holdback'?"
        ),
        ("release: {tokens: 0}", "1:19", "'release.tokens' must be an integer from 1 to 1024, not '0'"),
        ("routes: {auto: {}}", "1:10", "'auto' is always there and uses 'routing'; change 'routing' instead"),
        ("routes: {'a:b': {}}", "1:10", "'a:b' cannot be the name of a route; 1 to 64 letters, digits, '.', '_' and '-' make one"),
        (
            "routes: {r: {release: {keepalive_seconds: 1}}}", "1:24",
            "unknown key 'keepalive_seconds' in 'routes.r.release'; it belongs in 'release'"
        ),
        (
            "providers: {openai: {base_url: api.openai.com/v1}}", "1:32",
            "'providers.openai.base_url' must be an http:// or https:// URL such as https://api.example.com/v1, "
                + "not 'api.openai.com/v1'; it must begin with https:// or http://"
        ),
        (
            "providers: {openai: {base_url: 'https://h:0/v1'}}", "1:32",
            "'providers.openai.base_url' must be an http:// or https:// URL such as https://api.example.com/v1, "
                + "not 'https://h:0/v1'; the port is an integer from 1 to 65535"
        ),
        ("providers: {openai: {headers: {'a b': c}}}", "1:32", "'a b' cannot be the name of a header (RFC 9110, section 5.1)"),
        ("providers: {openai: {headers: {Content-Length: 1}}}", "1:32", "'Content-Length' is set by the gateway"),
        ("prices: {'openai:x': {input: 1}}", "1:10", "'prices.openai:x' needs 'output': a number from 0 to 1000000"),
        ("prices: {'opnai:x': {input: 1, output: 1}}", "1:10", "unknown provider 'opnai' in 'prices'; did you mean 'openai:x'?"),
        ("prices: {x: {input: 1, output: 1}}", "1:10", "'x' must be a provider and a model, such as openai:gpt-4.1-nano"),
        ("prices: {'openai:gpt-4.1': {input: -1}}", "1:36", "'prices.openai:gpt-4.1.input' must be a number from 0 to 1000000, not '-1'"),
        (
            "logging: {level: inf}", "1:18",
            "'logging.level' must be one of trace, debug, info, notice, warning, error, critical, not 'inf'; did you mean 'info'?"
        ),
        ("servr: {}", "1:1", "unknown key 'servr' at the top of the file; did you mean 'server'?"),
        ("- 1", "1:1", "the file must be a mapping of keys to values, not a list"),
        ("server: {<<: {port: 1}}", "1:10", "unknown key '<<' in 'server'; merge keys are not supported, an alias as the whole value is"),
    ])
    func eachMistakeIsToldWithItsPlaceAndWhatWouldBeRight(text: String, place: String, message: String) throws {
        let found = problems(text).filter { $0.severity == .error }
        #expect(found.map(\.message) == [message])
        #expect(found.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0)" } == [place])
    }

    @Test(arguments: [("server:\n\tport: 1\n", 2, "tab"), ("a: [1\nb: 2\n", 2, "flow"), ("server: 'x\n", 2, "quoted scalar")])
    func aSyntaxErrorStandsAlone(text: String, line: Int, word: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.severity == .error)
        #expect(found.first?.place?.line == line)
        #expect(found.first?.message.contains(word) == true, "\(found)")
    }

    @Test(arguments: [
        ("routing: {drafter: 'ollama:llama3.1:8b'}", "'prices' does not have 'ollama:llama3.1:8b'"),
        ("routing: {heavyweight: 'openai:gpt-4.1-nano'}", "escalating gains nothing"),
        ("providers: {openai: {logprobs: false}}", "every draft of 'openai:gpt-4.1-nano' is escalated"),
        ("routing: {top_logprobs: 10}\nproviders: {openai: {max_top_logprobs: 5}}", "'openai' gives at most 5"),
        ("server: {host: 0.0.0.0}", "whoever can reach the port can spend your provider keys"),
    ])
    func whatIsDoubtfulIsAWarning(text: String, words: String) throws {
        let warnings = try load(text).warnings
        #expect(warnings.map(\.severity) == [.warning])
        #expect(warnings.first?.message.contains(words) == true, "\(warnings)")
    }

    @Test func aModelWithoutAPriceIsWarnedOfOnceWhereTheTextNamesItFirst() throws {
        let routes = (0..<300).map { "  r\($0): {drafter: 'openai:a', heavyweight: 'openai:b'}\n" }.joined()
        for (text, places) in [
            ("routing:\n  drafter: openai:a\nroutes:\n" + routes, ["2:12 'openai:a'", "4:42 'openai:b'"]),
            // 'routing' is read first, wherever it stands.
            ("routes:\n" + routes + "routing:\n  heavyweight: openai:b\n", ["2:17 'openai:a'", "2:42 'openai:b'"]),
        ] {
            let warnings = try load(text).warnings
            let found = warnings.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.message.split(separator: " ")[4].dropLast())" }
            #expect(found == places)
        }
    }

    @Test func aDrafterWithoutLogprobsCanBeRefused() {
        let text = "routing: {drafter_without_logprobs: refuse}\nproviders: {openai: {logprobs: false}}"
        #expect(problems(text).map(\.severity) == [.error])
        #expect(problems("routing: {drafter_without_logprobs: refuse}").isEmpty)
    }

    @Test func aTabBeforeTheCaretIsRepeated() {
        let found = problems("server: {\tport: x}").first
        #expect(
            found?.rendered().hasSuffix("    1 | server: {\tport: x}\n      |          \t      ^") == true, "\(String(describing: found))")
    }
}
