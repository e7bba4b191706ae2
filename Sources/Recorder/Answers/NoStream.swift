/// What a success that is no stream of events begins with.
enum NoStream {
    /// So many bytes of an answer are kept for this.
    static let openingBytes = 256

    /// What came instead, in words; `nil` when its first byte says nothing.
    static func name(_ opening: [UInt8]) -> String? {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        switch opening.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) && !byteOrderMark.contains($0) }) {
        case UInt8(ascii: "<"): return "a page of HTML or XML in the place of a stream of events"
        case UInt8(ascii: "{"), UInt8(ascii: "["): return "a JSON document in the place of a stream of events"
        default: return nil
        }
    }
}
