import HTTPTypes

/// Whose request it is, as far as its head tells: answers are never shared between tenants. Whoever shows another key, organisation or
/// project is another tenant, also at a gateway that asks for no key.
enum Tenant {
    private static let headers = ["authorization", "x-api-key", "api-key", "openai-organization", "openai-project"]
        .compactMap { HTTPField.Name($0) }

    /// Secrets among them: they are hashed with the rest of a request's partition, and kept nowhere.
    static func names(in fields: HTTPFields) -> [String] {
        headers.map { fields[$0] ?? "" }
    }
}
