import Cascade
import ChatAPI
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A stored answer", .timeLimit(.minutes(1)))
struct CacheTests {
    private static let draft = Script.of(Script.role + Script.sure("It", " is", " Paris.", " Yes.") + Script.counted(7, 4))
    private static let hit = CacheStart.hit(CacheOutcome(exact: .hit), .stored("Paris, as before."))

    @Test("known at once is served and no model is asked, streamed or not", arguments: [true, false])
    func hitAtOnce(isStreaming: Bool) async throws {
        var world = try World(draft: Self.draft)
        world.cache = ScriptedCache(Self.hit)
        let outcome = try await world.run(encoder: PlainEncoder(isCollecting: !isStreaming)) { $0.isStreaming = isStreaming }
        #expect(outcome.text == "^Paris, as before.$stop#")
        #expect(world.drafter.calls.isEmpty)
        #expect(world.heavyweight.calls.isEmpty)
        #expect(outcome.record.decision == .cacheHit)
        #expect(outcome.record.route == .cache)
        #expect(outcome.record.reason == "cache_exact")
        #expect(outcome.record.answeredBy == World.heavyweight)
        #expect(outcome.record.status == .ok)
        #expect(outcome.record.cache?.isServed == true)
        #expect(outcome.record.cache?.hit?.ageSeconds == 12)
        #expect(outcome.record.costUSD == 0)
        #expect(outcome.record.legs.isEmpty)
        #expect(outcome.marks(.cacheHit) == 1)
        #expect(world.cache?.end?.isServed == true)
    }

    @Test("that comes before the first release cancels the drafter")
    func lateButFirst() async throws {
        let cache = ScriptedCache(.pending(holdsDrafter: false))
        let found = { @Sendable in
            cache.resolve(CacheOutcome(exact: .miss, vector: .hit, similarity: 0.97), .stored("Stored.", level: .vector))
        }
        var world = try World(draft: [.open, .bytes(ScriptedStream.role), .perform(found), .wait(Signal())])
        world.cache = cache
        let outcome = try await world.run()
        #expect(outcome.text == "^Stored.$stop#")
        #expect(outcome.leg(.draft)?.end == .cancelled(.cached))
        #expect(outcome.record.reason == "cache_vector")
        #expect(outcome.record.cache?.outcome.similarity == 0.97)
        #expect(world.drafter.calls.first?.counts.cancels == 1)
        #expect(cache.end?.isServed == true)
    }

    @Test("also closes a pre-fired heavyweight")
    func closesPrefire() async throws {
        let cache = ScriptedCache(.pending(holdsDrafter: false))
        let found = { @Sendable in cache.resolve(CacheOutcome(exact: .hit), .stored("Stored.")) }
        var world = try World(
            draft: [.open, .bytes(ScriptedStream.role)] + Script.doubtful("Hm").map { .bytes($0) } + [.perform(found), .wait(Signal())],
            heavyweight: [[.open, .wait(Signal())]]
        ).pieceByPiece()
        world.cache = cache
        let outcome = try await world.run()
        #expect(outcome.text == "^Stored.$stop#")
        #expect(outcome.leg(.heavyweight)?.end == .cancelled(.cached))
        #expect(outcome.record.prefires.map(\.outcome) == [.abandoned])
    }

    @Test("that comes after the first released token is too late")
    func tooLate() async throws {
        let cache = ScriptedCache(.pending(holdsDrafter: false))
        let found = { @Sendable in cache.resolve(CacheOutcome(exact: .hit), .stored("Stored.")) }
        let words = Script.sure("It", " is", " Paris.", " Yes.").map { Step.bytes($0) }
        var world = try World(
            draft: [.open, .bytes(ScriptedStream.role)] + words.prefix(3) + [.perform(found)] + words.suffix(1)
                + Script.counted(7, 4).map { .bytes($0) } + [.end]
        ).pieceByPiece()
        world.release = ReleasePolicy(mode: .holdback, tokens: 1)
        world.cache = cache
        let outcome = try await world.run()
        #expect(outcome.text == "^It is Paris. Yes.$stop#")
        #expect(outcome.record.decision == .ship)
        #expect(outcome.record.cache?.hit != nil)
        #expect(outcome.record.cache?.isServed == false)
    }

