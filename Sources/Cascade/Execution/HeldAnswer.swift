/// Encoded chunks of the draft that the client has not seen. A queue over one buffer: chunks leave from the front, the buffer is reused.
struct HeldAnswer {
    private var bytes: [UInt8] = []
    /// End of each held chunk in `bytes`.
    private var ends: [Int] = []
    private var start = 0
    private var first = 0

    var isEmpty: Bool { first == ends.count }
    var byteCount: Int { bytes.count - start }

    /// Encodes one chunk behind the others.
    mutating func append<E: Error>(_ encode: (inout [UInt8]) throws(E) -> Void) throws(E) {
        try encode(&bytes)
        ends.append(bytes.count)
    }

    /// Moves the oldest `count` chunks behind `output`.
    mutating func release(_ count: Int, to output: inout [UInt8]) {
        guard count > 0 else { return }
        first += count
        let end = ends[first - 1]
        output.append(contentsOf: bytes[start..<end])
        start = end
        if first == ends.count { removeAll() }
    }

    mutating func releaseAll(to output: inout [UInt8]) {
        release(ends.count - first, to: &output)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        start = 0
        first = 0
    }
}
