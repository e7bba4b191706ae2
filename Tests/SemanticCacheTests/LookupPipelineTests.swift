import Cascade
import ChatAPI
import FastJSON
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("A lookup through the pipeline")
struct LookupPipelineTests {
    static let question = "How do I boil an egg"
    static let sameQuestion = "How do I boil an egg?"

    @Test("an equal request gets the stored answer, from a store elsewhere and from one in this process", arguments: [false, true])
    func exactHit(resident: Bool) async throws {
        try await Pipeline.run(resident: resident) { pipeline in
            #expect(try await pipeline.ask(Self.question, answer: "Ten minutes.") == nil)
            pipeline.time.advance(by: .seconds(90))
            let again = try pipeline.begin(Self.question)
            #expect(again.isPending == !resident)
            let (outcome, hit) = try await again.outcome()
            #expect(outcome.exact == .hit)
            #expect(outcome.vector == nil)
            #expect(hit?.level == .exact)
            #expect(hit?.ageSeconds == 90)
            #expect(hit?.model.qualified == "openai:gpt")
            #expect(hit.map { String(decoding: $0.body, as: UTF8.self).contains("Ten minutes.") } == true)
            again.session.end(.served)
            #expect(await pipeline.cache.statistics().served == 1)
            #expect(pipeline.embedder.texts == [Self.question])
        }
    }

