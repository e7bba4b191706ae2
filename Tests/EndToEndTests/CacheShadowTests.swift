import FastJSON
import Simulator
import Testing

/// Hits that are compared instead of served.
@Suite struct CacheShadowTests {
    enum Setting: String, Sendable, CaseIterable {
        case modeShadow, everyHitShared

        func config(_ cache: [String] = []) -> GatewayConfig {
            var config: GatewayConfig =
                self == .modeShadow
                ? .caching(cache, mode: "shadow") : .caching(cache + ["shadow_share: 1"])
            config.drafter = "s-n12-f150000"
            return config
        }
    }

    @Test("In shadow every request is answered by the models, and hits whose answers agree are counted", arguments: Setting.allCases)
    func agreement(setting: Setting) async throws {
        try await withGateway(setting.config()) { gateway in
            for index in 0..<3 {
                let answer = try await gateway.chat(ChatCall(streaming: index == 1, prompt: "Name a tree."))
                #expect(answer.status == 200 && answer.header("x-qualm-route") == "draft" && answer.header("x-qualm-cache-id") == nil)
                #expect(try ReceivedAnswer(answer).finishReason == "stop")
                let cache = try await gateway.decision(of: answer)["cache"]
                #expect(cache?["exact"]?.string == (index == 0 ? "miss" : "shadowed") && cache?["served"] == false, "\(cache ?? .null)")
                try await gateway.waitUntilStored(1)
            }
            #expect(try await eventually { try await gateway.cacheStatistics()["shadow", "comparisons", "agree"]?.int == 2 })
            #expect(gateway.chatCalls == 3)
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["served"]?.int == 0 && statistics["shadow", "comparisons", "disagree"]?.int == 0)
            #expect(statistics["shadow", "false_hit_rate"]?.double == 0)
            // Two trials without a failure: 1 - 0.05^(1/2).
            #expect(abs((statistics["shadow", "false_hit_rate_upper_95"]?.double ?? 0) - 0.7764) < 0.001)
            #expect(try await gateway.metric("qualm_cache_shadow_comparisons_total", "verdict=\"agree\"") == 2)
            #expect(try await gateway.metric("qualm_cache_lookups_total", "level=\"exact\"", "result=\"shadowed\"") == 2)
            // Whoever wants a stored answer or none is served all the same, where anybody is.
            let only = try await gateway.chat(ChatCall(prompt: "Name a tree.", headers: [("x-qualm-cache", "only-if-cached")]))
            #expect(only.status == (setting == .modeShadow ? 504 : 200))
        }
    }

    @Test(
        "A stored answer that the models contradict is quarantined: not served, not replaced, until somebody deletes it",
        arguments: [Setting.everyHitShared])
    func disagreement(setting: Setting) async throws {
        var options = SimulatorOptions()
        options.scenario.rules = [
            .init(model: "s-n12-f150000", promptContains: ["legs"], behaviour: saying("A spider has 8 legs."), times: 1),
            .init(model: "s-n12-f150000", promptContains: ["legs"], behaviour: saying("A spider has 6 legs.")),
        ]
        try await withGateway(setting.config(), options: options) { gateway in
            let call = ChatCall(prompt: "How many legs does a spider have?")
            _ = try await gateway.chat(call)
            try await gateway.waitUntilStored(1, vectors: 1)
            let second = try await gateway.chat(call)
            #expect(try second.content() == "A spider has 6 legs.")
            let shadowed = try await gateway.decision(of: second)["cache"]
            #expect(shadowed?["exact"]?.string == "shadowed" && shadowed?["served"] == false)
            #expect(try await eventually { try await gateway.cacheStatistics()["quarantined"]?.int == 1 })
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["shadow", "comparisons", "disagree"]?.int == 1 && statistics["shadow", "false_hit_rate"]?.double == 1)
            #expect(statistics["shadow", "false_hit_rate_upper_95"]?.double == 1)
            #expect(try await gateway.metric("qualm_cache_shadow_comparisons_total", "verdict=\"disagree\"") == 1)
            // Its vector goes at once, its entry becomes a tombstone.
            #expect(try await eventually { try await gateway.cacheStatistics()["vectors"]?.int == 0 })

            for _ in 0..<2 {
                let again = try await gateway.chat(call)
                #expect(again.header("x-qualm-route") == "draft")
                #expect(try await gateway.decision(of: again)["cache", "exact"]?.string == "quarantined")
            }
            let stored = try await gateway.cacheStatistics()["admissions", "stored"]?.int
            #expect(try await gateway.request("DELETE", "/v1/cache").status == 200)
            #expect(try await gateway.cacheStatistics()["quarantined"]?.int == 0)
            let fresh = try await gateway.chat(call)
            let cache = try await gateway.decision(of: fresh)["cache"]
            #expect(cache?["exact"]?.string == "miss", "\(cache ?? .null)")
            try await gateway.waitUntilStored((stored ?? 0) + 1)
            _ = try await gateway.chat(call)
            #expect(try await eventually { try await gateway.cacheStatistics()["shadow", "comparisons", "agree"]?.int == 1 })
        }
    }

    private func saying(_ text: String) -> Behaviour {
        var behaviour = Behaviour(words: "confident-f150000")
        behaviour.content = .text(text)
        return behaviour
    }
}
