public import Cascade

/// What every ``AnswerStore`` must do. Each check returns what was wrong, in words; nothing is a pass.
///
/// The store is the checks' alone: each empties it first, so they must not run at the same time on one store. A store needs room for 200
/// values of 1 KiB and one of 1 MiB.
public struct AnswerStoreConformance: Sendable {
    /// The promises, one check each.
    public enum Promise: String, Sendable, CaseIterable {
        /// What is set is read, whatever its bytes and its key.
        case roundTrip
        case replacement
        case removal
        /// `values(for:)` keeps the order of the keys.
        case manyValues
        case removeAll
        /// `count` and `residentBytes`.
        case sizes
        /// `residentValue` says the same as `value`.
        case residency
        case expiry
        case counters
        case pastDeadline
        /// Many callers at once, each with values of its own.
        case concurrency
        /// Callers that give up disturb nobody.
        case cancellation
    }

    let store: any AnswerStore
    let advance: (@Sendable (Duration) async -> Void)?
    let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - advance: moves the store's clock; `nil` when it is the real one: the checks of expiry then take about a second.
    ///   - now: the store's clock, by which its deadlines are meant.
    public init(
        store: any AnswerStore, advance: (@Sendable (Duration) async -> Void)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.advance = advance
        self.now = now
    }

    /// Breaches of all promises, each with its name.
    public func breaches() async -> [String] {
        var complaints: [String] = []
        for promise in Promise.allCases { complaints += await breaches(of: promise) }
        return complaints
    }

    /// Breaches of one promise.
    public func breaches(of promise: Promise) async -> [String] {
        do throws(StoreError) {
            _ = try await store.removeAll(deadline: deadline)
            return try await check(promise).map { "\(promise.rawValue): \($0)" }
        } catch {
            return ["\(promise.rawValue): failed with \(error)"]
        }
    }

    /// Far enough away that only a store that hangs meets it.
    var deadline: ContinuousClock.Instant { now() + .seconds(20) }

    private func check(_ promise: Promise) async throws(StoreError) -> [String] {
        switch promise {
        case .roundTrip: try await roundTrip()
        case .replacement: try await replacement()
        case .removal: try await removal()
        case .manyValues: try await manyValues()
        case .removeAll: try await removeAll()
        case .sizes: try await sizes()
        case .residency: try await residency()
        case .expiry: try await expiry()
        case .counters: try await counters()
        case .pastDeadline: await pastDeadline()
        case .concurrency: try await concurrency()
        case .cancellation: try await cancellation()
        }
    }

    // MARK: Access without the deadline's noise

    func set(_ value: [UInt8], _ key: String, for timeToLive: Duration = .seconds(3_600)) async throws(StoreError) {
        try await store.set(value, for: key, timeToLive: timeToLive, deadline: deadline)
    }

    func value(_ key: String) async throws(StoreError) -> [UInt8]? {
        try await store.value(for: key, deadline: deadline)
    }

    // MARK: Values

    private func roundTrip() async throws(StoreError) -> [String] {
        var complaints: [String] = []
        let values: [(String, [UInt8])] = [
            ("empty", []), ("one zero byte", [0]), ("every byte", Array(0...255)), ("line ends", Array("a\r\nb\n\r\n$5\r\n".utf8)),
            ("no UTF-8", [0xff, 0xfe, 0xc0, 0x80]), ("1 MiB", [UInt8](repeating: 7, count: 1 << 20)),
        ]
        for (name, bytes) in values {
            try await set(bytes, "value")
            let read = try await value("value")
            if read != bytes { complaints.append("the value \"\(name)\" of \(bytes.count) bytes came back as \(Self.size(read))") }
        }
        let keys = [
            "plain", "with space", "with\nline\r\nends", "with\u{0}zero", "\"quoted\"", "{hash}tag", "glob*?[a]\\", "colon:and/slash",
            "ключ 🔑", "%s%n", "$5", String(repeating: "k", count: 1_000), "Plain", "plain ",
        ]
        for (index, key) in keys.enumerated() { try await set([UInt8(index)], key) }
        for (index, key) in keys.enumerated() where try await value(key) != [UInt8(index)] {
            complaints.append("the key \(key.prefix(40).debugDescription) has lost its value")
        }
        if try await value("never set") != nil { complaints.append("a key that was never set has a value") }
        return complaints
    }

