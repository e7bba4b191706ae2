public import Cascade

/// What is recorded, how, and at what price.
public struct RecordingSettings: Sendable {
    /// A model and the provider that serves it.
    public struct Leg: Sendable {
        public var model: ModelName
        public var provider: any CompletionProvider

        public init(model: ModelName, provider: any CompletionProvider) {
            self.model = model
            self.provider = provider
        }
    }

    public var drafter: Leg
    /// `nil` records drafts only.
    public var heavyweight: Leg?
    /// Of both requests; default 0.
    public var temperature = 0.0
    /// Alternatives per token, 0...20; less when the provider sends fewer. Default 20.
    public var topLogprobs = 20
    /// `max_tokens` of both requests; `nil` leaves it out. Default 1,024.
    public var maxTokens: Int? = 1_024
    /// Name of what was done to the prompts; `plain` = nothing.
    public var promptMode = "plain"
    /// Prompts at once, each with one call in flight at most; default 8.
    public var concurrency = 8
    public var retry = RetryPolicy()
    /// Longest time one answer may take; default ten minutes.
    public var answerDeadline = Duration.seconds(600)
    public var prices = PriceBook()
    /// US dollars; no prompt is begun that could exceed it. `nil` = no cap.
    public var maxUSD: Double?
    /// Goes on with a cap although some price is unknown: such calls count as free.
    public var allowsUnknownPrices = false
    /// Waits between attempts; replaced in tests.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    public init(drafter: Leg, heavyweight: Leg?) {
        self.drafter = drafter
        self.heavyweight = heavyweight
    }

    /// What is really asked for.
    public var effectiveTopLogprobs: Int { min(topLogprobs, drafter.provider.capabilities.maxTopLogprobs) }

    var legs: [Leg] { [drafter] + (heavyweight.map { [$0] } ?? []) }

    /// Models that are asked although nobody knows their price, drafter first.
    public var unpricedModels: [ModelName] {
        var seen: Set<ModelName> = []
        return legs.map(\.model).filter { prices[$0] == nil && seen.insert($0).inserted }
    }

    /// How much of what is spent can be known.
    public var priceKnowledge: PriceKnowledge {
        let known = legs.count { prices[$0.model] != nil }
        return known == legs.count ? .all : known == 0 ? .none : .some
    }

    /// Problems that show before the first call.
    ///
    /// - Throws: ``RecorderError/settings(_:)``.
    func check() throws(RecorderError) {
        guard concurrency >= 1 else { throw .settings("the concurrency must be 1 or more, not \(concurrency)") }
        guard drafter.provider.capabilities.sendsLogprobs else {
            throw .settings(
                "the drafter's provider '\(drafter.model.provider)' sends no logprobs, as configured: without them nothing can be calibrated"
            )
        }
        guard maxUSD != nil, !allowsUnknownPrices else { return }
        for leg in legs where prices[leg.model] == nil {
            throw .settings(
                "the price of \(leg.model.qualified) is not known, so no spend cap can be kept: add it to 'prices', or allow unknown prices"
            )
        }
    }

    /// The most that one prompt can cost, in US dollars, when nothing has to be tried again: the cap reserves this for each one in flight.
    func estimate(promptTokens: Int) -> Double {
        legs.reduce(0) { sum, leg in
            // A tokenizer makes a token of one byte at worst; four is usual, two is careful.
            let tokens = TokenCount(input: promptTokens * 2 + 16, output: maxTokens ?? 4_096, source: .estimated)
            return sum + (prices.cost(of: tokens, model: leg.model) ?? 0)
        }
    }
}
