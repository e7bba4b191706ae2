/// `redis`: the connection that `cache.store: redis_qdrant` uses.
public struct RedisConfiguration: Sendable, Equatable {
    /// `redis://[user[:password]@]host[:port][/database]`, or `rediss://`. Read further by whoever connects.
    public let url: Secret
    /// Default `qualm:`.
    public let prefix: String

    init(_ section: inout SectionReader) {
        url = section.read(
            "url", .secret, default: Secret("redis://127.0.0.1:6379/0"),
            "redis://[user[:password]@]host[:port][/database]; rediss:// for TLS")
        prefix = section.read("prefix", .nonEmptyText(), default: "qualm:", "what the names of all its keys begin with")
        section.finish()
    }
}
