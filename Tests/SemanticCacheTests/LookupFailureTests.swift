import Cascade
import GatewayTesting
import SemanticCache
import Testing

@Suite("A lookup whose stores fail")
struct LookupFailureTests {
    /// Who fails, and where the lookup then ends.
    enum Stage: String, CaseIterable {
        case exact, embedder, nearest, values

        func behave(_ behaviour: StoreBehaviour, _ pipeline: Pipeline) {
            switch self {
            case .exact: pipeline.answers.behave(behaviour, on: .value)
            case .embedder: pipeline.embedder.behave(behaviour)
            case .nearest: pipeline.vectors.behave(behaviour, on: .nearest)
            case .values: pipeline.answers.behave(behaviour, on: .values)
            }
        }

        var store: StoreError.Store {
            switch self {
            case .exact, .values: .redis
            case .embedder: .embedder
            case .nearest: .qdrant
            }
        }

        func result(_ outcome: CacheOutcome) -> CacheResult? { self == .exact ? outcome.exact : outcome.vector }

        func calls(_ pipeline: Pipeline) -> Int {
            switch self {
            case .exact: pipeline.answers.calls(.value)
            case .embedder: pipeline.embedder.texts.count
            case .nearest: pipeline.vectors.calls(.nearest)
            case .values: pipeline.answers.calls(.values)
            }
        }
    }

    /// So that the vector level finds something whose answer is worth fetching.
    private func plant(_ pipeline: Pipeline) async throws {
        try await pipeline.ask("How do I boil an egg", answer: "Ten minutes.")
        for position in 0..<10 { pipeline.embedder.place("Q\(position)", near: "How do I boil an egg", cosine: 0.5) }
    }

    @Test("a failure is a miss, told once, whoever fails", arguments: Stage.allCases, StoreError.Kind.allCases)
    func failure(stage: Stage, kind: StoreError.Kind) async throws {
        try await Pipeline.run { pipeline in
            try await plant(pipeline)
            stage.behave(.fails(kind), pipeline)
            let (outcome, hit) = try await pipeline.begin("Q1").outcome()
            #expect(hit == nil)
            #expect(stage.result(outcome) == (kind == .timeout ? .timeout : .error))
            #expect(pipeline.observer.record.errors.map(\.kind) == [kind])
            #expect(pipeline.observer.record.errors.map(\.store) == [stage.store])
        }
    }

    @Test("the deadline holds with a store that hangs, whoever hangs, and the lookup is heard of once", arguments: Stage.allCases)
    func deadline(stage: Stage) async throws {
        try await Pipeline.run { pipeline in
            try await plant(pipeline)
            let before = stage.calls(pipeline)
            let signal = Signal()
            stage.behave(.waits(signal), pipeline)
            let lookup = try pipeline.begin("Q1")
            try await eventually("asked") { stage.calls(pipeline) > before }
            pipeline.time.advance(by: .milliseconds(299))
            try await Task.sleep(for: .milliseconds(5))
            #expect(lookup.probe.count == 0)
            pipeline.time.advance(by: .milliseconds(1))
            let (outcome, hit) = try await lookup.outcome()
            #expect(hit == nil)
            #expect(stage.result(outcome) == .timeout)
            #expect(outcome.waitedMs == 300)
            #expect(pipeline.observer.record.errors.map { "\($0.store) \($0.kind)" } == ["\(stage.store) timeout"])
            signal.open()
            try await Task.sleep(for: .milliseconds(5))
            #expect(lookup.probe.count == 1)
        }
    }

