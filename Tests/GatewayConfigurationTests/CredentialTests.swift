import GatewayConfiguration
import Testing

@Suite struct CredentialTests {
    @Test func anUnsetProviderKeyMeansNoKeyAndAWarning() throws {
        let (configuration, warnings) = try load("providers:\n  openai:\n    api_key: ${OPENAI_API_KEY}\n", environment: [:])
        #expect(configuration.provider(named: "openai")?.apiKey == nil)
        #expect(warnings.map(\.place?.line) == [3])
        #expect(warnings.first?.message.contains("'OPENAI_API_KEY' is not set") == true)
        #expect(try load("", environment: [:]).warnings.map(\.source) == ["environment"])
    }

    @Test func anEmptyDefaultSaysThatNoKeyIsMeant() throws {
        let (configuration, warnings) = try load("providers:\n  openai: {api_key: \"${OPENAI_API_KEY:-}\"}\n", environment: [:])
        #expect(configuration.provider(named: "openai")?.apiKey == nil)
        #expect(warnings.isEmpty)
    }

    @Test func emptyClientKeysAreDroppedWithAWarning() throws {
        let text = "server: {host: 0.0.0.0, api_keys: [\"${A}\", \"${B:-}\", \"${C}\", literal]}"
        let (configuration, warnings) = try load(text, environment: ["C": "see", "OPENAI_API_KEY": "key"])
        #expect(configuration.server.apiKeys.map(\.reveal) == ["see", "literal"])
        #expect(warnings.count == 2)
    }

    @Test(arguments: ["[\"${A}\"]", "[\"\", \"${B:-}\"]", "['', ~]"])
    func aListOfKeysThatIsAllEmptyNeverOpensTheGateway(list: String) {
        let found = problems("server: {api_keys: \(list)}", environment: ["OPENAI_API_KEY": "key"])
        #expect(found.contains { $0.severity == .error && $0.message.contains("let everybody in") }, "\(found)")
    }

    @Test(arguments: ["[]", "~", ""])
    func anEmptyListIsMeantAsWritten(list: String) throws {
        #expect(try load("server:\n  api_keys: \(list)\n").configuration.server.apiKeys.isEmpty)
    }

    @Test(arguments: ["a\nb", "a b", "ключ", "a\u{7F}"])
    func aKeyThatNoHeaderCanCarryIsRefusedUnseen(key: String) {
        for text in [
            "", "providers: {openai: {api_key: \"${OPENAI_API_KEY}\"}}",
            "server: {api_keys: [\"${OPENAI_API_KEY}\"]}\nproviders: {openai: {api_key: x}}",
        ] {
            let found = problems(text, environment: ["OPENAI_API_KEY": key])
            #expect(found.map(\.severity) == [.error])
            #expect(found.allSatisfy { !$0.rendered().contains(key) })
        }
    }

    @Test(arguments: [
        "providers: {openai: {api_kye: SECRET}}", "providers:\n  openai:\n    apikey: SECRET\n", "providers: {openai: {api_key: [SECRET]}}",
        "providers: {openai: {api_key: {a: SECRET}}}", "providers:\n  openai:\n    api_key: SECRET x\n", "server: {api_keys: SECRET}",
        "server:\n  api_keys:\n    - [SECRET]\n", "server:\n  api_keys:\n    - a: SECRET\n", "server:\n  api_keys: [SECRET, 'a b']\n",
        "server:\n  api_keys: [SECRET\n", "providers:\n  openai:\n    headers:\n      Authorization: \"SECRET\u{01}\"\n",
        "providers: {openai: {headers: [SECRET]}}", "providers:\n  openai:\n    headers:\n      X-Key: |\n        SECRET\n        b\n",
        "providers:\n  openai:\n    api_key: \"SECRET\n", "api_key: SECRET\n",
        "providers:\n  openai:\n    headers: {'Proxy Authorization': SECRET}\n",
        "providers: {openai: {api_key: SECRET, api_key: SECRET, logprob: 1}}", "providers: {openai: {base_url: 'http://u:SECRET@h'}}",
        "providers: {openai: {api_key: SECRET, x: [}", "x: 'http://u:SECRET@h\n", "providers: {openai: {logprobs: sk-SECRET}}",
    ])
    func noMistakePutsACredentialIntoItsMessage(text: String) {
        let found = problems(text.replacing("SECRET", with: "hunter2hunter2"))
        #expect(found.contains { $0.severity == .error })
        for problem in found { #expect(!problem.rendered().contains("hunter2"), "\(problem.rendered())") }
    }

    @Test func theRestOfALineWithACredentialStaysReadable() {
        let found = problems("providers: {openai: {api_key: 'a b', logprob: 1}} # c").map { $0.rendered() }
        #expect(
            found.last == """
                config.yaml:1:38: error: unknown key 'logprob' in 'providers.openai'; did you mean 'logprobs'?
                    1 | providers: {openai: {api_key: *****, logprob: 1}} # c
                      |                                      ^~~~~~~
                """)
        #expect(found.count == 2)
    }

    @Test func aSecretDoesNotPrintItself() throws {
        let configuration = try load("server: {api_keys: [hunter2]}", environment: ["OPENAI_API_KEY": "hunter2"]).configuration
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(!String(reflecting: configuration).contains("hunter2"))
    }
}
