internal import Cascade

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Points, and the naive search that a store is compared with.
extension VectorStoreConformance {
    func nearest(_ vector: [Float], in partition: String, limit: Int = 100) async throws(StoreError) -> [VectorMatch] {
        try await store.nearest(to: vector, in: partition, limit: limit, deadline: deadline)
    }

    func upsert(_ point: VectorPoint) async throws(StoreError) {
        try await store.upsert(point, deadline: deadline)
    }

    /// A point with a random id and direction.
    func point(_ generator: inout SeededGenerator, in partition: String, for seconds: Double = 600) -> VectorPoint {
        point(Self.id(generator.next()), unit(&generator), in: partition, for: seconds)
    }

    func point(_ id: String, _ vector: [Float], in partition: String, for seconds: Double = 600) -> VectorPoint {
        VectorPoint(id: id, vector: vector, partition: partition, expiresAt: wallNow() + seconds)
    }

    /// A random vector of length 1.
    func unit(_ generator: inout SeededGenerator) -> [Float] {
        let raw = (0..<dimensions).map { _ in Float(generator.unit() * 2 - 1) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }

    func axis(_ index: Int) -> [Float] {
        (0..<dimensions).map { $0 == index ? 1 : 0 }
    }

    /// A UUID that says its number.
    static func id(_ number: UInt64) -> String {
        let hex = String(number, radix: 16)
        let digits = String(repeating: "0", count: 16 - hex.count) + hex
        return "00000000-0000-4000-\(digits.prefix(4))-\(digits.suffix(12))"
    }

    /// How a search's result differs from the naive one. Points whose cosines are closer than single precision tells may change places.
    static func differences(_ found: [VectorMatch], from points: [VectorPoint], to query: [Float], limit: Int) -> [String] {
        var cosines: [String: Double] = [:]
        for point in points { cosines[point.id] = zip(point.vector, query).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        let expected = cosines.values.sorted(by: >).prefix(limit)
        guard found.count == expected.count else {
            return ["\(found.count) points were found instead of \(expected.count) (limit \(limit))"]
        }
        if Set(found.map(\.id)).count != found.count { return ["a point was found twice"] }
        for (match, wanted) in zip(found, expected) {
            guard let own = cosines[match.id] else { return ["a point was found that must not be"] }
            if abs(own - match.similarity) > 1e-4 { return ["a cosine of \(own) is given as \(match.similarity)"] }
            if abs(match.similarity - wanted) > 1e-4 { return ["a point at \(match.similarity) stands where one at \(wanted) belongs"] }
            if !(-1...1).contains(match.similarity) { return ["\(match.similarity) is no cosine"] }
        }
        if zip(found, found.dropFirst()).contains(where: { $0.similarity < $1.similarity }) { return ["the nearest is not the first"] }
        return []
    }
}

/// The system's wall clock.
@Sendable func realSecondsSince1970() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
