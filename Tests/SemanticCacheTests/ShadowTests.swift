import Cascade
import ChatAPI
import GatewayTesting
import SemanticCache
import Testing

@Suite("Shadowed hits")
struct ShadowTests {
    static let question = "How do I boil an egg"

    /// Asks again, and lets the models say `text`.
    private func shadow(_ pipeline: Pipeline, _ candidate: CacheCandidate, prompt: String = question) async throws -> CacheOutcome {
        let before = pipeline.observer.record.verdicts.values.reduce(0, +)
        let lookup = try pipeline.begin(prompt)
        let (outcome, hit) = try await lookup.outcome()
        #expect(hit == nil)
        lookup.session.end(.answered(candidate))
        try await eventually("compared") { pipeline.observer.record.verdicts.values.reduce(0, +) > before }
        return outcome
    }

    @Test("shadow mode serves nothing, whatever it finds, and compares", arguments: [false, true])
    func shadowMode(resident: Bool) async throws {
        try await Pipeline.run(resident: resident, { $0.mode = .shadow }) { pipeline in
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            let outcome = try await shadow(pipeline, Pipeline.candidate("Ten minutes."))
            #expect(outcome.exact == .shadowed)
            #expect(pipeline.observer.record.verdicts == [.agree: 1])
            let (only, hit) = try await pipeline.begin(Self.question, directive: .onlyIfCached).outcome()
            #expect(hit == nil)
            #expect(only.exact == .shadowed)
            let statistics = await pipeline.cache.statistics()
            #expect(statistics.comparisons == [.agree: 1])
            #expect(statistics.mode == "shadow")
            // One comparison without an error says little: 95 % sure that at most 95 % disagree.
            #expect(abs(statistics.falseHitBound - 0.95) < 1e-9)
            #expect(statistics.served == 0)
        }
    }

