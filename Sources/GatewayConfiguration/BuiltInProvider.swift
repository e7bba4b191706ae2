/// A provider that exists without being written down. An entry of the same name in the file overrides it key by key.
struct BuiltInProvider {
    let name: String
    let baseURL: String
    /// As it would stand in the file: `${OPENAI_API_KEY}`.
    var apiKey: String?
    /// The same: name and text.
    var headers: [(name: String, text: String)] = []

    static let all: [BuiltInProvider] = [
        BuiltInProvider(name: "openai", baseURL: "https://api.openai.com/v1", apiKey: "${OPENAI_API_KEY}"),
        BuiltInProvider(
            name: "openrouter",
            baseURL: "https://openrouter.ai/api/v1",
            apiKey: "${OPENROUTER_API_KEY:-}",
            headers: [("HTTP-Referer", "${OPENROUTER_HTTP_REFERER:-}"), ("X-Title", "${OPENROUTER_TITLE:-}")]
        ),
        BuiltInProvider(name: "ollama", baseURL: "http://127.0.0.1:11434/v1"),
        BuiltInProvider(name: "vllm", baseURL: "http://127.0.0.1:8000/v1"),
        BuiltInProvider(name: "llamacpp", baseURL: "http://127.0.0.1:8081/v1"),
    ]

    /// Warns that there is no key in the environment, unless the text says that this is meant. For providers that a route uses.
    func warnAboutMissingKey(_ reader: ConfigurationReader) {
        guard let apiKey, let variable = EnvironmentExpansion(apiKey, environment: reader.environment).unset.first else { return }
        reader.report(
            .warning, inSource: "environment",
            "'\(variable)' is not set, so 'providers.\(name).api_key' is empty and requests to '\(name)' go without a key")
    }

    /// The key from the environment, if there is one.
    func key(_ reader: ConfigurationReader) -> Secret? {
        guard let apiKey, EnvironmentExpansion(apiKey, environment: reader.environment).unset.isEmpty else { return nil }
        return value(of: apiKey, as: .secret, name: "providers.\(name).api_key", reader)
    }

    func headers(_ reader: ConfigurationReader) -> [ProviderConfiguration.Header] {
        headers.compactMap { header in
            value(of: header.text, as: .headerValue, name: "providers.\(name).headers.\(header.name)", reader)
                .map { ProviderConfiguration.Header(name: header.name, value: $0) }
        }
    }

    private func value(of text: String, as value: ConfigurationValue<Secret>, name: String, _ reader: ConfigurationReader) -> Secret? {
        let expanded = EnvironmentExpansion(text, environment: reader.environment).text
        guard !expanded.isEmpty else { return nil }
        do throws(ValueFault) {
            return try value.decode(ScalarText(text: expanded, isPlain: true, isNull: false))
        } catch {
            let hint = error.hint.map { "; \($0)" } ?? ""
            reader.report(.error, inSource: "environment", "'\(name)', from '\(text)', must be \(value.expectation)\(hint)")
            return nil
        }
    }
}
