/// `qdrant`: the vector database that `cache.store: redis_qdrant` uses, over REST.
public struct QdrantConfiguration: Sendable, Equatable {
    /// Default `http://127.0.0.1:6333`.
    public let url: String
    public let apiKey: Secret?
    /// Default `qualm_cache`.
    public let collection: String
    /// PEM file of certificate authorities to trust instead of the system's; nil for the system's.
    public let caFile: String?

    init(_ section: inout SectionReader) {
        url = section.read("url", .baseURL, default: "http://127.0.0.1:6333", "where its REST API is")
        apiKey = section.read(
            "api_key", ConfigurationValue<Secret>.secret.optional, default: nil, whenUnset: .some(nil),
            "sent as 'api-key'; an unset variable means no key, with a warning")
        collection = section.read(
            "collection", .nonEmptyText(), default: "qualm_cache", "made when it is not there; one for each size of vector")
        caFile = section.read(
            "ca_file", ConfigurationValue<String>.nonEmptyText("a path", type: "path").optional, default: nil,
            "PEM file of certificate authorities to trust instead of the system's")
        section.finish()
    }
}
