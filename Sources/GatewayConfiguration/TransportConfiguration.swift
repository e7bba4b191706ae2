/// `transport`: the connections to the providers.
public struct TransportConfiguration: Sendable, Equatable {
    /// Threads that run upstream connections. 1...16. Default 1.
    public let threads: Int
    /// Bytes of a drafter's stream held before its socket is paused. Default 256 KiB.
    public let bufferBytes: Int
    /// Offer HTTP/2 to providers. Default true.
    public let http2: Bool

    init(_ section: inout SectionReader) {
        threads = section.read("threads", .integer(1...16, unit: "threads"), default: 1, "threads that run upstream connections")
        bufferBytes = section.read(
            "buffer_bytes", .integer(4096...104_857_600, unit: "bytes"), default: 262_144,
            "bytes of a drafter's stream held before its socket is paused")
        http2 = section.read("http2", .truth, default: true, "offer HTTP/2 to providers")
        section.finish()
    }
}
