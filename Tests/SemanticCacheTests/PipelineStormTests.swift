import Cascade
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Storms")
struct PipelineStormTests {
    /// One request of a storm: what it asked, how it ended.
    private struct Rider: Sendable {
        let lookup: LookupProbe
        let isPending: Bool
    }

    @Test(
        "no lookup is lost or heard of twice, and none gets another's answer, whatever happens at once",
        arguments: [1, 2, 3, 4] as [UInt64])
    func storm(seed: UInt64) async throws {
        try await Pipeline.run(
            resident: seed % 2 == 0,
            {
                $0.maxConcurrentLookups = 16
                $0.maxQueuedWrites = 32
                $0.breakerOpenFor = .milliseconds(50)
                $0.mode = seed == 4 ? .shadow : .on
            }
        ) { pipeline in
            for position in 0..<12 { pipeline.embedder.place("Question \(position)?", near: "Question \(position)", cosine: 0.99) }
            let riders = try await withThrowingTaskGroup(of: [Rider].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(worker))
                        var riders: [Rider] = []
                        for _ in 0..<150 { riders.append(try await Self.ride(pipeline, &generator)) }
                        return riders
                    }
                }
                group.addTask {
                    var generator = SeededGenerator(seed: seed)
                    for _ in 0..<100 {
                        // Whoever waits long waits until the next mischief: stores are slow, but not for ever.
                        let slow = Signal()
                        Self.mischief(pipeline, slow, &generator)
                        defer { slow.open() }
                        if Int.random(in: 0..<8, using: &generator) == 0 { _ = try? await pipeline.cache.removeAll() }
                        try await Task.sleep(for: .microseconds(300))
                    }
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            pipeline.answers.behave(.works)
            pipeline.vectors.behave(.works)
            pipeline.embedder.behave(.works)
            for rider in riders where rider.isPending {
                try await eventually("every pending lookup is heard of") {
                    if rider.lookup.count == 0 { pipeline.time.advance(by: .milliseconds(100)) }
                    return rider.lookup.count > 0
                }
            }
            for rider in riders { #expect(rider.lookup.count == (rider.isPending ? 1 : 0)) }
            #expect(pipeline.observer.record.ended == riders.count)
            let record = pipeline.observer.record
            let hits = ["exact hit", "exact coalesced", "vector hit"].map { record.lookups[$0, default: 0] }
            #expect(seed == 4 ? hits == [0, 0, 0] : hits[0] > 0, "\(record.lookups)")
            #expect(record.lookups.filter { $0.key.hasPrefix("exact") }.values.reduce(0, +) == riders.count)
            try await eventually("all flights have landed") { pipeline.cache.flights.count == 0 }
        }
    }

    /// Asks something, perhaps waits, and ends somehow. The answer names who asked.
    private static func ride(_ pipeline: Pipeline, _ generator: inout SeededGenerator) async throws -> Rider {
        let tenant = "tenant\(Int.random(in: 0..<3, using: &generator))"
        let number = Int.random(in: 0..<12, using: &generator)
        let prompt = "Question \(number)" + (Bool.random(using: &generator) ? "?" : "")
        let directive: CacheDirective? = Int.random(in: 0..<20, using: &generator) == 0 ? .onlyIfCached : nil
        let lookup = try pipeline.begin(prompt, tenant: tenant, directive: directive)
        let isPending = lookup.isPending
        let patience = Int.random(in: 0..<4, using: &generator)
        var hit: CacheHit?
        if patience > 0 || !isPending {
            while isPending && lookup.probe.count == 0 {
                try await Task.sleep(for: .microseconds(200))
                pipeline.time.advance(by: .milliseconds(5))
            }
            hit = try await lookup.outcome().1
        }
        if let hit {
            let text = String(decoding: hit.body, as: UTF8.self)
            #expect(text.contains("\(tenant) about \(number)."), "\(tenant) asked \(prompt) and got \(text)")
            lookup.session.end(.served)
        } else if patience == 1 {
            lookup.session.end(.nothing)
        } else {
            lookup.session.end(.answered(Pipeline.candidate("\(tenant) about \(number).")))
        }
        return Rider(lookup: lookup.probe, isPending: isPending)
    }

    private static func mischief(_ pipeline: Pipeline, _ slow: Signal, _ generator: inout SeededGenerator) {
        let behaviours: [StoreBehaviour] = [.works, .works, .works, .fails(.unavailable), .fails(.timeout), .waits(slow)]
        let chosen = behaviours[Int.random(in: 0..<behaviours.count, using: &generator)]
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: pipeline.answers.behave(chosen, on: .value)
        case 1: pipeline.vectors.behave(chosen)
        case 2: pipeline.embedder.behave(chosen)
        default:
            pipeline.answers.behave(.works, on: .value)
            pipeline.vectors.behave(.works)
            pipeline.embedder.behave(.works)
        }
        pipeline.time.draw(Double.random(in: 0..<1, using: &generator))
    }
}
