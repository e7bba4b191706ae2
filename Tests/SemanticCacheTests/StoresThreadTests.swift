import Cascade
import GatewayTesting
import Synchronization
import Testing

@testable import SemanticCache

@Suite("The thread of embedded vectors", .timeLimit(.minutes(1)))
struct StoresThreadTests {
    private let later = ContinuousClock.now + .seconds(600)

    /// A call that computes until it is told to stop or its caller, its deadline or the store ends it.
    private func hold(_ thread: VectorThread, started: Signal, until stop: Signal, deadline: ContinuousClock.Instant) async -> StoreError
        .Kind?
    {
        await kind {
            () async throws(StoreError) in
            try await thread.run(by: deadline) { (_, pause) throws(StoreError) in
                started.open()
                while !stop.isOpen { try pause() }
            }
        }
    }

    private func kind(_ call: () async throws(StoreError) -> Void) async -> StoreError.Kind? {
        do throws(StoreError) {
            try await call()
            return nil
        } catch {
            return error.kind
        }
    }

    private func count(_ thread: VectorThread, by deadline: ContinuousClock.Instant) async -> StoreError.Kind? {
        await kind {
            () async throws(StoreError) in
            _ = try await thread.run(by: deadline) { (table, _) throws(StoreError) in table.count }
        }
    }

    @Test("Calls beyond the bound are refused, those within it wait their turn")
    func overload() async throws {
        let thread = VectorThread(maxVectors: 10, maxWaiting: 4) { .now }
        defer { thread.close() }
        let (started, stop) = (Signal(), Signal())
        let ends = try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await hold(thread, started: started, until: stop, deadline: later) }
            try await started.wait()
            for _ in 0..<10 { group.addTask { await count(thread, by: later) } }
            // The six that were refused end first; only then may the others.
            var ends: [StoreError.Kind?] = []
            for try await end in group {
                ends.append(end)
                if ends.count == 6 { stop.open() }
            }
            return ends
        }
        #expect(ends.prefix(6).allSatisfy { $0 == .overloaded })
        #expect(ends.dropFirst(6).allSatisfy { $0 == nil } && ends.count == 11)
    }

    @Test("A deadline ends a call that waits and a call that runs, while the thread computes")
    func deadlines() async throws {
        let thread = VectorThread(maxVectors: 10, maxWaiting: 4) { .now }
        defer { thread.close() }
        let (started, stop, unused) = (Signal(), Signal(), Signal())
        let ends = try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await hold(thread, started: started, until: stop, deadline: later) }
            try await started.wait()
            let waited = await count(thread, by: .now + .milliseconds(20))
            // A running call too: it is queued behind the first, which stops now.
            stop.open()
            let ran = await hold(thread, started: unused, until: Signal(), deadline: .now + .milliseconds(50))
            let first = try await group.next() ?? .closed
            return [waited, ran, first]
        }
        #expect(ends == [.timeout, .timeout, nil])
        #expect(await count(thread, by: later) == nil)
    }

    @Test("A caller that gives up is answered at once, running or waiting, and leaves its place")
    func cancellation() async throws {
        let thread = VectorThread(maxVectors: 10, maxWaiting: 2) { .now }
        defer { thread.close() }
        let (started, stop) = (Signal(), Signal())
        try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await hold(thread, started: started, until: stop, deadline: later) }
            try await started.wait()
            for _ in 0..<20 {
                // Without its place being given back, the third would be refused.
                let end = await withTaskGroup(of: StoreError.Kind?.self) { inner in
                    inner.addTask { await count(thread, by: later) }
                    inner.cancelAll()
                    return await inner.next() ?? nil
                }
                #expect(end == .timeout)
            }
            group.cancelAll()
            #expect(try await group.next() == .some(.timeout))
        }
        #expect(await count(thread, by: later) == nil)
    }

    @Test("Shutting down ends the running call, the waiting ones and all later ones")
    func shutdown() async throws {
        let thread = VectorThread(maxVectors: 10, maxWaiting: 8) { .now }
        let (started, never) = (Signal(), Signal())
        let ends = try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await hold(thread, started: started, until: never, deadline: later) }
            try await started.wait()
            for _ in 0..<5 { group.addTask { await count(thread, by: later) } }
            while thread.waiting < 5 { try await Task.sleep(for: .milliseconds(1)) }
            thread.close()
            thread.close()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends == Array(repeating: .closed, count: 6))
        #expect(await count(thread, by: later) == .closed)
    }

    @Test("A store that is let go takes its thread along; one that was never used has none", arguments: [false, true])
    func letGo(isUsed: Bool) async throws {
        weak var thread: VectorThread?
        do {
            let held = VectorThread(maxVectors: 10, maxWaiting: 8) { .now }
            thread = held
            if isUsed { #expect(await count(held, by: later) == nil) }
            held.close()
        }
        #expect(thread == nil)
    }

    @Test("Storms of calls, cancellations and a shutdown answer everybody", arguments: [1, 2, 3] as [UInt64])
    func storm(seed: UInt64) async {
        let store = EmbeddedVectorStore(maxVectors: 50, maxWaiting: 16)
        let answered = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<40 {
                group.addTask {
                    var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(worker))
                    var answered = 0
                    for round in 0..<20 {
                        if worker == 0, round == 15 { store.shutdown() }
                        await withTaskGroup(of: Void.self) { inner in
                            let vector = [Float(generator.unit()), Float(generator.unit())]
                            let deadline = ContinuousClock.now + .microseconds(Int.random(in: 0...2_000, using: &generator))
                            let stores = Bool.random(using: &generator)
                            inner.addTask {
                                do throws(StoreError) {
                                    if stores {
                                        let id = "\(worker) \(round)"
                                        try await store.upsert(
                                            VectorPoint(id: id, vector: vector, partition: "p", expiresAt: 9e9), deadline: deadline)
                                    } else {
                                        _ = try await store.nearest(to: vector, in: "p", limit: 3, deadline: deadline)
                                    }
                                } catch {
                                    #expect([.timeout, .overloaded, .closed].contains(error.kind))
                                }
                            }
                            if Int.random(in: 0..<3, using: &generator) == 0 { inner.cancelAll() }
                        }
                        answered += 1
                    }
                    return answered
                }
            }
            return await group.reduce(0, +)
        }
        #expect(answered == 800)
    }
}