    @Test("after five failures a dead store is not called any more, and lookups end at once", arguments: Stage.allCases)
    func breaker(stage: Stage) async throws {
        try await Pipeline.run { pipeline in
            try await plant(pipeline)
            stage.behave(.fails(.unavailable), pipeline)
            // The exact level asks the same store in between, and hears success.
            if stage == .values { pipeline.answers.behave(.fails(.unavailable), on: .value) }
            for position in 0..<5 { _ = try await pipeline.begin("Q\(position)").outcome() }
            let asked = stage.calls(pipeline)
            #expect(pipeline.observer.record.breakers == ["\(stage.store.rawValue) open"])
            for position in 5..<10 {
                let lookup = try pipeline.begin("Q\(position)")
                let (outcome, hit) = try await lookup.outcome()
                #expect(hit == nil)
                #expect((stage == .values ? outcome.exact : stage.result(outcome)) == .breakerOpen)
                if stage.store == .redis { #expect(!lookup.isPending) }
            }
            #expect(stage.calls(pipeline) == asked)
            #expect(await pipeline.cache.statistics().openBreakers == [stage.store])
            // Half open: one probe, and everybody is let through again.
            for other in Stage.allCases { other.behave(.works, pipeline) }
            pipeline.time.advance(by: .seconds(5))
            #expect(try await pipeline.begin("Q10").outcome().0.vector == .miss)
            #expect(pipeline.observer.record.breakers == ["\(stage.store.rawValue) open", "\(stage.store.rawValue) closed"])
        }
    }

    @Test("a store that hangs opens its breaker like one that fails")
    func hangingStoreOpens() async throws {
        try await Pipeline.run { pipeline in
            pipeline.answers.behave(.hangs)
            for position in 0..<5 {
                let lookup = try pipeline.begin("Q\(position)")
                try await eventually("asked") { pipeline.answers.calls(.value) == position + 1 }
                pipeline.time.advance(by: .milliseconds(300))
                #expect(try await lookup.outcome().0.exact == .timeout)
            }
            let lookup = try pipeline.begin("Q6")
            #expect(!lookup.isPending)
            #expect(try await lookup.outcome().0.exact == .breakerOpen)
            #expect(pipeline.answers.calls(.value) == 5)
        }
    }

    @Test("a store in this process goes on while the vector level's breaker is open, without waiting")
    func residentWithDeadEmbedder() async throws {
        try await Pipeline.run(resident: true) { pipeline in
            pipeline.embedder.behave(.fails(.unauthorized))
            for position in 0..<5 { try await pipeline.ask("Q\(position)", answer: "A\(position)") }
            let miss = try pipeline.begin("Q5")
            #expect(!miss.isPending)
            #expect(try await miss.outcome().0 == CacheOutcome(exact: .miss, vector: .breakerOpen))
            miss.session.end(.answered(Pipeline.candidate("A5")))
            try await eventually("kept at the exact level") { pipeline.observer.record.admissions[.stored] == 6 }
            #expect(try await pipeline.begin("Q5").outcome().0.exact == .hit)
            #expect(pipeline.embedder.texts.count == 5)
        }
    }

    @Test("a store that had hardly any time is not blamed for the deadline")
    func fairShare() async throws {
        try await Pipeline.run { pipeline in
            try await plant(pipeline)
            for position in 0..<6 {
                let slow = Signal()
                pipeline.embedder.behave(.waits(slow))
                pipeline.vectors.behave(.hangs, on: .nearest)
                let asked = pipeline.vectors.calls(.nearest)
                let lookup = try pipeline.begin("Q\(position)")
                try await eventually("embedding") { pipeline.embedder.texts.count == position + 2 }
                pipeline.time.advance(by: .milliseconds(290))
                slow.open()
                try await eventually("searching") { pipeline.vectors.calls(.nearest) > asked }
                pipeline.time.advance(by: .milliseconds(10))
                #expect(try await lookup.outcome().0.vector == .timeout)
            }
            #expect(pipeline.observer.record.breakers.isEmpty)
        }
    }

    @Test("beyond the bound a lookup is a miss at once")
    func overloaded() async throws {
        try await Pipeline.run({ $0.maxConcurrentLookups = 3 }) { pipeline in
            let signal = Signal()
            pipeline.answers.behave(.waits(signal))
            let pending = try (0..<3).map { try pipeline.begin("Q\($0)") }
            let fourth = try pipeline.begin("Q3")
            #expect(!fourth.isPending)
            #expect(try await fourth.outcome().0.exact == .overloaded)
            signal.open()
            for lookup in pending { #expect(try await lookup.outcome().0.exact == .miss) }
            try await eventually("there is room again") { (try? pipeline.begin("Q4"))?.isPending == true }
        }
    }

    @Test("a vector level without room leaves the exact level's word", arguments: [true])
    func overloadedVectors(resident: Bool) async throws {
        try await Pipeline.run(resident: resident, { $0.maxConcurrentLookups = 1 }) { pipeline in
            pipeline.embedder.behave(.hangs)
            _ = try pipeline.begin("Q0")
            #expect(try await pipeline.begin("Q1").outcome().0 == CacheOutcome(exact: .miss, vector: .overloaded))
        }
    }

    @Test("answers that cannot be stored are counted, and nothing else happens")
    func failedWrite() async throws {
        try await Pipeline.run { pipeline in
            pipeline.answers.behave(.fails(.rejected), on: .set)
            try await pipeline.ask("Q1", answer: "A1")
            #expect(pipeline.observer.record.admissions == [.failed: 1])
            #expect(pipeline.vectors.contents.isEmpty)
        }
    }

    @Test("answers beyond the queue's bound are not kept")
    func overloadedWrites() async throws {
        try await Pipeline.run {
            $0.maxQueuedWrites = 2
            $0.concurrentWrites = 1
        } body: { pipeline in
            let signal = Signal()
            let lookups = try (0..<5).map { try pipeline.begin("Q\($0)") }
            for lookup in lookups { _ = try await lookup.outcome() }
            pipeline.answers.behave(.waits(signal), on: .set)
            lookups[0].session.end(.answered(Pipeline.candidate("A")))
            try await eventually("one is being written") { pipeline.answers.calls(.set) == 1 }
            for lookup in lookups.dropFirst() { lookup.session.end(.answered(Pipeline.candidate("A"))) }
            #expect(pipeline.observer.record.admissions == [.overloaded: 2])
            signal.open()
            try await eventually("three are stored") { pipeline.observer.record.admissions == [.overloaded: 2, .stored: 3] }
        }
    }
}
