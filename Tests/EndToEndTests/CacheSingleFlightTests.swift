import FastJSON
import Simulator
import Testing

/// Equal requests at the same time.
@Suite struct CacheSingleFlightTests {
    @Test("Of twenty equal requests at the same time one asks the drafter, and all get its answer, streamed or not")
    func oneForAll() async throws {
        var config = GatewayConfig.caching()
        config.drafter = "f-n12-f700000"
        try await withGateway(config) { gateway in
            let leader = try await gateway.open(ChatCall(streaming: true))
            #expect(await gateway.simulator.waitUntil { $0.requests(model: "f-n12-f700000").count == 1 })
            let answers = try await gateway.chats((0..<19).map { ChatCall(streaming: $0 % 2 == 0, usage: $0 % 4 == 0) })
            try await leader.read()
            let first = Answer(leader.reader)
            try first.transcript().expectExactFraming(usage: false, "the leader")
            let original = try ReceivedAnswer(first)
            for (index, answer) in answers.enumerated() {
                #expect(answer.status == 200 && answer.isFromCache, "\(index): \(answer.text.prefix(300))")
                #expect(try ReceivedAnswer(answer) == original, "\(index)")
                if index % 2 == 0 { try answer.transcript().expectExactFraming(usage: index % 4 == 0, "\(index)") }
                let decision = try await gateway.decision(of: answer)
                #expect(["coalesced", "hit"].contains(decision["cache", "exact"]?.string), "\(index): \(decision["cache"] ?? .null)")
                #expect(decision["legs"]?.array?.isEmpty == true && decision["cache", "served"] == true, "\(index)")
            }
            #expect(Set(answers.compactMap { $0.header("x-qualm-cache-id") }).count == 1)
            // One drafter, one embedding: nobody who waited looked anything up.
            #expect(gateway.chatCalls == 1 && gateway.embeddingCalls == 1)
            let coalesced = try await gateway.metric("qualm_cache_lookups_total", "level=\"exact\"", "result=\"coalesced\"")
            #expect(coalesced >= 1 && coalesced <= 19)
            #expect(try await gateway.metric("qualm_requests_total", "route=\"cache\"") == 19)
        }
    }

    enum End: String, Sendable, CaseIterable {
        case clientLeaves, upstreamFails, answerIsNotKept
    }

    @Test("When the first one's answer does not come or may not be shared, those who wait ask on their own", arguments: End.allCases)
    func leaderWithoutAnAnswer(end: End) async throws {
        var config = GatewayConfig.caching()
        config.drafter = "l-drafter"
        config.heavyweight = "l-expert-n12"
        let words =
            ["clientLeaves": "stallfirst", "upstreamFails": "err503-f400000", "answerIsNotKept": "length-n12-f400000"][end.rawValue] ?? ""
        var options = SimulatorOptions()
        options.scenario.rules = [
            .init(model: "l-drafter", behaviour: Behaviour(words: words), times: 1),
            .init(model: "l-expert-n12", behaviour: Behaviour(words: end == .upstreamFails ? "err500" : "length-expert-n12"), times: 1),
        ]
        config.prefire = ["stall_ms: 0"]
        try await withGateway(config, options: options) { gateway in
            let leader = try await gateway.open(ChatCall())
            #expect(await gateway.simulator.waitUntil { $0.requests(model: "l-drafter").count == 1 })
            // A client that leaves takes its rule for the heavyweight along: nobody has used it.
            if end == .clientLeaves { gateway.simulator.setScenario(Scenario()) }
            let followers = try (0..<4).map { index in (index, try RawConnection(port: gateway.port)) }
            for (index, connection) in followers {
                try await connection.send("POST", "/v1/chat/completions", body: ChatCall(streaming: index % 2 == 0).body)
            }
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 5 })
            #expect(gateway.simulator.report().requests(model: "l-drafter").count == 1)
            switch end {
            case .clientLeaves: leader.reset()
            case .upstreamFails: #expect(try await leader.answer().status == 502)
            case .answerIsNotKept: #expect(try await leader.answer().status == 200)
            }
            for (index, connection) in followers {
                let answer = try await connection.answer()
                #expect(answer.status == 200 && !answer.isFromCache, "\(index): \(answer.text.prefix(300))")
                #expect(try ReceivedAnswer(answer).finishReason == "stop", "\(index)")
            }
            #expect(gateway.simulator.report().requests(model: "l-drafter").count == 5)
        }
    }

    @Test("Whoever has waited for 'single_flight_ms' asks on its own")
    func boundedWait() async throws {
        var config = GatewayConfig.caching(["single_flight_ms: 150"])
        config.drafter = "w-n12"
        var options = SimulatorOptions()
        options.scenario.rules = [.init(model: "w-n12", behaviour: Behaviour(words: "stallfirst"), times: 1)]
        config.prefire = ["stall_ms: 0"]
        try await withGateway(config, options: options) { gateway in
            let leader = try await gateway.open(ChatCall())
            #expect(await gateway.simulator.waitUntil { $0.requests(model: "w-n12").count == 1 })
            let answers = try await gateway.chats([ChatCall(), ChatCall(streaming: true)])
            for answer in answers {
                #expect(answer.status == 200 && answer.header("x-qualm-route") == "draft")
                let cache = try await gateway.decision(of: answer)["cache"]
                #expect(cache?["exact"]?.string == "miss" && cache?["waited_ms"]?.double ?? 0 >= 149, "\(cache ?? .null)")
            }
            #expect(gateway.simulator.report().requests(model: "w-n12").count == 3)
            leader.reset()
        }
    }

    @Test("A client that waits and leaves disturbs nobody, and no call is made for it")
    func followerLeaves() async throws {
        var config = GatewayConfig.caching()
        config.drafter = "g-n12-f500000"
        try await withGateway(config) { gateway in
            let leader = try await gateway.open(ChatCall())
            #expect(await gateway.simulator.waitUntil { $0.requests(model: "g-n12-f500000").count == 1 })
            let followers = try await [gateway.open(ChatCall()), gateway.open(ChatCall(streaming: true))]
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 3 })
            followers[0].close()
            followers[1].reset()
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 1 })
            #expect(try await leader.answer().status == 200)
            #expect(gateway.chatCalls == 1)
            #expect(try await gateway.metric("qualm_requests_total", "status=\"client_closed\"") == 2)
        }
    }
}
