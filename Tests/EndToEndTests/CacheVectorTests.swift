import FastJSON
import Simulator
import Testing

/// The vector level: requests that mean the same. The simulator embeds bags of words, so that the same words in another order are as near as can be.
@Suite struct CacheVectorTests {
    /// A drafter that leaves the cache time, and tells of being cancelled.
    private static func config(
        _ cache: [String] = [], drafter: String = "v-n12-f400000", heavyweight: String = "h-expert-n12"
    ) -> GatewayConfig {
        var config = GatewayConfig.caching(cache)
        config.drafter = drafter
        config.heavyweight = heavyweight
        return config.pricingEmbedder("embed")
    }

    @Test(
        "A request that means the same gets the stored answer; the drafter is cancelled, and the ledger says what it and the embedding cost"
    )
    func hit() async throws {
        try await withGateway(Self.config()) { gateway in
            let first = try await gateway.chat(ChatCall(prompt: "What is the capital of Italy?"))
            let original = try ReceivedAnswer(first)
            try await gateway.waitUntilStored(1, vectors: 1)
            #expect(gateway.embeddingCalls == 1)
            let variants = [
                ("what is the capital of Italy", false), ("What is the capital of Italy??", true),
                ("What is  the capital of Italy ?\n", true),
            ]
            for (index, (prompt, isStreaming)) in variants.enumerated() {
                let hit = try await gateway.chat(ChatCall(streaming: isStreaming, usage: true, prompt: prompt))
                #expect(hit.isFromCache && hit.header("x-qualm-model") == "sim:v-n12-f400000", "\(prompt)")
                #expect(try ReceivedAnswer(hit) == original, "\(prompt)")
                if isStreaming { try hit.transcript().expectExactFraming(usage: true, "\(prompt)") }
                // The lookup's own embedding, and no other.
                #expect(gateway.embeddingCalls == 2 + index)
                #expect(await gateway.simulator.waitUntil { $0.requests(model: "v-n12-f400000").last?.outcome == .aborted })

                let metadata = try #require(try hit.metadata())
                #expect(metadata["reason"]?.string == "cache_vector" && metadata["cache", "level"]?.string == "vector")
                #expect(metadata["cache", "id"]?.string == hit.header("x-qualm-cache-id"))
                #expect(metadata["cache", "similarity"]?.double ?? 0 > 0.999)
                #expect((0...1).contains(metadata["cache", "score"]?.double ?? -1))

                let decision = try await gateway.decision(of: hit)
                #expect(decision["cache", "exact"]?.string == "miss" && decision["cache", "vector"]?.string == "hit")
                #expect(decision["cache", "served"] == true)
                let legs = decision["legs"]?.array ?? []
                let draft = try #require(legs.first { $0["leg"]?.string == "draft" })
                #expect(draft["end"]?.string == "cancelled" && draft["end_detail"]?.string == "cached" && draft["wasted"] == true)
                let embedding = try #require(legs.first { $0["leg"]?.string == "embedding" })
                #expect(embedding["provider"]?.string == "sim" && embedding["model"]?.string == "embed")
                #expect(embedding["end"]?.string == "completed" && embedding["wasted"] == false)
                #expect(embedding["tokens_source"]?.string == "provider" && embedding["output_tokens"]?.int == 0)
                let tokens = embedding["input_tokens"]?.int ?? 0
                #expect(tokens > 0 && abs((embedding["cost_usd"]?.double ?? 0) - Double(tokens) * 0.02 / 1e6) < 1e-12, "\(embedding)")
                #expect(legs.count == 2)
                // What this request cost: the drafter's prompt and the embedding. The answer itself cost nothing again.
                let sum = legs.reduce(0) { $0 + ($1["cost_usd"]?.double ?? .nan) }
                #expect(abs((metadata["cost_usd"]?.double ?? -1) - sum) < 1e-12 && sum > 0)
            }
            #expect(gateway.simulator.report().aborted == variants.count)
            #expect(try await gateway.metric("qualm_cache_lookups_total", "level=\"vector\"", "result=\"hit\"") == Double(variants.count))
            #expect(try await gateway.metric("qualm_wasted_tokens_total", "leg=\"draft\"", "reason=\"cached\"") > 0)
            #expect(try await gateway.metric("qualm_upstream_requests_total", "leg=\"embedding\"", "outcome=\"ok\"") == 4)
        }
    }

    struct Pair: Sendable {
        var stored: String
        var asked: String
        /// The name of the guard that keeps them apart.
        var guardName: String
    }

    static let pairs = [
        Pair(stored: "Translate this from English to French.", asked: "Translate this from French to English.", guardName: "direction"),
        Pair(
            stored: "Convert the table from inches to centimetres.", asked: "Convert the table from centimetres to inches.",
            guardName: "direction"),
        Pair(
            stored: "How many eggs go into a cake of 250 grams of flour?", asked: "How many eggs go into a cake of 350 grams of flour?",
            guardName: "numbers"),
        Pair(
            stored: "How long is a marathon when measured in miles?", asked: "How long is a marathon when measured in kilometres?",
            guardName: "units"),
        Pair(stored: "Which flowers bloom in the garden in March?", asked: "Which flowers bloom in the garden in May?", guardName: "dates"),
        Pair(stored: "What is the capital of France?", asked: "What is the capital of Germany?", guardName: "names"),
        Pair(
            stored: "Is it safe to leave the heater on at night?", asked: "Is it not safe to leave the heater on at night?",
            guardName: "negation"),
        Pair(
            stored: "How do I increase the contrast of a photo?", asked: "How do I decrease the contrast of a photo?", guardName: "antonyms"
        ),
        Pair(
            stored: "Why do cats purr when they sit on a lap?", asked: "How do cats purr when they sit on a lap?",
            guardName: "question_type"),
        Pair(stored: "Explain the word \"set\" in one sentence.", asked: "Explain the word \"run\" in one sentence.", guardName: "quotes"),
        Pair(stored: "What does the file /etc/hosts contain?", asked: "What does the file /etc/fstab contain?", guardName: "identifiers"),
    ]

