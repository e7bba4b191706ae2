internal import YAMLDocument

/// `embeddings`: who turns prompts into vectors for the cache.
public struct EmbeddingsConfiguration: Sendable, Equatable {
    /// Default `openai:text-embedding-3-small`; nil: none, and the cache compares exactly only. Its provider exists.
    public let model: ConfiguredModel?
    /// Asked for in every call; nil: the model's own.
    public let dimensions: Int?
    /// Default 32.
    public let batchSize: Int

    init(_ section: inout SectionReader, providers: [ProviderConfiguration], prices: PriceBook, isUsed: Bool) {
        model = section.read(
            "model", ConfigurationValue<ConfiguredModel>.model.optional,
            default: ConfiguredModel(provider: "openai", model: "text-embedding-3-small"),
            "turns prompts into vectors for the cache; empty: none, and only equal requests are found")
        dimensions = section.read(
            "dimensions", ConfigurationValue<Int>.integer(1...65_536, unit: "numbers").optional, default: nil,
            "asked for in every call, where the model can shorten its vectors")
        batchSize = section.read("batch_size", .integer(1...2_048, unit: "texts"), default: 32, "most texts of one call")
        if let model {
            let names = providers.map(\.name)
            if !names.contains(model.provider) {
                let hint =
                    EditDistance.nearest(to: model.provider, among: names).map { "did you mean '\($0):\(model.model)'?" }
                    ?? "known: \(names.joined(separator: ", "))"
                section.report(at: "model", "unknown provider '\(model.provider)' in 'embeddings.model'; \(hint)")
            } else if isUsed, prices.price(of: model) == nil {
                section.report(
                    .warning, at: "model",
                    "'prices' does not have '\(model)', so its cost is reported as unknown; 'input: 0' and 'output: 0' say that it is free")
            }
        }
        section.finish()
    }
}
