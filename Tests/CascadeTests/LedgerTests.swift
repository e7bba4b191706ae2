import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("The ledger", .timeLimit(.minutes(1)))
struct LedgerTests {
    private static let prices = PriceBook([
        "small:draft-1": PriceBook.Price(input: 1, output: 10), "large:heavy-1": PriceBook.Price(input: 100, output: 1_000),
    ])

    @Test("the provider's own count wins over what was counted here")
    func usageWins() async throws {
        let outcome = try await World(draft: Script.of(Script.role + Script.sure("a", "b") + Script.counted(1_000, 500))).run()
        #expect(outcome.leg(.draft)?.tokens == TokenCount(input: 1_000, output: 500, source: .provider))
    }

    @Test("without it tokens are counted, by their evidence or one for each delta, and marked")
    func estimated() async throws {
        let draft = Script.of(Script.role + Script.sure("a", "b", "c") + Script.end)
        #expect(try await World(draft: draft).run().leg(.draft)?.tokens == TokenCount(input: 7, output: 3, source: .estimated))
    }

    @Test("a leg without a count takes the prompt from one that has it")
    func promptFromOtherLeg() async throws {
        let draft = Script.of(Script.role + Script.sure("a") + [ScriptedStream.finish("length")] + Script.counted(40, 1).dropFirst())
        let outcome = try await World(draft: draft, heavyweight: [Script.of(Script.role + Script.tokens(["x", "y"], 0) + Script.end)]).run()
        #expect(outcome.leg(.heavyweight)?.tokens == TokenCount(input: 40, output: 2, source: .estimated))
    }

    @Test("costs add up over every leg, also the one that was not used")
    func costs() async throws {
        let draft = Script.of(Script.role + Script.sure("a") + [ScriptedStream.finish("length")] + Script.counted(10, 1).dropFirst())
        let heavyweight = Script.of(Script.role + Script.tokens(["x"], 0) + Script.counted(10, 2))
        var world = try World(draft: draft, heavyweight: [heavyweight])
        world.prices = Self.prices
        let outcome = try await world.run()
        #expect(abs(try #require(outcome.record.costUSD) - (20e-6 + 3_000e-6)) < 1e-12)
        #expect(abs(try #require(outcome.record.wastedCostUSD) - 20e-6) < 1e-12)
    }

    @Test("one unknown price makes the sum unknown, not smaller")
    func unknownPrice() async throws {
        let draft = Script.of(Script.role + Script.sure("a") + [ScriptedStream.finish("length"), ScriptedStream.done])
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.prices = PriceBook(["large:heavy-1": PriceBook.Price(input: 1, output: 1)])
        let outcome = try await world.run()
        #expect(outcome.leg(.draft)?.costUSD == nil)
        #expect(outcome.leg(.heavyweight)?.costUSD != nil)
        #expect(outcome.record.costUSD == nil)
        #expect(outcome.record.wastedCostUSD == nil)
    }

    @Test("cached prompt tokens have their own price")
    func cachedPrice() {
        let book = PriceBook(["a:b": PriceBook.Price(input: 10, output: 20, cachedInput: 1)])
        let cost = book.cost(
            of: TokenCount(input: 100, cachedInput: 60, output: 5, source: .provider), model: ModelName(provider: "a", model: "b"))
        #expect(abs((cost ?? 0) - (40 * 10 + 60 * 1 + 5 * 20) / 1e6) < 1e-12)
    }

    @Test("what was refused before its first byte costs nothing; a silence may have cost the prompt")
    func refused() async throws {
        for (kind, tokens): (ProviderError.Kind, TokenCount) in [
            (.rateLimited, TokenCount()), (.refused, TokenCount()), (.serverError, TokenCount()),
            (.firstByteTimeout, TokenCount(input: 7, source: .estimated)),
        ] {
            var world = try World(draft: [.fail(kind)], heavyweight: [Script.expert])
            world.prices = Self.prices
            let outcome = try await world.run()
            #expect(outcome.leg(.draft)?.tokens == tokens)
            #expect(outcome.record.costUSD != nil)
        }
    }

    @Test("the decision keeps the numbers of every token and of the whole, and no text unless asked to")
    func decision() async throws {
        let draft = Script.of(Script.role + Script.sure("a") + Script.doubtful("b") + Script.end)
        var world = try World(draft: draft, heavyweight: [Script.expert])
        world.limits.traceTokens = 1
        world.budget = PrefireBudget(ratio: 0)
        let record = try await world.run().record
        #expect(record.id == "d")
        #expect(record.requestID == "r")
        #expect(record.requestedModel == "auto")
        #expect(record.strategy == "window")
        #expect(record.threshold == 1.9)
        #expect(abs((record.statistic ?? 0) - 1) < 1e-6)
        #expect(abs((record.windowMaxBits ?? 0) - 1) < 1e-6)
        #expect(record.signalTier == SignalTier.top1.rawValue)
        #expect(record.observedTokens == 2)
        #expect(record.trace.points.count == 1)
        #expect(record.trace.dropped == 1)
        #expect(record.draftText == nil)
        #expect(record.totalMs >= (record.firstTokenMs ?? .infinity))

        world = try World(draft: draft, heavyweight: [Script.expert])
        world.limits.recordsText = true
        #expect(try await world.run().record.draftText == "ab")
    }
}
