/// Where a Redis server is, how to log in, and the bounds of the client.
///
/// Printing it, dumping it or mirroring it never shows the password.
public struct RedisConnectionOptions: Sendable {
    /// A name or an address; IPv6 without brackets.
    public var host: String
    /// 1...65535. Default 6379.
    public var port: UInt16
    /// The number of the database. Default 0.
    public var database: Int
    /// `rediss://`: TLS, the certificate checked for ``host``. Default false.
    public var usesTLS: Bool
    /// The ACL user (Redis 6 and newer); `nil` for the default user.
    public var user: String?
    /// `nil`: no AUTH is sent.
    public var password: String?
    /// A PEM file with the authorities to trust, for TLS; `nil` (default) for the system's.
    public var certificateAuthorityFile: String?

    /// For everything until the server is ready: resolver, connect, TLS and login. Default 2 s.
    public var connectTimeout: Duration = .seconds(2)
    /// A connection that owes answers and has sent nothing for this long, or for twice the oldest command's time if that is longer, is
    /// dropped and made anew. Default 250 ms.
    public var silenceLimit: Duration = .milliseconds(250)
    /// The mean of the first pause between two attempts to connect is half of it; it doubles up to ``maxBackoff``, with full jitter.
    /// Default 50 ms.
    public var minBackoff: Duration = .milliseconds(50)
    /// Default 5 s.
    public var maxBackoff: Duration = .seconds(5)
    /// Commands that are waiting, sent or unanswered; more are refused as overloaded. Default 10,000.
    public var maxPendingCommands = 10_000
    /// Bytes of their arguments. Default 64 MiB.
    public var maxPendingBytes = 64 << 20
    /// Bytes of one value in a reply; a longer one counts as nonsense, and is not stored either. Default 16 MiB.
    public var maxValueBytes = 16 << 20

    public init(
        host: String = "127.0.0.1", port: UInt16 = 6379, database: Int = 0, usesTLS: Bool = false, user: String? = nil,
        password: String? = nil
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.usesTLS = usesTLS
        self.user = user
        self.password = password
    }
}

extension RedisConnectionOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL, "***" in place of the password.
    public var description: String {
        let login = password == nil ? "" : "\(user ?? ""):***@"
        return "\(usesTLS ? "rediss" : "redis")://\(login)\(address)/\(database)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// "host:port", the host in brackets where it is an IPv6 address.
    var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
