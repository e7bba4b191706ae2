import FastJSON
import Simulator
import Testing

/// Requests that the cache does not look at.
@Suite struct CacheBypassTests {
    struct Case: Sendable {
        var name: String
        var reason: String
        var prompt = "Name a colour."
        var extra: [(String, JSONValue)] = []
        var headers: [(String, String)] = []
        /// In place of the prompt.
        var messages: JSONValue?

        var body: [UInt8] {
            let members = [("model", "auto"), ("messages", messages ?? [["role": "user", "content": .string(prompt)]])] + extra
            return JSONValue.object(members.map { JSONMember($0.0, $0.1) }).serialized()
        }
    }

    private static func tool(_ name: String) -> JSONValue {
        ["type": "function", "function": ["name": .string(name), "parameters": ["type": "object", "properties": [:]]]]
    }

    static let cases = [
        Case(name: "a temperature above 0.3", reason: "temperature", extra: [("temperature", 0.7)]),
        Case(name: "logprobs", reason: "logprobs", extra: [("logprobs", true), ("top_logprobs", 2)]),
        Case(name: "a tool that changes something", reason: "tools", extra: [("tools", [tool("get_weather"), tool("send_mail")])]),
        Case(
            name: "an image", reason: "media",
            messages: [
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "What is this?"],
                        ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]],
                    ],
                ]
            ]),
        Case(name: "a word of time", reason: "time", prompt: "Who won today?"),
        Case(name: "a word of time in an earlier turn", reason: "time", messages: earlierTurn),
        Case(name: "a word of time in German", reason: "time", prompt: "Wie wird das Wetter?"),
        Case(name: "a configured word", reason: "time", prompt: "How many jobs are in the queue?"),
        Case(name: "a long prompt", reason: "length", prompt: String(repeating: "lorem ipsum ", count: 200)),
        Case(name: "the heavyweight at once", reason: "control", headers: [("x-qualm-escalate", "always")]),
        Case(name: "the drafter alone", reason: "control", headers: [("x-qualm-escalate", "never")]),
        Case(name: "no-store", reason: "directive", headers: [("x-qualm-cache", "no-store")]),
        Case(name: "a search of the web", reason: "time", extra: [("web_search_options", [:])]),
    ]

    private static let earlierTurn: JSONValue = [
        ["role": "user", "content": "What is the latest version?"], ["role": "assistant", "content": "Seven."],
        ["role": "user", "content": "And the one before?"],
    ]

    @Test("A request that the cache must not answer is never looked up and never stored, and its reason is told")
    func bypasses() async throws {
        let config = GatewayConfig.caching(["max_prompt_tokens: 400", "bypass_words: [in the queue]"])
        try await withGateway(config) { gateway in
            var reasons: [String: Int] = [:]
            for test in Self.cases {
                let before = gateway.chatCalls
                for _ in 0..<2 {
                    let answer = try await gateway.request("POST", "/v1/chat/completions", headers: test.headers, body: test.body)
                    #expect(answer.status == 200 && !answer.isFromCache, "\(test.name): \(answer.text.prefix(300))")
                    let cache = try await gateway.decision(of: answer)["cache"]
                    #expect(cache?["bypass"]?.string == test.reason, "\(test.name): \(cache ?? .null)")
                    #expect(cache?["exact"] == .some(.null) && cache?["vector"] == .some(.null), "\(test.name)")
                    reasons[test.reason, default: 0] += 1
                }
                #expect(gateway.chatCalls == before + 2, "\(test.name)")
            }
            for (reason, count) in reasons {
                #expect(try await gateway.metric("qualm_cache_bypasses_total", "reason=\"\(reason)\"") == Double(count), "\(reason)")
            }
            try await expectNothingStored(gateway)
            #expect(try await gateway.metric("qualm_cache_lookups_total") == 0)
            #expect(gateway.embeddingCalls == 0)
        }
    }

    @Test("Several choices, and models that the client names, are neither looked up nor stored")
    func notRouted() async throws {
        try await withGateway(.caching()) { gateway in
            let calls = [ChatCall(extra: [("n", 2)]), ChatCall("sim:n7"), ChatCall("sim:n7", streaming: true)]
            for call in calls + calls { #expect(try await gateway.chat(call).header("x-qualm-route") == "direct") }
            #expect(gateway.chatCalls == 6)
            try await expectNothingStored(gateway)
        }
    }

    @Test("The same requests without what stood in the way are stored: it was that, and nothing else")
    func control() async throws {
        try await withGateway(.caching(["max_prompt_tokens: 400"], embedder: nil)) { gateway in
            let calls = [
                ChatCall(prompt: "Name a colour."), ChatCall(prompt: "Name a colour.", extra: [("temperature", 0.3)]),
                ChatCall(prompt: "Name a colour.", extra: [("tools", [Self.tool("get_weather"), Self.tool("find_mail")])]),
                ChatCall(prompt: "Who won the 1998 cup?"), ChatCall(prompt: "How many jobs are in the queue?"),
                ChatCall(prompt: String(repeating: "lorem ipsum ", count: 100)),
            ]
            for call in calls { #expect(try await !gateway.chat(call).isFromCache) }
            try await gateway.waitUntilStored(calls.count)
            for call in calls { #expect(try await gateway.chat(call).isFromCache, "\(call.prompt.prefix(40))") }
        }
    }

    private func expectNothingStored(_ gateway: GatewayUnderTest) async throws {
        let statistics = try await gateway.cacheStatistics()
        #expect(statistics["entries"]?.int == 0 && statistics["vectors"]?.int == 0)
        #expect(statistics["admissions"]?.object?.allSatisfy { $0.value.int == 0 } == true, "\(statistics["admissions"] ?? .null)")
    }
}