    @Test("that is not a completion is a miss")
    func nonsense() async throws {
        var hit = CacheHit.stored("x")
        hit.body = Array("[1]".utf8)
        var world = try World(draft: Self.draft)
        world.cache = ScriptedCache(.hit(CacheOutcome(exact: .hit), hit))
        let outcome = try await world.run()
        #expect(outcome.text == "^It is Paris. Yes.$stop#")
        #expect(outcome.record.cache?.outcome.exact == .error)
        #expect(outcome.record.cache?.hit == nil)
    }

    @Test("keeps the drafter waiting only where an equal request is in flight", arguments: [true, false])
    func holding(isHit: Bool) async throws {
        let cache = ScriptedCache(.pending(holdsDrafter: true))
        var world = try World(draft: Self.draft)
        world.cache = cache
        let (drafter, running) = (world.drafter, world)
        async let outcome = running.run()
        while cache.sessions.isEmpty { await Task.yield() }
        #expect(drafter.calls.isEmpty)
        if isHit { cache.resolve(CacheOutcome(exact: .coalesced), .stored("Theirs.")) } else { cache.resolve() }
        #expect(try await outcome.text == (isHit ? "^Theirs.$stop#" : "^It is Paris. Yes.$stop#"))
        #expect(drafter.calls.count == (isHit ? 0 : 1))
    }

    @Test("or none: only-if-cached asks no model", arguments: [true, false])
    func onlyIfCached(isPending: Bool) async throws {
        let cache = ScriptedCache(isPending ? .pending(holdsDrafter: false) : .miss(CacheOutcome(exact: .miss)))
        var world = try World(draft: Self.draft)
        world.cache = cache
        let running = world
        async let outcome = running.run { $0.cacheQuery?.directive = .onlyIfCached }
        if isPending {
            while cache.sessions.isEmpty { await Task.yield() }
            cache.resolve()
        }
        let (failure, record) = try await (outcome.failure, outcome.record)
        #expect(failure == .notCached)
        #expect(record.status == .clientError)
        #expect(record.reason == "not_cached")
        #expect(record.legs.isEmpty)
        #expect(cache.end?.isNothing == true)
    }

    @Test("a client that leaves while the lookup is pending ends the session")
    func clientGone() async throws {
        let cache = ScriptedCache(.pending(holdsDrafter: true))
        var world = try World(draft: Self.draft)
        world.cache = cache
        let running = world
        async let outcome = running.run()
        while cache.sessions.isEmpty { await Task.yield() }
        world.handle.cancel()
        #expect(try await outcome.failure == .clientGone)
        #expect(cache.end?.isNothing == true)
        // Its word comes to nobody.
        cache.resolve(CacheOutcome(exact: .hit), .stored("x"))
    }

    @Test("is made from a shipped draft, with its doubt, whatever the client's format", arguments: [true, false])
    func offersDraft(isStreaming: Bool) async throws {
        let cache = ScriptedCache(.miss(CacheOutcome(exact: .miss)))
        var world = try World(draft: Self.draft)
        world.cache = cache
        _ = try await world.run(encoder: PlainEncoder(isCollecting: !isStreaming)) { $0.isStreaming = isStreaming }
        let candidate = try #require(cache.candidate)
        #expect(candidate.route == .draft)
        #expect(candidate.model == World.drafter)
        #expect(candidate.finish == .stop)
        #expect(candidate.tokens == TokenCount(input: 7, output: 4, source: .provider))
        #expect(candidate.doubt == 0)
        #expect(!candidate.isMarked)
        let body = String(decoding: candidate.body, as: UTF8.self)
        #expect(body.contains(#""content":"It is Paris. Yes.""#))
        #expect(body.contains(#""logprobs":null"#))
        #expect(!body.contains("qualm"))
    }

