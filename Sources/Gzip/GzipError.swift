/// Why gzip data (RFC 1952) cannot be read or written.
public enum GzipError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A member is broken: not a gzip header, a bad block, or a checksum that does not match.
    /// - Parameter offset: of the member in the compressed data.
    case corrupt(member: Int, offset: Int, reason: String)
    /// The data ends within a member: what a writer that was killed leaves behind.
    /// - Parameter completeBytes: compressed bytes of the members before it.
    case truncated(member: Int, completeBytes: Int)
    case outOfMemory

    public var description: String {
        switch self {
        case .corrupt(let member, let offset, let reason): "gzip member \(member) at byte \(offset) is corrupt: \(reason)"
        case .truncated(let member, let completeBytes):
            "the data ends within gzip member \(member); \(completeBytes) bytes in front of it are complete"
        case .outOfMemory: "no memory for zlib"
        }
    }
}