    @Test("What merely looks alike is a miss, and the decision names the guard that saw the difference")
    func guards() async throws {
        try await withGateway(Self.config(["similarity_threshold: 0.7"], drafter: "v-n12-f500000")) { gateway in
            let stored = try await gateway.chats(Self.pairs.map { ChatCall(prompt: $0.stored) })
            #expect(stored.allSatisfy { $0.status == 200 && !$0.isFromCache })
            try await gateway.waitUntilStored(Self.pairs.count, vectors: Self.pairs.count)
            let answers = try await gateway.chats(Self.pairs.map { ChatCall(prompt: $0.asked) })
            for (pair, asked) in zip(Self.pairs, answers) {
                #expect(asked.status == 200 && asked.header("x-qualm-route") == "draft", "\(pair.asked)")
                let cache = try #require(try await gateway.decision(of: asked)["cache"])
                #expect(cache["vector"]?.string == "guarded" && cache["guard"]?.string == pair.guardName, "\(pair.asked): \(cache)")
                #expect(cache["served"] == false && cache["similarity"]?.double ?? 0 >= 0.7, "\(pair.asked): \(cache)")
            }
            #expect(
                try await gateway.metric("qualm_cache_lookups_total", "level=\"vector\"", "result=\"guarded\"") == Double(Self.pairs.count))
        }
    }

    @Test("A nearness under the threshold is a miss although no guard objects")
    func threshold() async throws {
        try await withGateway(Self.config(["similarity_threshold: 0.99"], drafter: "v-n12-f100000")) { gateway in
            _ = try await gateway.chat(ChatCall(prompt: "How do I boil an egg?"))
            try await gateway.waitUntilStored(1, vectors: 1)
            let answer = try await gateway.chat(ChatCall(prompt: "Please, how do I boil an egg?"))
            #expect(!answer.isFromCache)
            let cache = try await gateway.decision(of: answer)["cache"]
            #expect(cache?["vector"]?.string == "miss" && cache?["guard"] == .some(.null))
            #expect((0.8..<0.99).contains(cache?["similarity"]?.double ?? 0))
        }
    }

    @Test("A hit that comes after a part of the draft was released takes nothing back: the draft goes on to its end")
    func tooLate() async throws {
        try await withGateway(Self.config(drafter: "v-n30-d15000")) { gateway in
            let prompts = ["Name three rivers.", "Name three rivers"]
            let first = try await gateway.chat(ChatCall(prompt: prompts[0]))
            try await gateway.waitUntilStored(1, vectors: 1)
            // From now on the embedder takes longer than the first token, and less than the whole draft.
            gateway.simulator.setScenario(Scenario(rules: [.init(model: "embed", behaviour: Behaviour(words: "f150000"))]))
            let answer = try await gateway.chat(ChatCall(streaming: true, prompt: prompts[1]).released("holdback; n=1"))
            #expect(answer.header("x-qualm-route") == "draft" && answer.header("x-qualm-cache-id") == nil)
            try answer.transcript().expectExactFraming(usage: false, "late hit")
            let decision = try await gateway.decision(of: answer)
            #expect(decision["decision"]?.string == "ship" && decision["reason"]?.string == "accepted")
            #expect(decision["cache", "vector"]?.string == "hit" && decision["cache", "served"] == false, "\(decision["cache"] ?? .null)")
            #expect(decision["cache", "hit", "level"]?.string == "vector")
            let reference = try await gateway.reference("v-n30-d15000", ChatCall(prompt: prompts[1]))
            #expect(try answer.transcript().content == reference["choices"]?.array?.first?["message", "content"]?.string)
            #expect(try first.content() != nil && gateway.simulator.report().aborted == 0)
        }
    }

    @Test("A pre-fired heavyweight is cancelled by a hit as well as the drafter")
    func prefire() async throws {
        var config = Self.config(drafter: "v-stallfirst", heavyweight: "h-expert-n12-f600000")
        config.prefire = ["stall_ms: 50"]
        try await withGateway(config) { gateway in
            _ = try await gateway.chat(ChatCall(prompt: "Name three lakes."))
            try await gateway.waitUntilStored(1, vectors: 1)
            gateway.simulator.setScenario(Scenario(rules: [.init(model: "embed", behaviour: Behaviour(words: "f250000"))]))
            let hit = try await gateway.chat(ChatCall(prompt: "Name three lakes"))
            #expect(hit.isFromCache && hit.header("x-qualm-model") == "sim:h-expert-n12-f600000")
            #expect(
                await gateway.simulator.waitUntil { report in
                    ["v-stallfirst", "h-expert-n12-f600000"].allSatisfy { report.requests(model: $0).last?.outcome == .aborted }
                })
            let decision = try await gateway.decision(of: hit)
            let ends = decision["legs"]?.array?.filter { $0["leg"]?.string != "embedding" }.map { $0["end_detail"]?.string }
            #expect(ends == ["cached", "cached"], "\(decision["legs"] ?? .null)")
            #expect(decision["prefires"]?.array?.first?["outcome"]?.string == "abandoned")
        }
    }
}
