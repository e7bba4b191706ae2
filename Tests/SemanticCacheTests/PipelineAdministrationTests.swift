import Cascade
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Administration of the cache")
struct PipelineAdministrationTests {
    @Test("statistics add up what happened, and sizes come from the stores")
    func statistics() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask("Q1", answer: "A1")
            try await pipeline.ask("Q2", answer: "A2")
            try await pipeline.ask("Q1", answer: "unused")
            let statistics = await pipeline.cache.statistics()
            #expect(statistics.mode == "on")
            #expect(statistics.store == "redis_qdrant")
            #expect(statistics.entries == 2)
            #expect(statistics.vectors == 2)
            #expect(statistics.embedder == "scripted:embedder")
            #expect(statistics.lookups == [.exact: [.miss: 2, .hit: 1], .vector: [.miss: 2]])
            #expect(statistics.admissions == [.stored: 2])
            #expect(statistics.served == 1)
            #expect(statistics.falseHitBound == 1)
            pipeline.answers.behave(.fails(.unavailable))
            pipeline.vectors.behave(.fails(.unavailable))
            let blind = await pipeline.cache.statistics()
            #expect(blind.entries == nil)
            #expect(blind.vectors == nil)
            #expect(blind.failures == [.redis: [.unavailable: 1], .qdrant: [.unavailable: 1]])
        }
    }

    @Test("removing an entry removes it from both levels; what is no id is not there")
    func remove() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask("Q1", answer: "A1")
            let id = try #require(pipeline.answers.contents.keys.first)
            for nonsense in ["", "x", "*", id + "0", String(id.dropLast()) + "g", id.replacing("-", with: "0")] {
                #expect(try await !pipeline.cache.remove(nonsense))
            }
            #expect(pipeline.answers.calls(.remove) == 0)
            #expect(try await pipeline.cache.remove(id.uppercased()))
            #expect(pipeline.answers.contents.isEmpty)
            #expect(pipeline.vectors.contents.isEmpty)
            #expect(try await !pipeline.cache.remove(id))
            #expect(try await pipeline.begin("Q1").outcome().0.exact == .miss)
        }
    }

    @Test("an answer that was being made when everything was removed is not stored, nor handed to anybody")
    func inFlight() async throws {
        try await Pipeline.run(resident: true) { pipeline in
            let lookup = try pipeline.begin("Q")
            _ = try await lookup.outcome()
            _ = try await pipeline.cache.removeAll()
            lookup.session.end(.answered(Pipeline.candidate("from before")))
            #expect(pipeline.observer.record.admissions == [.policy: 1])
            #expect(try await pipeline.begin("Q").outcome().0.exact == .miss)
            #expect(pipeline.answers.calls(.set) == 0)
        }
    }

    @Test("removing everything empties both levels, and says how much there was")
    func removeAll() async throws {
        try await Pipeline.run { pipeline in
            for position in 0..<5 { try await pipeline.ask("Q\(position)", answer: "A") }
            #expect(try await pipeline.cache.removeAll() == 5)
            #expect(pipeline.answers.contents.isEmpty)
            #expect(pipeline.vectors.contents.isEmpty)
            #expect(await pipeline.cache.statistics().lookups[.exact] == [.miss: 5])
            pipeline.answers.behave(.fails(.unauthorized))
            await #expect(throws: StoreError.self) { try await pipeline.cache.removeAll() }
        }
    }

    @Test("an answer that is on its way when everything is removed does not come back")
    func removeAllDuringWrite() async throws {
        try await Pipeline.run { pipeline in
            let signal = Signal()
            pipeline.answers.behave(.waits(signal), on: .set)
            let lookup = try pipeline.begin("Q1")
            _ = try await lookup.outcome()
            lookup.session.end(.answered(Pipeline.candidate("A1")))
            try await eventually("being written") { pipeline.answers.calls(.set) == 1 }
            _ = try await pipeline.cache.removeAll()
            #expect(try pipeline.begin("Q1").isPending)
            signal.open()
            try await eventually("removed again") { pipeline.answers.calls(.remove) == 1 && pipeline.answers.contents.isEmpty }
            try await eventually("counted") { pipeline.observer.record.admissions == [.stored: 1] }
            #expect(pipeline.vectors.contents.isEmpty)
        }
    }

    @Test("shared counters get what happened since the last time, and expired points are cleared now and then")
    func books() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask("Q1", answer: "A1")
            try await pipeline.ask("Q1", answer: "unused")
            pipeline.time.advance(by: .seconds(10))
            try await eventually("told") { pipeline.answers.calls(.add) == 1 }
            #expect(try await pipeline.answers.counters(deadline: .now) == ["hits": 1, "misses": 1, "stored": 1])
            try await pipeline.ask("Q1", answer: "unused")
            // The book-keeper has gone to sleep again, some time after its last word.
            try await eventually("told again") {
                pipeline.time.advance(by: .seconds(10))
                return pipeline.answers.calls(.add) == 2
            }
            #expect(try await pipeline.answers.counters(deadline: .now)["hits"] == 2)
            #expect(pipeline.vectors.calls(.removeExpired) <= 1)
            try await eventually("cleared") {
                pipeline.time.advance(by: .seconds(60))
                return pipeline.vectors.calls(.removeExpired) >= 1
            }
        }
    }
}
