/// Prices by `provider:model`. A model that is not in the book has an *unknown* price, never a price of zero.
public struct PriceBook: Sendable, Hashable {
    /// US dollars per million tokens.
    public struct Price: Sendable, Hashable {
        public var input: Double
        public var cachedInput: Double
        public var output: Double

        /// - Parameter cachedInput: defaults to the full input price.
        public init(input: Double, output: Double, cachedInput: Double? = nil) {
            self.input = input
            self.output = output
            self.cachedInput = cachedInput ?? input
        }
    }

    private let prices: [String: Price]

    public init(_ prices: [String: Price] = [:]) {
        self.prices = prices
    }

    public subscript(model: ModelName) -> Price? { prices[model.qualified] }

    /// Cost in US dollars, or `nil` when the price is unknown.
    public func cost(of tokens: TokenCount, model: ModelName) -> Double? {
        guard let price = self[model] else { return nil }
        let fresh = Double(max(0, tokens.input - tokens.cachedInput))
        return (fresh * price.input + Double(tokens.cachedInput) * price.cachedInput + Double(tokens.output) * price.output) / 1_000_000
    }
}

/// `provider:model`.
public struct ModelName: Sendable, Hashable {
    public let provider: String
    public let model: String
    /// `provider:model`, made once: it is read for every request.
    public let qualified: String

    public init(provider: String, model: String) {
        self.provider = provider
        self.model = model
        self.qualified = "\(provider):\(model)"
    }
}