    private func replacement() async throws(StoreError) -> [String] {
        try await set(Array("the first, which is longer".utf8), "key")
        try await set([2], "key")
        var complaints: [String] = []
        if try await value("key") != [2] { complaints.append("the older value is still read") }
        if try await store.count(deadline: deadline) != 1 { complaints.append("a replaced value counts twice") }
        return complaints
    }

    private func removal() async throws(StoreError) -> [String] {
        try await set([1], "a")
        try await set([2], "b")
        var complaints: [String] = []
        if try await !store.remove("a", deadline: deadline) { complaints.append("removing a value says that there was none") }
        if try await store.remove("a", deadline: deadline) { complaints.append("removing it again says that there was one") }
        if try await store.remove("never set", deadline: deadline) { complaints.append("removing what never was says that it was") }
        if try await value("a") != nil { complaints.append("a removed value is read") }
        if try await value("b") != [2] { complaints.append("another value went too") }
        try await set([3], "a")
        if try await value("a") != [3] { complaints.append("a removed key cannot be set again") }
        return complaints
    }

    private func manyValues() async throws(StoreError) -> [String] {
        var complaints: [String] = []
        for index in 0..<64 where index % 3 != 0 { try await set([UInt8(index)], "key \(index)") }
        let orders = [Array(0..<64), Array((0..<64).reversed()), [5, 5, 3, 5], [0], [1], []]
        for order in orders {
            let read = try await store.values(for: order.map { "key \($0)" }, deadline: deadline)
            if read != order.map({ $0 % 3 == 0 ? nil : [UInt8($0)] }) {
                complaints.append("\(order.count) keys from \(order.first ?? -1) came back wrong: \(read.map(Self.size))")
            }
        }
        return complaints
    }

    private func removeAll() async throws(StoreError) -> [String] {
        let name = "kept \(UInt64.random(in: 0 ... .max))"
        try await store.add([name: 3], deadline: deadline)
        for index in 0..<150 { try await set([UInt8(index)], "key \(index)") }
        var complaints: [String] = []
        let removed = try await store.removeAll(deadline: deadline)
        if removed != 150 { complaints.append("of 150 values \(removed) were said to be removed") }
        for index in 0..<150 where try await value("key \(index)") != nil { complaints.append("value \(index) is still read") }
        let again = try await store.removeAll(deadline: deadline)
        if again != 0 { complaints.append("an empty store removed \(again) values") }
        if try await store.counters(deadline: deadline)[name] != 3 { complaints.append("a counter did not outlive the entries") }
        try await set([1], "key 1")
        if try await value("key 1") != [1] { complaints.append("nothing can be stored afterwards") }
        return complaints
    }

    private func sizes() async throws(StoreError) -> [String] {
        var complaints: [String] = []
        let before = store.residentBytes
        for index in 0..<40 { try await set([UInt8](repeating: 1, count: 1_024), "key \(index)") }
        let full = store.residentBytes
        for index in 0..<10 { _ = try await store.remove("key \(index)", deadline: deadline) }
        let count = try await store.count(deadline: deadline)
        if count != 30 { complaints.append("of 40 values, 10 removed, \(count) are counted") }
        let less = store.residentBytes
        guard let before, let full, let less else {
            return before == nil && full == nil && less == nil ? complaints : complaints + ["residentBytes is known only at times"]
        }
        if full - before < 40 * 1_024 { complaints.append("40 KiB of values are \(full - before) bytes") }
        if full - less < 10 * 1_024 { complaints.append("10 KiB of removed values gave back \(full - less) bytes") }
        if before < 0 { complaints.append("an empty store holds \(before) bytes") }
        return complaints
    }

    private func residency() async throws(StoreError) -> [String] {
        var complaints: [String] = []
        try await set([4], "there")
        for key in ["there", "not there"] {
            // The outer nil: this store has to be asked.
            guard case .some(let resident) = store.residentValue(for: key) else { continue }
            let read = try await value(key)
            if resident != read { complaints.append("\(key): without waiting \(Self.size(resident)), with waiting \(Self.size(read))") }
        }
        return complaints
    }

    static func size(_ value: [UInt8]?) -> String {
        guard let value else { return "nothing" }
        return value.count == 1 ? "the byte \(value[0])" : "\(value.count) bytes"
    }
}