    @Test("is made from the heavyweight's answer alone after an escalation")
    func offersHeavyweight() async throws {
        let cache = ScriptedCache(.miss(CacheOutcome(exact: .miss)))
        var world = try World(draft: Script.of(Script.role + Script.hopeless("No", " idea")), heavyweight: [Script.expert])
        world.cache = cache
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        let candidate = try #require(cache.candidate)
        #expect(candidate.route == .heavyweight)
        #expect(candidate.doubt == nil)
        #expect(String(decoding: candidate.body, as: UTF8.self).contains(#""content":"Considered answer.""#))
    }

    @Test("an answer that was not judged, or that became doubtful, is marked")
    func marked() async throws {
        let unjudged = ScriptedCache(.miss(CacheOutcome()))
        var world = try World(draft: Self.draft)
        world.cache = unjudged
        _ = try await world.run { $0.control = .never }
        #expect(unjudged.candidate?.isMarked == true)

        let overrun = ScriptedCache(.miss(CacheOutcome()))
        world = try World(
            draft: Script.of(Script.role + Script.sure("It", " is", " so.") + Script.hopeless(" Or", " not") + Script.counted(7, 5))
        )
        .pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        world.cache = overrun
        let outcome = try await world.run()
        #expect(outcome.record.isOverrun)
        #expect(overrun.candidate?.isMarked == true)
    }

    @Test("is not made when nobody wants it, when it is too long, or when nobody answered")
    func notOffered() async throws {
        let unwanted = ScriptedCache(.miss(CacheOutcome(bypass: .temperature)), wantsAnswer: false)
        var world = try World(draft: Self.draft)
        world.cache = unwanted
        _ = try await world.run()
        #expect(unwanted.end?.isNothing == true)

        let small = ScriptedCache(.miss(CacheOutcome()))
        world = try World(draft: Self.draft)
        world.limits.cacheableBytes = 8
        world.cache = small
        #expect(try await world.run().text == "^It is Paris. Yes.$stop#")
        #expect(small.end?.isNothing == true)

        let failed = ScriptedCache(.miss(CacheOutcome()))
        world = try World(draft: [.fail(.refused)], heavyweight: [[.fail(.refused)]])
        world.cache = failed
        #expect(try await world.run().failure != nil)
        #expect(failed.end?.isNothing == true)
    }

    @Test("is collected by what it says, not by the frames it came in")
    func longAnswers() async throws {
        for (limit, isCollected) in [(4_000, true), (3_999, false)] {
            let cache = ScriptedCache(.miss(CacheOutcome()))
            let words = (0..<1_000).map { _ in "word" }
            var world = try World(draft: Script.of(Script.role + Script.tokens(words, 1) + Script.counted(7, 1_000)))
            world.limits.cacheableBytes = limit
            world.cache = cache
            _ = try await world.run()
            #expect((cache.candidate != nil) == isCollected)
        }
    }

    @Test("its embedding is in the ledger, told or not", arguments: [true, false])
    func embeddings(isTold: Bool) async throws {
        let use = EmbeddingUse(
            model: ModelName(provider: "small", model: "embed"), tokens: TokenCount(input: 9, source: .provider), end: .completed,
            startedAt: .now, duration: .milliseconds(3))
        let cache = ScriptedCache(.pending(holdsDrafter: isTold), unreported: use)
        var world = try World(draft: Self.draft)
        world.prices = PriceBook(["small:embed": .init(input: 1_000_000, output: 0), "small:draft-1": .init(input: 0, output: 0)])
        world.cache = cache
        let running = world
        async let outcome = running.run()
        if isTold {
            while cache.sessions.isEmpty { await Task.yield() }
            cache.resolve(CacheOutcome(exact: .miss, vector: .miss, embedding: use))
        }
        let record = try await outcome.record
        let legs = record.legs.filter { $0.leg == .embedding }
        #expect(legs.map(\.tokens.input) == [9])
        #expect(legs.map(\.isWasted) == [false])
        #expect(record.costUSD == 9)
        #expect(record.wastedCostUSD == 0)
    }
}