    @Test("a stored body is the model's own, but for the mark in its usage")
    func faithful() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask(Self.question, answer: "Ten \\u00e9 \\n minutes.")
            let hit = try #require(try await pipeline.ask(Self.question, answer: "unused"))
            let original = String(decoding: Pipeline.body("Ten \\u00e9 \\n minutes."), as: UTF8.self)
            let replayed = String(decoding: hit.body, as: UTF8.self)
            #expect(replayed == original.dropLast(2) + #","cached":true}}"#)
        }
    }

    @Test("a request that means the same gets the stored answer")
    func vectorHit() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.97)
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            let (outcome, hit) = try await pipeline.begin(Self.sameQuestion).outcome()
            #expect(outcome.exact == .miss)
            #expect(outcome.vector == .hit)
            #expect(hit?.level == .vector)
            #expect(abs((outcome.similarity ?? 0) - 0.97) < 1e-3)
            #expect(outcome.score != nil)
            #expect(outcome.embedding?.end == .completed)
            #expect(outcome.embedding?.tokens.source == .provider)
        }
    }

    @Test("what is not near enough, and what a guard sees through, is a miss that says why")
    func notServed() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place("Sum up column 7", near: "Sum up column 3", cosine: 0.99)
            pipeline.embedder.place("Sum up column 3!", near: "Sum up column 3", cosine: 0.94)
            try await pipeline.ask("Sum up column 3", answer: "12")
            let (guarded, none) = try await pipeline.begin("Sum up column 7").outcome()
            #expect(none == nil)
            #expect(guarded.vector == .guarded)
            #expect(guarded.guardName == "numbers")
            let (far, nothing) = try await pipeline.begin("Sum up column 3!").outcome()
            #expect(nothing == nil)
            #expect(far.vector == .miss)
            #expect(far.guardName == nil)
            #expect(abs((far.similarity ?? 0) - 0.94) < 1e-3)
        }
    }

    @Test("another tenant and another system prompt never get the answer, at either level")
    func partitions() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.999)
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            for prompt in [Self.question, Self.sameQuestion] {
                #expect(try await pipeline.begin(prompt, tenant: "b").outcome().1 == nil)
                #expect(try await pipeline.begin(prompt, system: "Be long.").outcome().1 == nil)
            }
        }
    }

    @Test("an answer longer than the client's limit is unfit, at either level")
    func unfit() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.98)
            // 20 tokens; 17 and 30 are in one bucket.
            try await pipeline.ask(Self.question, answer: "Ten minutes.", maxTokens: 30)
            #expect(try await pipeline.begin(Self.question, maxTokens: 30).outcome().0.exact == .hit)
            #expect(try await pipeline.begin(Self.question, maxTokens: 17).outcome().0.exact == .unfit)
            #expect(try await pipeline.begin(Self.sameQuestion, maxTokens: 17).outcome().0.vector == .unfit)
        }
    }

    @Test("a miss embeds once: the vector of the lookup is the vector of the entry")
    func embedsOnce() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            #expect(pipeline.embedder.texts == [Self.question])
            #expect(pipeline.vectors.contents.values.map(\.vector) == [pipeline.embedder.vector(of: Self.question)])
            #expect(pipeline.answers.lastTimeToLive == .seconds(86_400))
            #expect(pipeline.vectors.contents.values.map(\.expiresAt) == [1_750_086_400])
            #expect(pipeline.observer.record.embeddings.isEmpty)
        }
    }

    @Test("an embedding that comes after the deadline is used for the insert")
    func lateVector() async throws {
        try await Pipeline.run { pipeline in
            let signal = Signal()
            pipeline.embedder.behave(.waits(signal))
            let lookup = try pipeline.begin(Self.question)
            try await eventually("the embedder is asked") { pipeline.embedder.texts.count == 1 }
            #expect(lookup.session.unreportedEmbedding?.tokens.source == .estimated)
            pipeline.time.advance(by: .milliseconds(300))
            let (outcome, _) = try await lookup.outcome()
            #expect(outcome.exact == .miss)
            #expect(outcome.vector == .timeout)
            #expect(outcome.waitedMs == 300)
            #expect(outcome.embedding?.tokens == TokenCount(input: 5, source: .estimated))
            #expect(lookup.session.unreportedEmbedding == nil)
            lookup.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            try await eventually("stored at the exact level") { pipeline.observer.record.admissions[.stored] == 1 }
            #expect(pipeline.vectors.contents.isEmpty)
            signal.open()
            try await eventually("stored at the vector level") { pipeline.vectors.contents.count == 1 }
            #expect(pipeline.embedder.texts.count == 1)
        }
    }

    @Test("without an embedding the answer is kept at the exact level alone")
    func noVector() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.behave(.fails(.unavailable))
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            #expect(pipeline.vectors.contents.isEmpty)
            #expect(try await pipeline.begin(Self.question).outcome().0.exact == .hit)
            #expect(pipeline.embedder.texts.count == 1)
        }
    }

    @Test("without an embedder only the exact level is there, and a resident miss waits for nothing")
    func exactOnly() async throws {
        try await Pipeline.run(resident: true, hasVectors: false) { pipeline in
            let first = try pipeline.begin(Self.question)
            #expect(!first.isPending)
            #expect(try await first.outcome().0 == CacheOutcome(exact: .miss))
            first.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            try await eventually("stored") { pipeline.observer.record.admissions[.stored] == 1 }
            #expect(try await pipeline.begin(Self.question).outcome().0.exact == .hit)
            #expect(await pipeline.cache.statistics().embedder == nil)
        }
    }

    @Test("with the stores in this process: miss, hit, and a hit by meaning")
    func embeddedStores() async throws {
        let vectors = EmbeddedVectorStore()
        defer { vectors.shutdown() }
        let embedder = ScriptedEmbedder(size: 384)
        embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.97)
        let observer = RecordingCacheObserver()
        var settings = CacheSettings()
        settings.shadowShare = 0
        settings.deadline = .seconds(20)
        let cache = SemanticCompletionCache(
            settings: settings, answers: EmbeddedAnswerStore(), vectors: vectors, embedder: embedder, observer: observer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            defer { group.cancelAll() }
            try await eventually("the cache runs") { cache.isRunning }
            func ask(_ prompt: String) throws -> PipelineLookup {
                let probe = LookupProbe()
                return PipelineLookup(session: cache.begin(try Pipeline.query(prompt), sink: probe), probe: probe)
            }
            let first = try ask(Self.question)
            #expect(try await first.outcome().0.vector == .miss)
            first.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            try await eventually("stored") { observer.record.admissions == [.stored: 1] }
            #expect(try !ask(Self.question).isPending)
            let (outcome, hit) = try await ask(Self.sameQuestion).outcome()
            #expect(outcome.vector == .hit)
            #expect(hit.map { String(decoding: $0.body, as: UTF8.self).contains("Ten minutes.") } == true)
            let statistics = await cache.statistics()
            #expect(statistics.store == "embedded")
            #expect(statistics.entries == 1)
            #expect(statistics.vectors == 1)
            #expect((statistics.bytes ?? 0) > 0)
            #expect(try await cache.removeAll() == 1)
            #expect(try await ask(Self.sameQuestion).outcome().1 == nil)
        }
    }

    @Test("a vector whose entry is gone is removed, and the next neighbour is looked at")
    func staleVector() async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place("How do I boil an egg.", near: Self.question, cosine: 0.96)
            pipeline.embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.99)
            try await pipeline.ask(Self.question, answer: "gone")
            let gone = try #require(pipeline.answers.contents.keys.first)
            pipeline.answers.contents = [:]
            try await pipeline.ask("How do I boil an egg.", answer: "here")
            try await eventually("the stale vector is removed") { pipeline.vectors.contents[gone] == nil }
            // Stale again, and nearer than the other one.
            pipeline.vectors.contents[gone] = VectorPoint(
                id: gone, vector: pipeline.embedder.vector(of: Self.sameQuestion),
                partition: try #require(pipeline.vectors.contents.values.first?.partition), expiresAt: 2e9)
            pipeline.vectors.contents = pipeline.vectors.contents.mapValues { point in
                var point = point
                if point.id != gone { point.vector = pipeline.embedder.vector(of: Self.sameQuestion).map { $0 * 0.98 } }
                return point
            }
            let (outcome, hit) = try await pipeline.begin(Self.sameQuestion).outcome()
            #expect(outcome.vector == .hit)
            #expect(hit?.id != gone)
            try await eventually("the stale vector is removed again") { pipeline.vectors.contents[gone] == nil }
        }
    }

    @Test("nonsense in the store is an error that is told, a miss to the client, and removed", arguments: [false, true])
    func nonsense(resident: Bool) async throws {
        try await Pipeline.run(resident: resident) { pipeline in
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            let id = try #require(pipeline.answers.contents.keys.first)
            pipeline.answers.contents[id] = Array("{}".utf8)
            let (outcome, hit) = try await pipeline.begin(Self.question).outcome()
            #expect(hit == nil)
            #expect(outcome.exact == .error)
            #expect(pipeline.observer.record.errors.map(\.kind) == [.malformed])
            try await eventually("removed") { pipeline.answers.contents[id] == nil && pipeline.vectors.contents[id] == nil }
        }
    }

    @Test("an entry that belongs elsewhere is not believed, at either level", arguments: ["id", "partition", "prompt"])
    func foreign(member: String) async throws {
        try await Pipeline.run { pipeline in
            pipeline.embedder.place(Self.sameQuestion, near: Self.question, cosine: 0.99)
            try await pipeline.ask(Self.question, answer: "Ten minutes.")
            let (id, value) = try #require(pipeline.answers.contents.first)
            guard case .answer(var answer) = StoredEntry(value) else {
                Issue.record("no entry")
                return
            }
            let points = pipeline.vectors.contents
            switch member {
            case "id": answer.id = String(id.reversed())
            case "partition": answer.partition = String(answer.partition.reversed())
            default: answer.prompt = "How do I fry an egg"
            }
            pipeline.answers.contents[id] = StoredEntry.answer(answer).encoded()
            let (outcome, hit) = try await pipeline.begin(Self.question).outcome()
            #expect(hit == nil)
            #expect(outcome.exact == .error)
            try await eventually("removed") { pipeline.answers.contents[id] == nil && pipeline.vectors.contents[id] == nil }
            // The same, found by its vector: here the prompt is only what the guards compare.
            pipeline.answers.contents[id] = StoredEntry.answer(answer).encoded()
            pipeline.vectors.contents = points
            #expect(try await pipeline.begin(Self.sameQuestion).outcome().1 == nil)
        }
    }

    @Test("a directive is obeyed")
    func directives() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask(Self.question, answer: "first")
            // no-store: neither found nor kept.
            let untouched = try pipeline.begin(Self.question, directive: .noStore)
            #expect(!untouched.session.wantsAnswer)
            #expect(try await untouched.outcome().0.bypass == .directive)
            untouched.session.end(.answered(Pipeline.candidate("never")))
            // no-cache: not found, and replaced.
            let fresh = try pipeline.begin(Self.question, directive: .noCache)
            #expect(fresh.session.wantsAnswer)
            #expect(try await fresh.outcome().0.bypass == .directive)
            fresh.session.end(.answered(Pipeline.candidate("second")))
            try await eventually("replaced") { pipeline.observer.record.admissions[.stored] == 2 }
            let found = try pipeline.begin(Self.question, directive: .onlyIfCached)
            #expect(!found.session.wantsAnswer)
            let hit = try #require(try await found.outcome().1)
            #expect(String(decoding: hit.body, as: UTF8.self).contains("second"))
            #expect(pipeline.observer.record.bypasses == [.directive: 2])
            // The insert without a lookup embedded for itself, in nobody's ledger.
            #expect(pipeline.observer.record.embeddings.count == 1)
        }
    }

    @Test("a cache that does not run finds what is in this process, and promises nothing else")
    func notRunning() throws {
        let cache = SemanticCompletionCache(
            settings: CacheSettings(), answers: ScriptedAnswerStore(), vectors: ScriptedVectorStore(), embedder: ScriptedEmbedder(),
            observer: RecordingCacheObserver())
        let session = cache.begin(try Pipeline.query(Self.question), sink: LookupProbe())
        guard case .miss(let outcome) = session.start else {
            Issue.record("pending")
            return
        }
        #expect(outcome.exact == .overloaded)
    }

    @Test("ending the service resolves what is pending as misses")
    func shutdown() async throws {
        let answers = ScriptedAnswerStore()
        answers.behave(.hangs)
        let observer = RecordingCacheObserver()
        var settings = CacheSettings()
        settings.deadline = .seconds(3_600)
        let cache = SemanticCompletionCache(settings: settings, answers: answers, observer: observer)
        let probes = (0..<20).map { _ in LookupProbe() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            try? await eventually("the cache runs") { cache.isRunning }
            for (position, probe) in probes.enumerated() {
                guard let query = try? Pipeline.query("Question \(position)") else { continue }
                _ = cache.begin(query, sink: probe)
            }
            try? await eventually("all are asked") { answers.calls(.value) == 20 }
            group.cancelAll()
        }
        for probe in probes { #expect(probe.count == 1) }
        #expect(observer.record.ended == 20)
    }
}
