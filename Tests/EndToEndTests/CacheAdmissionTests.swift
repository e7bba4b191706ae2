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
        var status = 200
        var extra: [(String, JSONValue)] = []
    }

    static let cases = [
        Case(name: "cut by its length", drafter: "length-n12", heavyweight: "length-expert-n12", admission: "incomplete"),
        Case(name: "refused in so many words", drafter: "refusalfield", heavyweight: "refusalfield", admission: "marked"),
        Case(name: "sure enough to be sent, not to be repeated", drafter: "recovering-h1000-w40-n40", admission: "doubtful"),
        Case(name: "only white space", drafter: "unsure-n12", heavyweight: "blank", admission: "unfit"),
        Case(name: "both upstreams down", drafter: "err503", heavyweight: "err500", status: 502),
        Case(name: "both answers broken off", drafter: "cutmid-n12", heavyweight: "cutmid-n12", status: 502),
        Case(name: "both without an end", drafter: "nodone-n12", heavyweight: "nodone-n12", status: 502),
        Case(name: "an error in the middle", drafter: "errorevent-n12", heavyweight: "errorevent-n12", status: 502),
        Case(name: "the doubted draft of a heavyweight that is down", drafter: "unsure-n12", heavyweight: "err500", admission: "marked"),
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
                    #expect(answer.status == test.status && !answer.isFromCache, "\(test.name): \(answer.status) \(answer.text.prefix(300))")
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
            #expect(gateway.simulator.report().aborted == 3)
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

    @Test("An answer over 'max_entry_bytes' is answered as ever and not stored; with the time of its entry over, a request is a miss again")
    func bounds() async throws {
        var config = GatewayConfig.caching(["max_entry_bytes: 1024", "ttl_seconds: 1"], embedder: nil, routes: [("long", "b-n600", "b-expert")])
        config.drafter = "b-n8"
        try await withGateway(config) { gateway in
            for _ in 0..<2 { #expect(try await gateway.chat(ChatCall("long")).header("x-qualm-route") == "draft") }
            // Kept back by the collector's own bound, or refused at the door.
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 0)
            _ = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1)
            #expect(try await eventually(within: .seconds(10)) { try await !gateway.chat(ChatCall()).isFromCache })
            #expect(gateway.simulator.report().requests(model: "b-n8").count == 2)
        }
    }
}
