import Cascade
import GatewayTesting
import HTTPTransport
import Providers
import Testing

@Suite("Texts that wait share a call", .timeLimit(.minutes(1)))
struct EmbeddingSharingTests {
    private func embedder(
        _ transport: ManualTransport, batchSize: Int = 32, maxWaiting: Int = 1_024, maxConcurrentCalls: Int = 1
    ) -> OpenAICompatibleEmbedder {
        OpenAICompatibleEmbedder(
            model: ModelName(provider: "p", model: "m"), baseURL: "http://host/v1", apiKey: nil, batchSize: batchSize,
            maxWaiting: maxWaiting, maxConcurrentCalls: maxConcurrentCalls, transport: transport)
    }

    private var later: ContinuousClock.Instant { .now + .seconds(30) }

    @Test("a lone text goes at once, by itself")
    func alone() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        async let vector = embedder.embedding(of: "What is it?", deadline: later)
        let exchange = try await transport.exchange(0)
        #expect(String(decoding: exchange.request.body, as: UTF8.self) == #"{"model":"m","input":["What is it?"]}"#)
        #expect(exchange.request.url == "http://host/v1/embeddings")
        exchange.answer()
        #expect(Vectors.isUnit(try await vector.vector, of: Vectors.of("What is it?")))
        #expect(transport.exchanges.count == 1)
    }

    @Test("what comes while a call is out goes together in the next, equal texts once, each caller with its own vector")
    func together() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        async let first = embedder.embedding(of: "first", deadline: later)
        let one = try await transport.exchange(0)
        let texts = ["a", "bb", "ccc", "bb", "dddd", "bb"]
        try await withThrowingTaskGroup(of: (String, EmbeddedText).self) { group in
            for (number, text) in texts.enumerated() {
                group.addTask { (text, try await embedder.embedding(of: text, deadline: later)) }
                try await eventually("\(number + 1) waiting") { embedder.waiting == number + 1 }
            }
            one.answer()
            let two = try await transport.exchange(1)
            #expect(two.texts == ["a", "bb", "ccc", "dddd"])
            two.answer()
            var tokens = 0
            for try await (text, embedded) in group {
                #expect(Vectors.isUnit(embedded.vector, of: Vectors.of(text)))
                #expect(embedded.tokens.source == .provider)
                tokens += embedded.tokens.input
            }
            // One for each byte of the texts that were sent.
            #expect(tokens == 10)
        }
        _ = try await first
        #expect(transport.exchanges.count == 2)
    }

    @Test("no call carries more texts than it may, and no more calls are out than may be")
    func bounds() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport, batchSize: 3, maxConcurrentCalls: 2)
        let texts = (0..<12).map { "text \($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for text in texts {
                group.addTask {
                    let embedded = try await embedder.embedding(of: text, deadline: later)
                    #expect(Vectors.isUnit(embedded.vector, of: Vectors.of(text)))
                }
            }
            try await eventually("ten waiting") { embedder.waiting == 10 }
            #expect(transport.exchanges.count == 2)
            var answered = 0
            while answered < texts.count {
                try await eventually("another call") { transport.exchanges.contains { !$0.isOver } }
                let open = transport.exchanges.filter { !$0.isOver }
                #expect(open.count <= 2)
                for exchange in open {
                    #expect(exchange.texts.count <= 3)
                    answered += exchange.texts.count
                    exchange.answer()
                }
            }
            try await group.waitForAll()
        }
        #expect(transport.exchanges.map(\.texts.count) == [1, 1, 3, 3, 3, 1])
        #expect(Set(transport.exchanges.flatMap(\.texts)) == Set(texts))
    }

    @Test("a full queue refuses the next, and only the next")
    func overloaded() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport, maxWaiting: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for text in ["a", "b", "c"] { group.addTask { _ = try await embedder.embedding(of: text, deadline: later) } }
            try await eventually("two waiting") { embedder.waiting == 2 }
            let error = await #expect(throws: StoreError.self) { try await embedder.embedding(of: "d", deadline: later) }
            #expect(error?.kind == .overloaded)
            transport.exchanges[0].answer()
            try await transport.exchange(1).answer()
            try await group.waitForAll()
        }
    }

    @Test("a caller that leaves, leaves; the call goes on for the others")
    func oneLeaves() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        async let first = embedder.embedding(of: "first", deadline: later)
        let one = try await transport.exchange(0)
        async let patient = embedder.embedding(of: "patient", deadline: later)
        try await eventually("one waiting") { embedder.waiting == 1 }
        try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await Result(embedding: "hasty", embedder, later).failure?.kind }
            try await eventually("two waiting") { embedder.waiting == 2 }
            one.answer()
            #expect(try await transport.exchange(1).texts == ["patient", "hasty"])
            group.cancelAll()
            #expect(try await group.next() == .some(.closed))
        }
        let two = try await transport.exchange(1)
        #expect(two.cancels == 0)
        two.answer()
        #expect(Vectors.isUnit(try await patient.vector, of: Vectors.of("patient")))
        _ = try await first
    }

    @Test("a caller that leaves while it waits is not sent at all")
    func leavesTheQueue() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        async let first = embedder.embedding(of: "first", deadline: later)
        let one = try await transport.exchange(0)
        #expect(await Result(embedding: "hasty", embedder, .now + .milliseconds(20)).failure?.kind == .timeout)
        #expect(embedder.waiting == 0)
        one.answer()
        _ = try await first
        #expect(transport.exchanges.count == 1)
    }

    @Test("when nobody waits any more the call is cancelled, and the next is made")
    func allLeave() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            group.addTask { await Result(embedding: "gone", embedder, later).failure?.kind }
            _ = try await transport.exchange(0)
            group.cancelAll()
            #expect(try await group.next() == .some(.closed))
        }
        #expect(transport.exchanges.map(\.cancels) == [1])
        async let next = embedder.embedding(of: "next", deadline: later)
        try await transport.exchange(1).answer()
        _ = try await next
    }

    @Test("a deadline ends the wait, and the call that nobody waits for")
    func deadline() async throws {
        // On a busy machine the shorter ones may pass before the call is made.
        for patience in [20, 200, 2_000] {
            let transport = ManualTransport()
            let started = ContinuousClock.now
            let failure = await Result(embedding: "x", embedder(transport), started + .milliseconds(patience)).failure
            #expect(failure?.kind == .timeout)
            #expect(ContinuousClock.now - started >= .milliseconds(patience))
            #expect(transport.exchanges.allSatisfy { $0.cancels == 1 })
            if !transport.exchanges.isEmpty { return }
        }
        Issue.record("no call was made within two seconds")
    }

    @Test("a deadline in the past, a cancelled task and an empty text cost no call")
    func nothingSent() async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        #expect(await Result(embedding: "late", embedder, .now).failure?.kind == .timeout)
        #expect(await Result(embedding: "", embedder, later).failure?.kind == .rejected)
        let cancelled = await withTaskGroup(of: StoreError.Kind?.self) { group in
            group.cancelAll()
            group.addTask { await Result(embedding: "never", embedder, later).failure?.kind }
            return await group.next() ?? nil
        }
        #expect(cancelled == .closed)
        #expect(transport.exchanges.allSatisfy { $0.isOver })
        #expect(embedder.waiting == 0)
    }

    @Test("a call refused for one of its texts is made again for each alone", arguments: [400, 413, 422])
    func poison(status: Int) async throws {
        let transport = ManualTransport { exchange in
            if exchange.texts.contains("poison") { exchange.answer(status: status, #"{"error":{"message":"too long"}}"#) }
        }
        let embedder = embedder(transport)
        async let first = embedder.embedding(of: "first", deadline: later)
        let one = try await transport.exchange(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, text) in ["good", "poison", "fine"].enumerated() {
                group.addTask {
                    let result = await Result(embedding: text, embedder, later)
                    if text == "poison" {
                        #expect(result.failure?.kind == .rejected)
                    } else {
                        let vector = try result.get().vector
                        #expect(Vectors.isUnit(vector, of: Vectors.of(text)))
                    }
                }
                try await eventually("\(number + 1) waiting") { embedder.waiting == number + 1 }
            }
            one.answer()
            for number in [2, 4] { try await transport.exchange(number).answer() }
            try await group.waitForAll()
        }
        _ = try await first
        #expect(transport.exchanges.map(\.texts) == [["first"], ["good", "poison", "fine"], ["good"], ["poison"], ["fine"]])
    }

    @Test("a call refused for anything else is not repeated", arguments: [401, 404, 429, 500])
    func noRetry(status: Int) async throws {
        let transport = ManualTransport()
        let embedder = embedder(transport)
        async let first = embedder.embedding(of: "first", deadline: later)
        let one = try await transport.exchange(0)
        async let a = Result(embedding: "a", embedder, later)
        async let b = Result(embedding: "b", embedder, later)
        try await eventually("two waiting") { embedder.waiting == 2 }
        one.answer()
        try await transport.exchange(1).answer(status: status, "{}")
        #expect(await a.failure?.kind == b.failure?.kind)
        #expect(await a.failure != nil)
        _ = try await first
        #expect(transport.exchanges.count == 2)
    }

    @Test("any mixture of answers, failures, deadlines and cancels: everybody hears once, and gets what is theirs", arguments: [1, 2, 3])
    func mixture(seed: UInt64) async throws {
        // The fault of an exchange is told by its number, so that the run does not depend on the threads' luck.
        let transport = ManualTransport()
        let embedder = embedder(transport, batchSize: 5, maxConcurrentCalls: 3)
        let callers = 300
        let (vectors, failures) = try await withThrowingTaskGroup(of: StoreError.Kind?.self) { group in
            for caller in 0..<callers {
                var generator = SeededGenerator(seed: seed &* 1_000 &+ UInt64(caller))
                let text = "text \(Int.random(in: 0..<200, using: &generator))"
                let patience = Int.random(in: 0..<10, using: &generator) < 3 ? Int.random(in: 1..<20, using: &generator) : 30_000
                let leaves = Int.random(in: 0..<10, using: &generator) == 0
                group.addTask {
                    let deadline = ContinuousClock.now + .milliseconds(patience)
                    let result =
                        leaves
                        ? await Self.leaving(after: patience % 7) { await Result(embedding: text, embedder, deadline) }
                        : await Result(embedding: text, embedder, deadline)
                    guard case .success(let embedded) = result else { return result.failure?.kind }
                    #expect(Vectors.isUnit(embedded.vector, of: Vectors.of(text)))
                    return nil
                }
            }
            var (vectors, failures) = (0, 0)
            async let _: Void = Self.answerAll(transport, seed: seed)
            for try await kind in group {
                if kind == nil { vectors += 1 } else { failures += 1 }
            }
            return (vectors, failures)
        }
        #expect(vectors + failures == callers)
        #expect(vectors > callers / 4)
        #expect(embedder.waiting == 0)
        try await eventually("all over") { transport.exchanges.allSatisfy(\.isOver) }
    }

    /// Ends the exchanges as they come, in an order and a way that the seed decides, until it is cancelled.
    private static func answerAll(_ transport: ManualTransport, seed: UInt64) async {
        var generator = SeededGenerator(seed: seed)
        while !Task.isCancelled {
            for exchange in transport.exchanges.shuffled(using: &generator) where !exchange.isOver {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0: exchange.fail(.resetMidBody)
                case 1: exchange.answer(status: 400, "{}")
                case 2: exchange.answer("[")
                case 3: break
                default: exchange.answer()
                }
            }
            do { try await Task.sleep(for: .milliseconds(1)) } catch { return }
        }
    }

    private static func leaving<T: Sendable>(after milliseconds: Int, _ work: @escaping @Sendable () async -> T) async -> T {
        await withTaskGroup(of: T?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(milliseconds))
                return nil
            }
            var result: T?
            for await value in group {
                if value == nil { group.cancelAll() } else { result = value }
            }
            guard let result else { preconditionFailure("the work gave no result") }
            return result
        }
    }
}

extension Result where Success == EmbeddedText, Failure == StoreError {
    init(embedding text: String, _ embedder: OpenAICompatibleEmbedder, _ deadline: ContinuousClock.Instant) async {
        do throws(StoreError) {
            self = .success(try await embedder.embedding(of: text, deadline: deadline))
        } catch {
            self = .failure(error)
        }
    }

    var failure: StoreError? { if case .failure(let error) = self { error } else { nil } }
}
