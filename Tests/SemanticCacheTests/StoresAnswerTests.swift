import Cascade
import GatewayTesting
import Testing

@testable import SemanticCache

@Suite("Embedded answers")
struct StoresAnswerTests {
    private let deadline = ContinuousClock.now + .seconds(3_600)

    private func set(_ store: EmbeddedAnswerStore, _ key: String, _ value: [UInt8] = [1], for timeToLive: Duration = .seconds(60))
        async throws
    {
        try await store.set(value, for: key, timeToLive: timeToLive, deadline: deadline)
    }

    private func has(_ store: EmbeddedAnswerStore, _ key: String) async throws -> Bool {
        try await store.value(for: key, deadline: deadline) != nil
    }

    @Test("The least recently used goes first; reading with and without waiting are uses")
    func leastRecentlyUsed() async throws {
        let store = EmbeddedAnswerStore(maxEntries: 4)
        for key in ["a", "b", "c", "d"] { try await set(store, key) }
        _ = store.residentValue(for: "a")
        _ = try await store.value(for: "b", deadline: deadline)
        _ = try await store.values(for: ["c"], deadline: deadline)
        try await set(store, "e")
        #expect(store.residentValue(for: "d") == .some(nil))
        try await set(store, "f")
        #expect(store.residentValue(for: "a") == .some(nil))
        #expect(try await store.count(deadline: deadline) == 4)
    }

    @Test("Bytes are bounded, keys and bookkeeping included")
    func maxBytes() async throws {
        let store = EmbeddedAnswerStore(maxEntries: 1_000, maxBytes: 10_000)
        for index in 0..<200 {
            try await set(store, "key \(index)", [UInt8](repeating: 0, count: index * 13 % 1_500))
            #expect(try #require(store.residentBytes) <= 10_000)
        }
        #expect(try await has(store, "key 199"))
        #expect(try await store.count(deadline: deadline) >= 5)
    }

    @Test("A value that is larger than the whole store is refused, and nothing goes for it")
    func tooLarge() async throws {
        let store = EmbeddedAnswerStore(maxBytes: 2_000)
        try await set(store, "a", [1])
        try await set(store, "b", [2])
        await #expect(throws: StoreError(.embedded, .rejected, "a value of 2000 bytes does not fit the store's 2000 bytes")) {
            try await set(store, "a", [UInt8](repeating: 0, count: 2_000))
        }
        #expect(try await store.values(for: ["a", "b"], deadline: deadline) == [[1], [2]])
    }

    @Test("Expired values that nobody asks for leave within as many writes as there are values")
    func sweep() async throws {
        let clock = StoresClock()
        let store = EmbeddedAnswerStore(now: clock.now)
        for index in 0..<100 { try await set(store, "old \(index)", for: .seconds(1)) }
        clock.advance(.seconds(2))
        for _ in 0..<100 { try await set(store, "new") }
        #expect(try await store.count(deadline: deadline) == 1)
    }

    @Test("Counters are bounded in number and in size")
    func counters() async throws {
        let store = EmbeddedAnswerStore()
        for index in 0..<256 { try await store.add(["counter \(index)": .max], deadline: deadline) }
        try await store.add(["counter 0": 1, "counter 1": .min], deadline: deadline)
        await #expect(throws: StoreError(.embedded, .rejected, "more than 256 counters")) {
            try await store.add(["counter 2": -5, "one more": 1], deadline: deadline)
        }
        let counters = try await store.counters(deadline: deadline)
        #expect(counters.count == 256)
        #expect(counters["counter 0"] == .max)
        #expect(counters["counter 1"] == -1)
        #expect(counters["counter 2"] == .max)
    }

    // MARK: Against a naive reference

    /// The same store as a list in the order of use.
    private struct NaiveRecency {
        let maxEntries: Int
        let maxBytes: Int
        var entries: [(key: String, value: [UInt8])] = []

        var bytes: Int { entries.reduce(0) { $0 + RecencyTable.bytes(key: $1.key, value: $1.value) } }

        mutating func value(_ key: String) -> [UInt8]? {
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
            entries.append(entries.remove(at: place))
            return entries.last?.value
        }

        mutating func set(_ value: [UInt8], _ key: String) {
            entries.removeAll { $0.key == key }
            entries.append((key, value))
            while entries.count > maxEntries || bytes > maxBytes { entries.removeFirst() }
        }
    }

    @Test("Any sequence of calls leaves what a plain list would", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func equalsNaive(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let now = ContinuousClock.now
        let (maxEntries, maxBytes) = (Int.random(in: 1...12, using: &generator), Int.random(in: 900...4_000, using: &generator))
        var table = RecencyTable(maxEntries: maxEntries, maxBytes: maxBytes)
        var naive = NaiveRecency(maxEntries: maxEntries, maxBytes: maxBytes)
        for step in 0..<3_000 {
            let key = "key \(Int.random(in: 0..<20, using: &generator))"
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<45:
                let value = [UInt8](repeating: UInt8(step & 255), count: Int.random(in: 0...600, using: &generator))
                table.set(value, for: key, expiresAt: now + .seconds(1))
                naive.set(value, key)
            case 45..<80:
                #expect(table.value(for: key, at: now) == naive.value(key))
            case 80..<98:
                let expected = naive.entries.contains { $0.key == key }
                naive.entries.removeAll { $0.key == key }
                #expect(table.remove(key, at: now) == expected)
            default:
                #expect(table.takeAll().count == naive.entries.count)
                naive.entries = []
            }
            #expect(table.count == naive.entries.count)
            #expect(table.bytes == naive.bytes)
            #expect(table.places <= maxEntries)
        }
    }

    @Test("Nothing is read after its time, and nothing but what was set last", arguments: [7, 8, 9] as [UInt64])
    func expiry(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var now = ContinuousClock.now
        var table = RecencyTable(maxEntries: 10, maxBytes: 100_000)
        var last: [String: (value: [UInt8], expiresAt: ContinuousClock.Instant)] = [:]
        var found = 0
        for step in 0..<5_000 {
            let key = "key \(Int.random(in: 0..<14, using: &generator))"
            now += .milliseconds(Int.random(in: 0...3, using: &generator))
            if Bool.random(using: &generator) {
                let expiresAt = now + .milliseconds(Int.random(in: 1...60, using: &generator))
                let value = [UInt8(step & 255), UInt8(step >> 8)]
                table.sweep(at: now)
                table.set(value, for: key, expiresAt: expiresAt)
                last[key] = (value, expiresAt)
            } else if let value = table.value(for: key, at: now) {
                found += 1
                #expect(value == last[key]?.value)
                #expect(last[key].map { $0.expiresAt > now } == true)
            }
            #expect(table.count <= 10)
        }
        #expect(found > 500)
    }
}
