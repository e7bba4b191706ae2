/// What one model costs, in US dollars per million tokens.
public struct ModelPrice: Sendable, Equatable {
    public let input: Double
    public let output: Double
    /// Input read from the provider's prompt cache; nil when it has no price of its own.
    public let cachedInput: Double?

    public init(input: Double, output: Double, cachedInput: Double? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
    }
}

/// `prices`: what models cost. A model that is not in it has an *unknown* price, never zero.
public struct PriceBook: Sendable, Equatable {
    /// All known prices: the built-in ones and those of the file, which take precedence.
    public let prices: [ConfiguredModel: ModelPrice]

    /// Nil: unknown.
    public func price(of model: ConfiguredModel) -> ModelPrice? { prices[model] }

    /// Nil: unknown.
    public func price(provider: String, model: String) -> ModelPrice? {
        prices[ConfiguredModel(provider: provider, model: model)]
    }

    /// List prices of the models that the defaults name and of their neighbours (2025).
    static let builtIn: [(model: ConfiguredModel, price: ModelPrice)] = [
        ("gpt-4.1-nano", 0.10, 0.40, 0.025 as Double?),
        ("gpt-4.1-mini", 0.40, 1.60, 0.10),
        ("gpt-4.1", 2, 8, 0.50),
        ("gpt-4o-mini", 0.15, 0.60, 0.075),
        ("gpt-4o", 2.50, 10, 1.25),
        // An embedding has no output.
        ("text-embedding-3-small", 0.02, 0, nil),
    ].map { (ConfiguredModel(provider: "openai", model: $0.0), ModelPrice(input: $0.1, output: $0.2, cachedInput: $0.3)) }

    init(_ root: inout SectionReader, providers: [ProviderConfiguration]) {
        var prices = Dictionary(uniqueKeysWithValues: Self.builtIn.map { ($0.model, $0.price) })
        for (name, section) in root.map("prices", wantedNames: Self.builtIn.map(\.model.description), declaring: true) {
            var section = section
            let model = ConfiguredModel(name)
            let known = model.flatMap { prices[$0] }
            let price = Self.price(&section, builtIn: known)
            section.finish()
            guard let model else {
                section.reader.report(.error, at: section.range, "'\(name)' must be a provider and a model, such as openai:gpt-4.1-nano")
                continue
            }
            if !providers.contains(where: { $0.name == model.provider }) {
                let names = providers.map(\.name)
                let hint =
                    EditDistance.nearest(to: model.provider, among: names).map { "did you mean '\($0):\(model.model)'?" }
                    ?? "known: \(names.joined(separator: ", "))"
                section.reader.report(.error, at: section.range, "unknown provider '\(model.provider)' in 'prices'; \(hint)")
            }
            prices[model] = price
        }
        self.prices = prices
    }

    private static func price(_ section: inout SectionReader, builtIn: ModelPrice?) -> ModelPrice {
        let money = ConfigurationValue<Double>.number(0...1_000_000, unit: "USD per million tokens")
        let input: Double
        let output: Double
        if let builtIn {
            input = section.read(
                "input", money, default: builtIn.input, defaultText: .some(nil),
                "prompt tokens; required for a model without a built-in price")
            output = section.read("output", money, default: builtIn.output, defaultText: .some(nil), "generated tokens; required likewise")
        } else {
            input = section.require("input", money, standIn: 0, "prompt tokens; required for a model without a built-in price")
            output = section.require("output", money, standIn: 0, "generated tokens; required likewise")
        }
        let cachedInput = section.read(
            "cached_input", money.optional, default: builtIn?.cachedInput, defaultText: .some(nil),
            "prompt tokens that the provider read from its cache; without it they cost like others")
        return ModelPrice(input: input, output: output, cachedInput: cachedInput)
    }
}
