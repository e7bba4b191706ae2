import FastJSON
import Testing

@testable import Simulator

@Suite struct ScenarioTests {
    private func content(_ model: String, _ prompt: String, _ simulator: Simulator) async throws -> Said {
        try await Said(chunks: WireClient.chat(ChatBody(model: model, prompt: prompt, topLogprobs: 20), port: simulator.port).chunksOfJSON)
    }

    @Test("The demo ships a capital, recovers on a haiku and doubts a proof; the heavyweight answers each well")
    func demo() {
        func bits(_ model: String, _ prompt: String) -> [Double] {
            guard let rule = Scenario.demo.rules.first(where: { $0.matches(model: model, prompt: prompt.lowercased()) }) else { return [] }
            guard case .text(let text) = rule.behaviour.content else { return [] }
            let count = Tokeniser.tokens(of: text).count
            return (0..<count).map { rule.behaviour.entropyBits(position: $0, of: count) }
        }
        func windowMaximum(_ bits: [Double]) -> Double {
            bits.indices.dropLast(9).map { bits[$0..<($0 + 10)].reduce(0, +) / 10 }.max() ?? 0
        }
        // The default thresholds: escalate at 1.5 bits over ten tokens, pre-fire at 0.8 of that.
        #expect(windowMaximum(bits("sim-drafter", "What is the capital of France?")) < 1.2)
        let haiku = bits("sim-drafter", "Write a haiku about the sea")
        #expect((1.2..<1.5).contains(windowMaximum(haiku)))
        #expect(windowMaximum(Array(haiku.dropFirst(20))) < 0.6 && haiku.count > 40)
        #expect(windowMaximum(bits("sim-drafter", "Prove the Riemann hypothesis")) > 1.5)
        for prompt in ["capital of France", "a haiku", "Riemann"] { #expect(windowMaximum(bits("sim-heavyweight", prompt)) < 1.2) }
    }

    @Test("The demo's texts come over the wire, and other prompts get a confident draft")
    func demoTexts() async throws {
        try await withSimulator {
            $0.scenario = .demo
        } _: { simulator in
            #expect(
                try await content("sim-drafter", "What is the CAPITAL of France?", simulator).content.hasPrefix(
                    "The capital of France is Paris."))
            let record = try #require(simulator.report().records.first)
            #expect(try #require(record.endedAfterMilliseconds) >= Double(record.tokensSent - 1) * 15)
            #expect(Scenario.demo.rules.last { $0.matches(model: "sim-drafter", prompt: "other") }?.behaviour.mood == .confident)
            #expect(Scenario.demo.rules.last?.behaviour.firstTokenMicroseconds == 400_000)
        }
    }

    @Test("The first matching rule decides; rules limited in number give way; without a rule the name does")
    func rules() async throws {
        let file = """
            {"models": ["m1"], "rules": [
              {"model": "m1", "behaviour": "err500", "times": 2},
              {"model": "m*", "prompt_contains": ["ONE", "two"], "text": "Matched.", "entropy": [{"tokens": 1, "bits": 0.5}, 2.5]},
              {"prompt_contains": "three", "behaviour": "echo"}
            ]}
            """
        let scenario = try Scenario(json: Array(file.utf8))
        #expect(scenario.models == ["m1"])
        try await withSimulator {
            $0.scenario = scenario
        } _: { simulator in
            for status in [500, 500, 200] {
                #expect(try await WireClient.chat(ChatBody(model: "m1", prompt: "one"), port: simulator.port).status == status)
            }
            let said = try await content("m2", "and Two", simulator)
            #expect(said.content == "Matched.")
            let bits = said.logprobs.map {
                EntropyTable.entropyBits(($0["top_logprobs"]?.array ?? []).compactMap { $0["logprob"]?.double })
            }
            #expect(bits.count == 2 && abs(bits[0] - 0.5) < 1e-5 && abs(bits[1] - 2.5) < 1e-5)
            #expect(try await content("x", "three", simulator).content == "three")
            #expect(try await content("sim-short", "four", simulator).content == "Paris.")
            simulator.setScenario(Scenario(rules: [Scenario.Rule(behaviour: Behaviour(words: "empty"))]))
            #expect(try await content("sim-short", "four", simulator).content.isEmpty)
        }
    }

    @Test(
        "A wrong file is refused with the place and what would be right",
        arguments: [
            ("{", "not JSON"), ("[]", "scenario: expected an object"), (#"{"rule": []}"#, "unknown member 'rule'; known are models, rules"),
            (#"{"rules": {}}"#, "rules: expected an array"), (#"{"rules": [1]}"#, "rules[0]: expected an object"),
            (#"{"rules": [{}, {"behavior": "x"}]}"#, "rules[1]: unknown member 'behavior'"),
            (#"{"rules": [{"times": 0}]}"#, "rules[0].times"),
            (#"{"rules": [{"entropy": [1, 5]}]}"#, "rules[0].entropy[1]: expected 0...4.32 bits"),
            (#"{"rules": [{"entropy": []}]}"#, "rules[0].entropy"),
            (#"{"rules": [{"text": 1}]}"#, "rules[0].text: expected a string"), (#"{"models": ["a", 2]}"#, "models[1]: expected a string"),
        ])
    func wrongFiles(file: String, message: String) {
        let error = #expect(throws: ScenarioError.self) { try Scenario(json: Array(file.utf8)) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
