/// Gzip (RFC 1952) over zlib.
public enum Gzip {
    /// The first two bytes of every member.
    public static let magic: [UInt8] = [0x1f, 0x8b]

    /// The data begins like a gzip member.
    public static func isGzip(_ data: some Collection<UInt8>) -> Bool { data.starts(with: magic) }
}
