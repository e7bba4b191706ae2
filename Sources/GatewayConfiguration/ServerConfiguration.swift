/// `server`: where the gateway listens, and its bounds.
public struct ServerConfiguration: Sendable, Equatable {
    /// Name or address to listen on. Default 127.0.0.1; 0.0.0.0 listens on every IPv4 interface.
    public let host: String
    /// TCP port, 0...65535; 0 takes any free port. Default 8080.
    public let port: Int
    /// Largest request body in bytes; a larger one gets 413. Default 10 MiB.
    public let maxBodyBytes: Int
    /// Requests in flight; one more gets 429. Default 2048.
    public let maxConcurrentRequests: Int
    /// How long requests in flight may go on after SIGTERM. Default 30 s.
    public let drain: Duration
    /// Threads that serve clients; 0 is one per core. Default 0.
    public let eventLoops: Int
    /// A client connection without a request is closed after this long. Default 120 s.
    public let idleTimeout: Duration
    /// Bearer keys of which a client must show one. Empty: everybody is let in. Never empty because variables were unset: that is an error.
    public let apiKeys: [Secret]

    init(_ section: inout SectionReader) {
        host = section.read(
            "host", .host, default: "127.0.0.1",
            "name or address to listen on; 0.0.0.0 for every IPv4 interface")
        port = section.read("port", .integer(0...65_535), default: 8080, "TCP port; 0 takes any free one")
        maxBodyBytes = section.read(
            "max_body_bytes", .integer(1024...104_857_600, unit: "bytes"), default: 10_485_760,
            "largest request body; a larger one is answered 413")
        maxConcurrentRequests = section.read(
            "max_concurrent_requests", .integer(1...1_000_000, unit: "requests"), default: 2048,
            "requests in flight; one more is answered 429 with Retry-After")
        drain = section.read(
            "drain_seconds", .seconds(0...3600), default: .seconds(30),
            "how long requests in flight may go on after SIGTERM")
        eventLoops = section.read(
            "event_loops", .integer(0...1024, unit: "threads"), default: 0,
            "threads that serve clients; 0 is one per core")
        idleTimeout = section.read(
            "idle_timeout_seconds", .seconds(1...86_400), default: .seconds(120),
            "a client connection without a request is closed after this long")
        let keys = Self.apiKeys(&section)
        apiKeys = keys ?? []
        if keys == nil && !Self.isLoopback(host) {
            section.report(
                .warning, at: "host",
                "'server.host' is '\(host)' and 'server.api_keys' is empty: whoever can reach the port can spend your provider keys")
        }
        section.finish()
    }

    /// Nil when no list is configured. Keys that come out empty are dropped, but never all of them: a list that was written down must
    /// not open the gateway.
    private static func apiKeys(_ section: inout SectionReader) -> [Secret]? {
        let items = section.list(
            "api_keys", of: "text", expectation: "a list of texts, such as [\"${QUALM_API_KEY}\"]",
            "bearer keys, of which a client must show one; empty lets everybody in")
        guard let items, !items.isEmpty else { return nil }
        var keys: [Secret] = []
        var dropped = 0
        for (index, item) in items.enumerated() {
            let name = "server.api_keys[\(index)]"
            let problemsBefore = section.reader.problems.count
            guard let key = section.decode(item, as: ConfigurationValue<Secret>.secret.optional, name: name, whenUnset: .some(nil)) else {
                continue
            }
            if let key {
                keys.append(key)
                continue
            }
            dropped += 1
            if section.reader.problems.count == problemsBefore {
                section.reader.report(.warning, at: SourceRange(item), "'\(name)' is empty and is left out")
            }
        }
        if dropped == items.count {
            section.report(
                at: "api_keys",
                "every key of 'server.api_keys' is empty, which would let everybody in; set the variables, or write 'api_keys: []'"
            )
        }
        return keys
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
