/// Vectors of one size side by side in memory, and their dot products: about as fast as memory can be read.
///
/// Rows are padded with zeros to whole blocks of 32 numbers and live in chunks of about 1 MiB, so that growing never copies what is there.
/// Made of SIMD values rather than of numbers, so that every access is bounds-checked and no pointer is needed.
struct VectorRows: Sendable {
    typealias Lanes = SIMD16<Float>

    /// Lanes per row: even, for two sums at a time, which hide the latency of additions.
    private let lanes: Int
    /// Rows per chunk are `1 << shift`.
    private let shift: Int
    private var chunks: [[Lanes]] = []

    /// - Parameter dimensions: numbers per vector, 1 or more.
    init(dimensions: Int) {
        lanes = (dimensions + 2 * Lanes.scalarCount - 1) / (2 * Lanes.scalarCount) * 2
        let rows = max(1, (1 << 20) / (lanes * MemoryLayout<Lanes>.stride))
        shift = Int.bitWidth - 1 - rows.leadingZeroBitCount
    }

    /// Bytes held for rows, used or not.
    var bytes: Int { chunks.count << shift * lanes * MemoryLayout<Lanes>.stride }

    /// A vector in the form of a row.
    func row(_ vector: [Float]) -> [Lanes] {
        var row = [Lanes](repeating: .zero, count: lanes)
        for (index, number) in vector.enumerated() { row[index / Lanes.scalarCount][index % Lanes.scalarCount] = number }
        return row
    }

    /// Writes a row; `slot` is at most one past the last chunk.
    mutating func set(_ row: [Lanes], at slot: Int) {
        let chunk = slot >> shift
        if chunk == chunks.count { chunks.append([Lanes](repeating: .zero, count: lanes << shift)) }
        let start = (slot & (1 << shift - 1)) * lanes
        for index in 0..<lanes { chunks[chunk][start + index] = row[index] }
    }

    /// The dot product of a row and another.
    func dot(_ row: [Lanes], _ slot: Int) -> Float {
        let chunk = chunks[slot >> shift]
        let start = (slot & (1 << shift - 1)) * lanes
        return Self.dot(row.span, chunk.span.extracting(start..<start + lanes))
    }

    static func dot(_ a: Span<Lanes>, _ b: Span<Lanes>) -> Float {
        let count = min(a.count, b.count)
        var (even, odd) = (Lanes.zero, Lanes.zero)
        var index = 0
        while index + 1 < count {
            even += a[index] * b[index]
            odd += a[index + 1] * b[index + 1]
            index += 2
        }
        return (even + odd).sum()
    }
}
