/// How a ``CurlTransport`` behaves. Every value has a default that suits a gateway in front of public model APIs.
///
/// Certificates are always verified: there is deliberately no switch for it. A private authority is named by
/// ``certificateAuthorityFile``.
public struct CurlTransportOptions: Sendable, Hashable {
    /// Whose proxy is used.
    public enum Proxy: Sendable, Hashable {
        /// `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the process environment, as libcurl reads them.
        case environment
        /// Never a proxy, whatever the environment says.
        case none
        /// This proxy (`http://host:port`, `socks5h://host:port`), except for the hosts in `bypassing`, a comma-separated
        /// list of names, suffixes and networks as in `NO_PROXY`.
        case url(String, bypassing: String = "")
    }

    /// Which protocol version is spoken.
    public enum Version: Sendable, Hashable {
        /// HTTP/2 when the peer offers it over TLS (ALPN, RFC 9113 section 3.2), HTTP/1.1 otherwise and for `http://`.
        case http2OverTLS
        /// Always HTTP/1.1.
        case http1
        /// HTTP/2 at once, also over plain TCP (RFC 9113 section 3.3, "prior knowledge"). For tests and meshes.
        /// With a libcurl before 8.0 every such exchange without TLS has a connection of its own.
        case http2PriorKnowledge
    }

    /// Number of event loops, each on its own thread with its own connections. Range 1...64, default 1.
    public var loopCount = 1
    /// Exchanges under way on one loop; one more ends at once with `other`. Default 10,000.
    public var maxActiveTransfers = 10_000
    /// Idle connections that one loop keeps for reuse; the oldest is closed beyond it. Default 2,048.
    public var maxIdleConnections = 2_048
    /// libcurl handles kept for reuse by one loop; more are freed when their exchange ends. Default 1,024.
    public var maxIdleHandles = 1_024
    /// All header bytes of one response, informational (1xx) heads included. Default 64 KiB; more ends with `oversizedHeaders`.
    /// A single line above 100 KB is refused by libcurl itself.
    public var maxResponseHeaderBytes = 64 * 1024
    /// What one read of a socket takes at most, in bytes. Range 16 KiB...512 KiB, default 64 KiB.
    public var receiveBufferBytes = 64 * 1024
    /// PEM file with the certificate authorities to trust *instead of* the system's. Default: the system's.
    public var certificateAuthorityFile: String?
    /// Default ``Proxy/environment``.
    public var proxy = Proxy.environment
    /// Default ``Version/http2OverTLS``.
    public var version = Version.http2OverTLS
    /// Whether exchanges to an `https://` host wait for the first connection's handshake, to share it when it speaks HTTP/2,
    /// instead of opening one connection each. Default true.
    public var waitsForMultiplexing = true
    /// Threads are called this, then "-0", "-1", ... Linux shows the first 15 bytes. Default "qualm-curl".
    public var threadName = "qualm-curl"

    public init() {}

    /// The first value that is out of its range, as a sentence; nil when all are in theirs.
    var complaint: String? {
        let ranges: [(name: String, value: Int, range: ClosedRange<Int>)] = [
            ("loopCount", loopCount, 1...64),
            ("maxActiveTransfers", maxActiveTransfers, 1...1_000_000),
            ("maxIdleConnections", maxIdleConnections, 1...1_000_000),
            ("maxIdleHandles", maxIdleHandles, 0...1_000_000),
            ("maxResponseHeaderBytes", maxResponseHeaderBytes, 256...(1 << 20)),
            ("receiveBufferBytes", receiveBufferBytes, (16 * 1024)...(512 * 1024)),
        ]
        guard let wrong = ranges.first(where: { !$0.range.contains($0.value) }) else { return nil }
        return "\(wrong.name) is \(wrong.value) but must be in \(wrong.range.lowerBound)...\(wrong.range.upperBound)"
    }
}
