import Cascade
import ChatAPI
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Equal requests in flight")
struct SingleFlightTests {
    @Test("of fifty equal misses one asks a model, and all get its answer", arguments: [false, true])
    func oneLeader(resident: Bool) async throws {
        try await Pipeline.run(resident: resident) { pipeline in
            let lookups = try await withThrowingTaskGroup(of: PipelineLookup.self) { group in
                for _ in 0..<50 { group.addTask { try pipeline.begin("How do I boil an egg") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let leaders = lookups.filter { !$0.holdsDrafter }
            #expect(leaders.count == 1)
            _ = try await leaders[0].outcome()
            leaders[0].session.end(.answered(Pipeline.candidate("Ten minutes.")))
            for follower in lookups where follower.holdsDrafter {
                let (outcome, hit) = try await follower.outcome()
                #expect(outcome.exact == .coalesced)
                #expect(hit?.level == .exact)
                #expect(hit.map { String(decoding: $0.body, as: UTF8.self).contains(#""cached":true"#) } == true)
                #expect(follower.probe.count == 1)
                follower.session.end(.served)
            }
            try await eventually("stored") { pipeline.observer.record.admissions == [.stored: 1] }
            #expect(pipeline.observer.record.lookups["exact coalesced"] == 49)
            #expect(pipeline.embedder.texts.count == 1)
            #expect(await pipeline.cache.statistics().served == 49)
        }
    }

    @Test("what the leader finds in the store goes to all")
    func leaderHits() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask("How do I boil an egg", answer: "Ten minutes.")
            let signal = Signal()
            pipeline.answers.behave(.waits(signal), on: .value)
            let lookups = try (0..<10).map { _ in try pipeline.begin("How do I boil an egg") }
            #expect(lookups.count { $0.holdsDrafter } == 9)
            signal.open()
            for lookup in lookups { #expect(try await lookup.outcome().1 != nil) }
            #expect(pipeline.answers.calls(.value) == 2)
        }
    }

    @Test("a leader that fails, or whose answer is not kept, releases its followers at once", arguments: [false, true])
    func leaderFails(answers: Bool) async throws {
        try await Pipeline.run { pipeline in
            let lookups = try (0..<10).map { _ in try pipeline.begin("How do I boil an egg") }
            lookups[0].session.end(answers ? .answered(Pipeline.candidate("Ten", finish: .length)) : .nothing)
            for lookup in lookups.dropFirst() {
                let (outcome, hit) = try await lookup.outcome()
                #expect(hit == nil)
                #expect(outcome.exact == .miss)
            }
        }
    }

    @Test("a leader that finds a tombstone releases its followers at once")
    func leaderFindsTombstone() async throws {
        try await Pipeline.run { pipeline in
            try await pipeline.ask("How do I boil an egg", answer: "Boil it for 10 minutes.")
            pipeline.time.draw(0)
            let shadowed = try pipeline.begin("How do I boil an egg")
            _ = try await shadowed.outcome()
            shadowed.session.end(.answered(Pipeline.candidate("Fry it for 3 hours.")))
            try await eventually("in quarantine") { pipeline.observer.record.admissions[.quarantined] == 1 }
            let tombstone = pipeline.answers.contents
            try await Pipeline.run { other in
                other.answers.contents = tombstone
                let signal = Signal()
                other.answers.behave(.waits(signal), on: .value)
                let lookups = try (0..<3).map { _ in try other.begin("How do I boil an egg") }
                signal.open()
                let results = try await [lookups[0].outcome().0.exact, lookups[1].outcome().0.exact, lookups[2].outcome().0.exact]
                #expect(results == [.quarantined, .miss, .miss])
            }
        }
    }

    @Test("a session that nobody ends releases its followers when it is gone")
    func forgotten() async throws {
        try await Pipeline.run(resident: true, hasVectors: false) { pipeline in
            var leader: PipelineLookup? = try pipeline.begin("How do I boil an egg")
            let follower = try pipeline.begin("How do I boil an egg")
            #expect(leader?.isPending == false)
            #expect(follower.holdsDrafter)
            leader = nil
            #expect(try await follower.outcome().0.exact == .miss)
        }
    }

    @Test("the wait is bounded; whoever gave up goes on alone, and disturbs nobody")
    func boundedWait() async throws {
        try await Pipeline.run { pipeline in
            let leader = try pipeline.begin("How do I boil an egg")
            _ = try await leader.outcome()
            let early = try pipeline.begin("How do I boil an egg")
            pipeline.time.advance(by: .milliseconds(600))
            let late = try pipeline.begin("How do I boil an egg")
            pipeline.time.advance(by: .milliseconds(400))
            let (outcome, hit) = try await early.outcome()
            #expect(hit == nil)
            #expect(outcome.exact == .miss)
            #expect(outcome.waitedMs == 1_000)
            early.session.end(.answered(Pipeline.candidate("On its own.")))
            #expect(late.probe.count == 0)
            // The flight is the leader's still.
            #expect(try pipeline.begin("How do I boil an egg").holdsDrafter)
            leader.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            let served = try #require(try await late.outcome().1)
            #expect(String(decoding: served.body, as: UTF8.self).contains("Ten minutes."))
        }
    }

    @Test("between a leader's end and the store's word there is no moment without the answer")
    func writeBehind() async throws {
        try await Pipeline.run { pipeline in
            let signal = Signal()
            pipeline.answers.behave(.waits(signal), on: .set)
            let leader = try pipeline.begin("How do I boil an egg")
            _ = try await leader.outcome()
            leader.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            let next = try pipeline.begin("How do I boil an egg")
            #expect(!next.isPending)
            #expect(try await next.outcome().0.exact == .coalesced)
            signal.open()
            try await eventually("stored") { pipeline.observer.record.admissions == [.stored: 1] }
            try await eventually("found in the store") {
                try pipeline.begin("How do I boil an egg", directive: .onlyIfCached).isPending
            }
        }
    }

    @Test("a follower gets no answer that is too long for it")
    func unfitFollower() async throws {
        try await Pipeline.run { pipeline in
            let leader = try pipeline.begin("How do I boil an egg", maxTokens: 30)
            let follower = try pipeline.begin("How do I boil an egg", maxTokens: 17)
            _ = try await leader.outcome()
            leader.session.end(.answered(Pipeline.candidate("Ten minutes.")))
            let (outcome, hit) = try await follower.outcome()
            #expect(hit == nil)
            #expect(outcome.exact == .unfit)
        }
    }

    @Test("who comes back late from an older flight leaves the newer one alone")
    func stamps() {
        let table = FlightTable()
        let old = table.lead("x")
        #expect(old != nil)
        #expect(table.lead("x") == nil)
        _ = table.finish("x", old ?? 0)
        let new = table.lead("x")
        #expect(new != nil && new != old)
        _ = table.finish("x", old ?? 0)
        #expect(table.count == 1)
        table.forgetAnswers()
        table.forgetAnswer("x")
        #expect(table.count == 1)
        _ = table.finish("x", new ?? 0)
        #expect(table.count == 0)
    }

    @Test("nobody waits when it is off, in shadow mode, or for a request that never asks a model")
    func noFlight() async throws {
        for change in [{ $0.singleFlight = .zero }, { $0.mode = .shadow }] as [(inout CacheSettings) -> Void] {
            try await Pipeline.run(change) { pipeline in
                let lookups = try (0..<3).map { _ in try pipeline.begin("How do I boil an egg") }
                #expect(lookups.allSatisfy { !$0.holdsDrafter })
            }
        }
        try await Pipeline.run { pipeline in
            let lookups = try [CacheDirective.onlyIfCached, nil, .onlyIfCached].map {
                try pipeline.begin("How do I boil an egg", directive: $0)
            }
            #expect(lookups.allSatisfy { !$0.holdsDrafter })
        }
    }
}