    @Test("in mode on, the drawn share of would-be hits is compared, and the others are served")
    func share() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            pipeline.time.draw(0.05)
            #expect(try await pipeline.begin(Self.question).outcome().0.exact == .hit)
            pipeline.time.draw(0.049)
            #expect(try await shadow(pipeline, Pipeline.candidate("Ten minutes.")).exact == .shadowed)
            // A client that takes nothing else is not made to wait for a comparison.
            #expect(try await pipeline.begin(Self.question, directive: .onlyIfCached).outcome().0.exact == .hit)
        }
    }

    @Test("one wrong hit puts the entry into quarantine: not served, not replaced, until somebody removes it", arguments: [false, true])
    func quarantine(resident: Bool) async throws {
        try await Pipeline.run(resident: resident) { pipeline in
            try await pipeline.ask(Self.question, answer: "Boil it for 10 minutes.")
            pipeline.time.draw(0)
            _ = try await shadow(pipeline, Pipeline.candidate("Fry it for 3 hours."))
            pipeline.time.draw(1)
            #expect(pipeline.observer.record.verdicts == [.disagree: 1])
            try await eventually("the vector is gone") { pipeline.vectors.contents.isEmpty }
            try await eventually("its own answer is not stored") { pipeline.observer.record.admissions[.quarantined] == 1 }
            let (outcome, hit) = try await pipeline.begin(Self.question).outcome()
            #expect(hit == nil)
            #expect(outcome.exact == .quarantined)
            let refused = try pipeline.begin(Self.question)
            #expect(!refused.session.wantsAnswer)
            _ = try await refused.outcome()
            refused.session.end(.answered(Pipeline.candidate("Again.")))
            let forced = try pipeline.begin(Self.question, directive: .noCache)
            forced.session.end(.answered(Pipeline.candidate("Again.")))
            try await eventually("refused") { pipeline.observer.record.admissions[.quarantined] == 3 }
            #expect(await pipeline.cache.statistics().quarantined == 1)
            #expect(await pipeline.cache.statistics().falseHitBound == 1)
            let id = try #require(pipeline.answers.contents.keys.first)
            #expect(try await pipeline.cache.remove(id))
            #expect(await pipeline.cache.statistics().quarantined == 0)
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            #expect(try await pipeline.begin(Self.question).outcome().0.exact == .hit)
        }
    }

    @Test("a tombstone of another gateway is respected, at both levels")
    func otherGateways() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask(Self.question, answer: "Boil it for 10 minutes.")
            let points = pipeline.vectors.contents
            pipeline.time.draw(0)
            _ = try await shadow(pipeline, Pipeline.candidate("Fry it for 3 hours."))
            try await eventually("in quarantine") { pipeline.vectors.contents.isEmpty }
            let tombstone = pipeline.answers.contents
            // Another process, the same stores; the vector was not removed.
            try await Pipeline.run { other in
                other.answers.contents = tombstone
                other.vectors.contents = points
                other.embedder.place("How do I boil an egg?", near: Self.question, cosine: 0.99)
                #expect(try await other.begin(Self.question).outcome().0.exact == .quarantined)
                #expect(try await other.begin("How do I boil an egg?").outcome().0.vector == .quarantined)
                let forced = try other.begin(Self.question, directive: .noCache)
                forced.session.end(.answered(Pipeline.candidate("Again.")))
                try await eventually("refused") { other.observer.record.admissions == [.quarantined: 1] }
                #expect(other.answers.contents == tombstone)
            }
        }
    }

    @Test("a vector-level hit that was wrong takes the found entry out, and keeps the asker's own answer")
    func vectorLevel() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place("How do I boil an egg?", near: Self.question, cosine: 0.99)
            try await pipeline.ask(Self.question, answer: "Boil it for 10 minutes.")
            let wrong = try #require(pipeline.answers.contents.keys.first)
            pipeline.time.draw(0)
            let outcome = try await shadow(pipeline, Pipeline.candidate("Fry it for 3 hours."), prompt: "How do I boil an egg?")
            #expect(outcome.vector == .shadowed)
            pipeline.time.draw(1)
            try await eventually("its own answer is stored") { pipeline.observer.record.admissions[.stored] == 2 }
            #expect(pipeline.vectors.contents.count == 1)
            #expect(pipeline.vectors.contents[wrong] == nil)
            #expect(try await pipeline.begin("How do I boil an egg?").outcome().0.exact == .hit)
            #expect(try await pipeline.begin(Self.question).outcome().0.exact == .quarantined)
        }
    }

    @Test(
        "an answer that is nothing to go by compares with nothing",
        arguments: [
            Pipeline.candidate("Fry it", finish: .length), Pipeline.candidate("Fry it", isMarked: true),
            Pipeline.candidate("Fry it", route: .draft), Pipeline.candidate(" "),
        ])
    func unknown(candidate: CacheCandidate) async throws {
        try await Pipeline.run({ $0.mode = .shadow }) { pipeline in
            try await pipeline.ask(Self.question, answer: "Boil it for 10 minutes.")
            _ = try await shadow(pipeline, candidate)
            #expect(pipeline.observer.record.verdicts == [.unknown: 1])
            #expect(await pipeline.cache.statistics().quarantined == 0)
        }
    }

    @Test("a request that ends without an answer is an unknown")
    func nothing() async throws {
        try await Pipeline.run({ $0.mode = .shadow }) { pipeline in
            try await pipeline.ask(Self.question, answer: "Boil it for 10 minutes.")
            let lookup = try pipeline.begin(Self.question)
            _ = try await lookup.outcome()
            lookup.session.end(.nothing)
            lookup.session.end(.answered(Pipeline.candidate("Too late.")))
            #expect(pipeline.observer.record.verdicts == [.unknown: 1])
            #expect(pipeline.observer.record.admissions == [.stored: 1])
        }
    }

    @Test("tool calls agree by name and arguments, however they are spelled")
    func toolCalls() async throws {
        func candidate(_ name: String, _ arguments: String) -> CacheCandidate {
            var candidate = Pipeline.candidate("", finish: .toolCalls)
            candidate.body = Array(
                (#"{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","#
                    + #""function":{"name":"\#(name)","arguments":"\#(arguments)"}}]},"finish_reason":"tool_calls"}]}"#).utf8)
            return candidate
        }
        let stored = candidate("find", #"{\"a\":1,\"b\":[2]}"#)
        for (given, verdict) in [
            (candidate("find", #"{ \"b\": [2.0], \"a\": 1 }"#), ShadowVerdict.agree),
            (candidate("find", #"{\"a\":2,\"b\":[2]}"#), .disagree), (candidate("list", #"{\"a\":1,\"b\":[2]}"#), .disagree),
            (Pipeline.candidate("None needed."), .disagree),
        ] {
            try await Pipeline.run({ $0.mode = .shadow }) { pipeline in
                let first = try pipeline.begin(Self.question)
                _ = try await first.outcome()
                first.session.end(.answered(stored))
                try await eventually("stored") { pipeline.observer.record.admissions == [.stored: 1] }
                _ = try await shadow(pipeline, given)
                #expect(pipeline.observer.record.verdicts == [verdict: 1])
            }
        }
    }

    @Test("comparing embeds both answers, in nobody's ledger")
    func embeddings() async throws {
        try await Pipeline.run({ $0.mode = .shadow }) { pipeline in
            pipeline.embedder.place("It takes ten minutes.", near: "Boil it for ten minutes.", cosine: 0.97)
            try await pipeline.ask(Self.question, answer: "Boil it for ten minutes.")
            _ = try await shadow(pipeline, Pipeline.candidate("It takes ten minutes."))
            #expect(pipeline.observer.record.verdicts == [.agree: 1])
            #expect(pipeline.observer.record.embeddings.count == 2)
        }
    }
}
