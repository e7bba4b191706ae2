import FastJSON
import Simulator
import Testing

/// Which answers are kept.
@Suite struct CacheAdmissionTests {
    struct Case: Sendable {
        var name: String
        var drafter: String
        var heavyweight = "expert-n12"
        /// What became of the answer; `nil`: there was none to offer.
        var admission: String?
        /// The client gets an error.
        var isBroken = false
        var extra: [(String, JSONValue)] = []
    }

    static let cases = [
        Case(name: "cut by its length", drafter: "length-n12", heavyweight: "length-expert-n12", admission: "incomplete"),
        Case(name: "refused in so many words", drafter: "refusalfield", heavyweight: "refusalfield", admission: "marked"),
        Case(name: "sure enough to be sent, not to be repeated", drafter: "recovering-h1000-w40-n40", admission: "doubtful"),
        Case(name: "only white space", drafter: "unsure-n12", heavyweight: "blank", admission: "unfit"),
        Case(name: "both upstreams down", drafter: "err503", heavyweight: "err500", isBroken: true),
        Case(name: "both answers broken off", drafter: "cutmid-n12", heavyweight: "cutmid-n12", isBroken: true),
        Case(name: "both without an end", drafter: "nodone-n12", heavyweight: "nodone-n12", isBroken: true),
        Case(name: "an error in the middle", drafter: "errorevent-n12", heavyweight: "errorevent-n12", isBroken: true),
        Case(name: "the doubted draft of a heavyweight that is down", drafter: "unsure-n4", heavyweight: "err500"),
    ]

    @Test("An answer that is cut, refused, doubted, empty or failed is never stored")
    func neverStored() async throws {
        let cases = Self.cases
        let routes = cases.enumerated().map { ("r\($0)", "a\($0)d-\($1.drafter)", "a\($0)h-\($1.heavyweight)") }
        var options = SimulatorOptions()
        options.scenario.rules = [.init(model: "a3h-blank", behaviour: blank)]
        try await withGateway(.caching(routes: routes), options: options) { gateway in
            var admissions: [String: Int] = [:]
            for (index, test) in cases.enumerated() {
                var drafts = 0
                for isStreaming in [false, true] {
                    let answer = try await gateway.chat(ChatCall("r\(index)", streaming: isStreaming, extra: test.extra))
                    // A stream that breaks off after its head has left says so inside.
                    let isBroken = answer.status == 200 && isStreaming ? try answer.transcript().error != nil : answer.status != 200
                    #expect(isBroken == test.isBroken && !answer.isFromCache, "\(test.name): \(answer.status) \(answer.text.prefix(300))")
                    if let admission = test.admission { admissions[admission, default: 0] += 1 }
                    drafts += 1
                    #expect(gateway.simulator.report().requests(model: "a\(index)d-\(test.drafter)").count >= drafts, "\(test.name)")
                }
            }
            let counts = try await gateway.cacheStatistics()["admissions"]
            for admission in counts?.object ?? [] {
                #expect(admission.value.int == admissions[admission.name] ?? 0, "\(admission.name): \(counts ?? .null)")
                let labels = "result=\"\(admission.name)\""
                #expect(try await gateway.metric("qualm_cache_admissions_total", labels) == Double(admissions[admission.name] ?? 0))
            }
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 0)
        }
    }

    private var blank: Behaviour {
        var behaviour = Behaviour(words: "")
        behaviour.content = .text("  \n ")
        return behaviour
    }

    @Test("A client that leaves in mid-answer leaves nothing behind in the cache")
    func disconnect() async throws {
        var config = GatewayConfig.caching()
        config.drafter = "a-n400-d2000"
        try await withGateway(config) { gateway in
            for (isStreaming, isRude) in [(true, false), (true, true), (false, false)] {
                let connection = try await gateway.open(ChatCall(streaming: isStreaming).released("holdback; n=4"))
                if isStreaming { try await connection.read { !$0.body.isEmpty } }
                #expect(await gateway.simulator.waitUntil { $0.open == 1 })
                if isRude { connection.reset() } else { connection.close() }
                #expect(await gateway.simulator.waitUntil { $0.open == 0 })
            }
            #expect(await gateway.simulator.waitUntil { $0.aborted == 3 })
            let next = try await gateway.chat(ChatCall())
            #expect(!next.isFromCache && next.status == 200)
            try await gateway.waitUntilStored(1)
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 1)
        }
    }

    @Test("With 'admit: shipped_drafts' the heavyweight's answers are left out, and accepted drafts are kept")
    func shippedDrafts() async throws {
        let config = GatewayConfig.caching(["admit: shipped_drafts"], routes: [("hard", "p-unsure-n12", "p-expert-n12")])
        try await withGateway(config) { gateway in
            for _ in 0..<2 { #expect(try await gateway.chat(ChatCall("hard")).header("x-qualm-route") == "heavyweight") }
            #expect(try await gateway.metric("qualm_cache_admissions_total", "result=\"policy\"") == 2)
            _ = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1)
            #expect(try await gateway.chat(ChatCall()).isFromCache)
        }
    }

    @Test("An answer that the provider's content filter stopped is never stored")
    func contentFilter() async throws {
        func chunk(_ delta: String, _ finish: String = "null") -> String {
            #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"canned","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
        }
        let upstream = try CannedUpstream(events: [
            chunk(#"{"role":"assistant","content":"Once"}"#), chunk(#"{"content":" upon"}"#), chunk("{}", #""content_filter""#),
        ])
        defer { upstream.stop() }
        var config = GatewayConfig.caching(
            sections: "routes:\n  filtered:\n    drafter: canned:d\n    heavyweight: canned:h\n")
        config.providers = ["canned:", "  base_url: http://127.0.0.1:\(upstream.port)/v1"]
        try await withGateway(config) { gateway in
            for isStreaming in [false, true] {
                let answer = try await gateway.chat(ChatCall("filtered", streaming: isStreaming))
                #expect(answer.status == 200 && answer.header("x-qualm-route") == "heavyweight", "\(answer.text.prefix(300))")
                #expect(try ReceivedAnswer(answer).finishReason == "content_filter")
            }
            // Drafter and heavyweight, each time.
            #expect(upstream.requests == 4)
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["admissions", "incomplete"]?.int == 2 && statistics["entries"]?.int == 0)
        }
    }

    @Test("An answer over 'max_entry_bytes' is given as ever and not stored")
    func largeAnswer() async throws {
        var config = GatewayConfig.caching(["max_entry_bytes: 4096"], embedder: nil, routes: [("long", "b-n1500", "b-expert")])
        config.drafter = "b-n8"
        try await withGateway(config) { gateway in
            _ = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1)
            for _ in 0..<2 { #expect(try await gateway.chat(ChatCall("long")).header("x-qualm-route") == "draft") }
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 1)
        }
    }

    @Test("When the time of its entry is over, a request is a miss again")
    func timeToLive() async throws {
        var config = GatewayConfig.caching(["ttl_seconds: 1"], embedder: nil)
        config.drafter = "b-n8"
        try await withGateway(config) { gateway in
            let first = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1)
            #expect(try await eventually(within: .seconds(10)) { try await !gateway.chat(ChatCall()).isFromCache })
            #expect(first.status == 200 && gateway.simulator.report().requests(model: "b-n8").count == 2)
        }
    }
}
