import Cascade
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Embedded vectors")
struct StoresVectorTests {
    private func random(_ size: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<size).map { _ in Float(generator.unit() * 2 - 1) }
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

    @Test(
        "Dot products are those of plain numbers, for sizes on both sides of a block",
        arguments: [1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 1_536])
    func dotProducts(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        var rows = VectorRows(dimensions: size)
        // More than one chunk for the large ones.
        let vectors = (0..<(size > 1_000 ? 300 : 20)).map { _ in random(size, &generator) }
        for (slot, vector) in vectors.enumerated() { rows.set(rows.row(vector), at: slot) }
        let query = random(size, &generator)
        for (slot, vector) in vectors.enumerated() {
            #expect(abs(Double(rows.dot(rows.row(query), slot)) - dot(query, vector)) < 1e-3)
        }
    }

    @Test("The best few are those of a full sort; equals keep their order", arguments: [1, 3, 100])
    func nearestList(limit: Int) {
        var generator = SeededGenerator(seed: 11)
        for count in [0, 1, 3, 50, 200] {
            let offered = (0..<count).map { NearestList.Item(slot: Int32($0), similarity: Float(generator.next() % 20)) }
            var list = NearestList(limit: limit)
            for item in offered {
                list.offer(item.slot, item.similarity)
                list.offer(-1, .nan)
            }
            let sorted = offered.sorted { ($1.similarity, $0.slot) < ($0.similarity, $1.slot) }
            #expect(list.items == Array(sorted.prefix(limit)))
        }
    }

    // MARK: Against a naive reference

    @Test("Any sequence of calls leaves what a plain list would", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func equalsNaive(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let maxVectors = Int.random(in: 1...14, using: &generator)
        var table = VectorTable(maxVectors: maxVectors)
        /// In the order of storing.
        var naive: [VectorPoint] = []
        var size = 5
        var found = 0
        for step in 0..<1_500 {
            let id = "id \(Int.random(in: 0..<20, using: &generator))"
            let partition = "partition \(Int.random(in: 0..<3, using: &generator))"
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<50:
                let point = VectorPoint(
                    id: id, vector: random(size, &generator), partition: partition,
                    expiresAt: Double(step + .random(in: 0...80, using: &generator)))
                try table.upsert(point)
                naive.removeAll { $0.id == id }
                naive.append(point)
                if naive.count > maxVectors { naive.removeFirst() }
            case 50..<80:
                let query = random(size, &generator)
                let limit = Int.random(in: 1...5, using: &generator)
                let matches = try table.nearest(to: query, in: partition, limit: limit, at: Double(step), pause: {})
                let expected = naive.filter { $0.partition == partition && $0.expiresAt > Double(step) }
                    .sorted { dot($0.vector, query) > dot($1.vector, query) }.prefix(limit)
                #expect(matches.map(\.id) == expected.map(\.id))
                found += matches.count
            case 80..<94:
                let ids = [id, "unknown", id, "id \(Int.random(in: 0..<20, using: &generator))"]
                table.remove(ids)
                naive.removeAll { ids.contains($0.id) }
            case 94..<99:
                table.removeExpired(at: Double(step))
                naive.removeAll { $0.expiresAt <= Double(step) }
            default:
                table.removeAll()
                naive = []
                size = Int.random(in: 2...40, using: &generator)
            }
            #expect(table.count == naive.count)
            #expect(table.places.points <= maxVectors && table.places.partitions <= 3)
        }
        #expect(found > 100)
    }

    // MARK: Bounds

    private func point(_ index: Int, _ vector: [Float] = [1, 0], in partition: String = "p") -> VectorPoint {
        VectorPoint(id: "id \(index)", vector: vector, partition: partition, expiresAt: .infinity)
    }

    @Test("Beyond its bound a store lets the oldest go; storing again makes young")
    func oldestGoes() async throws {
        let store = EmbeddedVectorStore(maxVectors: 3)
        defer { store.shutdown() }
        let deadline = ContinuousClock.now + .seconds(60)
        for index in [0, 1, 2, 0, 3] { try await store.upsert(point(index), deadline: deadline) }
        let found = try await store.nearest(to: [1, 0], in: "p", limit: 100, deadline: deadline)
        #expect(Set(found.map(\.id)) == ["id 0", "id 2", "id 3"])
        #expect(try await store.count(deadline: deadline) == 3)
    }

    @Test("Memory grows with the points, is used again, and is given back when there are none")
    func memory() throws {
        var table = VectorTable(maxVectors: 600)
        #expect(table.bytes == 0)
        let vector = [Float](repeating: 0.03, count: 1_000)
        for index in 0..<600 { try table.upsert(point(index, vector, in: "\(index % 50)")) }
        let full = table.bytes
        // 1,024 numbers of 4 bytes, and at most one chunk more.
        #expect(full >= 600 * 4_096 && full <= 600 * 4_096 + 1 << 20)
        table.remove((0..<450).map { "id \($0)" })
        for index in 1_000..<2_000 { try table.upsert(point(index, vector, in: "\(index % 70)")) }
        #expect(table.bytes == full)
        table.remove((0..<2_000).map { "id \($0)" })
        #expect(table.bytes == 0)
        // The size stays known.
        #expect(throws: StoreError.self) { try table.upsert(point(1, [1, 0])) }
    }

    @Test("Vectors without numbers, or with what is no number, are refused", arguments: [[], [.nan, 0], [0, .infinity]] as [[Float]])
    func refuses(vector: [Float]) async {
        let store = EmbeddedVectorStore()
        defer { store.shutdown() }
        do throws(StoreError) {
            try await store.upsert(point(1, vector), deadline: .now + .seconds(60))
            Issue.record("\(vector) was stored")
        } catch {
            #expect(error.kind == .rejected)
        }
    }

    @Test("A limit outside 1...100 counts as the nearer end")
    func limits() async throws {
        let store = EmbeddedVectorStore()
        defer { store.shutdown() }
        let deadline = ContinuousClock.now + .seconds(60)
        for index in 0..<120 { try await store.upsert(point(index), deadline: deadline) }
        for (limit, count) in [(Int.min, 1), (0, 1), (101, 100), (Int.max, 100)] {
            #expect(try await store.nearest(to: [1, 0], in: "p", limit: limit, deadline: deadline).count == count)
        }
    }

    @Test("A point is found until its time, by the store's clock, and not at it")
    func expiry() async throws {
        let wall = StoresClock()
        let start = wall.now()
        let store = EmbeddedVectorStore(wallNow: { (wall.now() - start) / .seconds(1) })
        defer { store.shutdown() }
        let deadline = ContinuousClock.now + .seconds(60)
        try await store.upsert(VectorPoint(id: "a", vector: [1], partition: "p", expiresAt: 10), deadline: deadline)
        wall.advance(.seconds(9))
        #expect(try await store.nearest(to: [1], in: "p", limit: 3, deadline: deadline).count == 1)
        wall.advance(.seconds(1))
        #expect(try await store.nearest(to: [1], in: "p", limit: 3, deadline: deadline).isEmpty)
    }
}
