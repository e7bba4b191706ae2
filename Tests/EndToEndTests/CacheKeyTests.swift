import FastJSON
import Simulator
import Testing

/// What makes two requests the same for the cache, and what does not.
@Suite struct CacheKeyTests {
    private static let tool = #"{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{}}}}"#

    /// The members of the request that everything here is a variant of, as JSON.
    private static let base: [(String, String)] = [
        ("model", #""auto""#), ("max_tokens", "100"), ("temperature", "0"), ("stop", #"["END"]"#), ("seed", "7"), ("tools", "[\(tool)]"),
        ("messages", messages(system: "Answer briefly.", user: #""Name a colour of the rainbow.""#)), ("x_house_style", "1"),
    ]

    private static func messages(system: String, user: String, between: String = "") -> String {
        #"[{"role":"system","content":"\#(system)"},\#(between){"role":"user","content":\#(user)}]"#
    }

    /// The base with members replaced or added; an empty value takes a member away.
    private static func body(_ changes: (String, String)..., in order: ([(String, String)]) -> [(String, String)] = { $0 }) -> String {
        var members = base
        for (name, value) in changes {
            members.removeAll { $0.0 == name }
            if !value.isEmpty { members.append((name, value)) }
        }
        return "{" + order(members).map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    static let equal: [(String, String)] = [
        ("members in another order", body { $0.reversed() }),
        (
            "other white space",
            body().replacing("\":", with: "\" :\n\t").replacing("\",\"", with: "\" ,\r\n \"")
        ),
        (
            "members of members in another order",
            body(
                (
                    "tools",
                    #"[{"function":{"parameters":{"properties":{},"type":"object"},"name":"get_weather"},"type":"function"}]"#
                ))
        ),
        (
            "a text as a content part",
            body(("messages", messages(system: "Answer briefly.", user: #"[{"type":"text","text":"Name a colour of the rainbow."}]"#)))
        ),
        ("escapes", body(("messages", messages(system: "Answer\\u0020briefly.", user: #""\u004eame a colour \u006ff the rainbow.""#)))),
        ("another spelling of a number", body(("temperature", "0.0"), ("seed", "7.0"))),
        ("a stop text alone", body(("stop", #""END""#))),
        ("a null for an absent member", body(("top_p", "null"), ("response_format", "null"))),
        ("a stream", body(("stream", "true"), ("stream_options", #"{"include_usage":true}"#))),
        ("a name of the user", body(("user", #""somebody else""#), ("safety_identifier", #""x""#))),
        ("metadata", body(("metadata", #"{"trace":"7"}"#), ("store", "true"), ("service_tier", #""default""#))),
        ("a limit in the same power of two", body(("max_tokens", "127"))),
        ("the limit's newer name", body(("max_tokens", ""), ("max_completion_tokens", "100"))),
        ("what is the default anyway", body(("n", "1"), ("logprobs", "false"))),
    ]

    /// Everything but the last user message is hashed exactly. The prompt is the same in all, so that no threshold keeps them apart.
    static let different: [(String, String)] = [
        ("another system prompt", body(("messages", messages(system: "Answer at length.", user: #""Name a colour of the rainbow.""#)))),
        (
            "an earlier turn",
            body(
                (
                    "messages",
                    messages(
                        system: "Answer briefly.", user: #""Name a colour of the rainbow.""#,
                        between: #"{"role":"user","content":"Hi."},{"role":"assistant","content":"Hello."},"#)
                ))
        ),
        ("another tool list", body(("tools", "[\(tool.replacing("get_weather", with: "get_forecast"))]"))),
        ("no tools", body(("tools", ""))),
        ("a tool choice", body(("tool_choice", #""none""#))),
        ("a response format", body(("response_format", #"{"type":"text"}"#))),
        ("another temperature class", body(("temperature", "0.2"))),
        ("no temperature", body(("temperature", ""))),
        ("another stop text", body(("stop", #"["END","\n"]"#))),
        ("another seed", body(("seed", "8"))),
        ("a limit in another power of two", body(("max_tokens", "128"))),
        ("another value of a member nobody knows", body(("x_house_style", "2"))),
        ("one more member nobody knows", body(("x_other", "false"))),
        ("another route", body(("model", #""other""#))),
    ]

    /// Of the sender, not of the body.
    static let senders: [(String, (String, String))] = [
        ("another key", ("authorization", "Bearer somebody-else")), ("another organisation", ("openai-organization", "org-2")),
        ("another project", ("openai-project", "proj-2")),
    ]

    private static func config() -> GatewayConfig {
        // The drafter waits: what the lookup found is known before the answer is over.
        var config = GatewayConfig.caching(routes: [("other", "k1-n12-f250000", "k1-expert")])
        config.drafter = "k0-n12-f250000"
        return config
    }

    private static let key = ("authorization", "Bearer me")

    @Test("The same request in another spelling, or with members that cannot change the answer, is a hit")
    func equalRequests() async throws {
        try await withGateway(Self.config()) { gateway in
            let first = try ReceivedAnswer(try await gateway.post(Self.body(), headers: [Self.key]))
            try await gateway.waitUntilStored(1, vectors: 1)
            for (name, body) in Self.equal {
                let hit = try await gateway.post(body, headers: [Self.key])
                #expect(hit.isFromCache, "\(name): \(hit.text.prefix(300))")
                #expect(try ReceivedAnswer(hit) == first, "\(name)")
            }
            #expect(gateway.chatCalls == 1 && gateway.embeddingCalls == 1)
        }
    }

    @Test("A request that differs in anything but its last message never gets another one's answer, although its prompt is the same")
    func differentRequests() async throws {
        try await withGateway(Self.config()) { gateway in
            _ = try await gateway.post(Self.body(), headers: [Self.key])
            try await gateway.waitUntilStored(1, vectors: 1)
            let bodies = Self.different.map { ($0.0, $0.1, [Self.key]) }
            let senders = Self.senders.map { name, header in
                (name, Self.body(), header.0 == Self.key.0 ? [header] : [Self.key, header])
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (name, body, headers) in bodies + senders {
                    tasks.addTask {
                        let answer = try await gateway.post(body, headers: headers)
                        #expect(answer.status == 200 && !answer.isFromCache, "\(name): \(answer.text.prefix(300))")
                        let cache = try await gateway.decision(of: answer)["cache"]
                        #expect(cache?["exact"]?.string == "miss" && cache?["vector"]?.string == "miss", "\(name): \(cache ?? .null)")
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(gateway.chatCalls == 1 + bodies.count + senders.count)
        }
    }

    @Test("A stored answer that is longer than the request's own limit is not used, although the limits share a power of two")
    func longerThanAllowed() async throws {
        var config = GatewayConfig.caching(embedder: nil)
        config.drafter = "k0-n90"
        try await withGateway(config) { gateway in
            _ = try await gateway.post(Self.body(("max_tokens", "120")))
            try await gateway.waitUntilStored(1)
            let short = try await gateway.post(Self.body(("max_tokens", "80")))
            #expect(!short.isFromCache)
            #expect(try await gateway.decision(of: short)["cache", "exact"]?.string == "unfit")
            #expect(try await gateway.post(Self.body(("max_tokens", "90"))).isFromCache)
        }
    }
}
