/// A model of a configured provider, written `provider:model`. The first colon separates; the model's own name may hold more
/// (`ollama:llama3.1:8b`) and slashes (`openrouter:meta-llama/llama-3.1-8b-instruct`).
public struct ConfiguredModel: Sendable, Hashable, CustomStringConvertible {
    public let provider: String
    public let model: String

    public init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    /// Nil unless `text` has a provider, a colon and a model, without white space or control characters.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let provider = text[..<colon]
        let model = text[text.index(after: colon)...]
        guard !provider.isEmpty, !model.isEmpty else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }) else { return nil }
        self.init(provider: String(provider), model: String(model))
    }

    public var description: String { "\(provider):\(model)" }
}
