import HTTPTypes

/// Whose request it is, as far as its head tells: answers are never shared between tenants. Whoever shows another key, organisation or
/// project is another tenant, also at a gateway that asks for no key.
enum Tenant {
    /// Credentials first, then what proxies and gateways tell users and organisations apart by. Listed in docs/cache.md.
    static let headerNames = [
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key", "helicone-auth", "proxy-authorization", "cookie",
        "openai-organization", "openai-project", "x-tenant-id", "x-user-id", "x-forwarded-user", "x-forwarded-email",
        "x-auth-request-user", "x-auth-request-email", "x-remote-user",
    ]

    private static let headers = headerNames.compactMap { HTTPField.Name($0) }

    /// Secrets among them: they are hashed with the rest of a request's partition, and kept nowhere.
    static func names(in fields: HTTPFields) -> [String] {
        headers.map { fields[$0] ?? "" }
    }
}
