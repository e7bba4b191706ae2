/// Why a collected answer could not be made.
public enum AssemblyError: Error, Sendable, Hashable {
    /// More than the stated bound of bytes came in.
    case tooLarge(maxBytes: Int)
    /// A chunk or body is not of the documented shape.
    case malformed(detail: String)
    /// Nothing was collected that an answer can be made of.
    case empty
}

extension AssemblyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let maxBytes): "the collected answer is larger than \(maxBytes) bytes"
        case .malformed(let detail): detail
        case .empty: "the stream held no chunk with a choice"
        }
    }
}
