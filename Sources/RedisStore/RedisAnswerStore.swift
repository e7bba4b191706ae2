public import Cascade
internal import Synchronization

/// Keeps answers in Redis: shared by all gateways on the same database and prefix, expired by Redis itself.
///
/// An entry is a string `<prefix>e:<key>` with a time to live; the counters are one hash, `<prefix>counters`, which has none. Commands
/// used: GET, MGET, SET, UNLINK (DEL before Redis 4), SCAN, HINCRBY, HGETALL, and for the login AUTH, SELECT, CLIENT SETNAME and PING: a
/// user with these rights on these keys is enough. Never FLUSHDB, never KEYS.
public final class RedisAnswerStore: AnswerStore {
    public static let defaultKeyPrefix = "qualm:"

    public var store: StoreError.Store { .redis }

    private let client: RedisClient
    private let entryPrefix: String
    private let countersKey: String
    private let entryPattern: [UInt8]
    /// The server has no UNLINK.
    private let isOldServer = Atomic<Bool>(false)
    /// Keys that Redis looks at for one step of a SCAN: about a tenth of a millisecond of its time.
    private static let scanStep = 1000
    /// Redis refuses times that overflow its clock.
    private static let longestTimeToLive: Duration = .seconds(100 * 365 * 86_400)

    /// - Parameter keyPrefix: stands before every key, so that several users of one database do not meet. No prefix may begin with another
    ///   one that is in use. Default "qualm:".
    public init(client: RedisClient, keyPrefix: String = RedisAnswerStore.defaultKeyPrefix) {
        self.client = client
        entryPrefix = keyPrefix + "e:"
        countersKey = keyPrefix + "counters"
        entryPattern = GlobPattern.beginning(with: entryPrefix)
    }

    public func value(for key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [UInt8]? {
        try await client.send(RedisCommand("GET", entryPrefix + key), deadline: deadline).optionalBytes("GET")
    }

    public func values(for keys: [String], deadline: ContinuousClock.Instant) async throws(StoreError) -> [[UInt8]?] {
        if keys.isEmpty { return [] }
        guard keys.count <= 64 else { throw StoreError(.redis, .rejected, "\(keys.count) keys at once, of at most 64") }
        var command = RedisCommand("MGET")
        for key in keys { command.append(entryPrefix + key) }
        let elements = try await client.send(command, deadline: deadline).array("MGET", count: keys.count)
        var values: [[UInt8]?] = []
        for element in elements { values.append(try element.optionalBytes("MGET")) }
        return values
    }

    public func set(
        _ value: [UInt8], for key: String, timeToLive: Duration, deadline: ContinuousClock.Instant
    ) async throws(StoreError) {
        guard value.count <= client.options.maxValueBytes else {
            throw StoreError(.redis, .rejected, "a value of \(value.count) bytes, of at most \(client.options.maxValueBytes)")
        }
        var command = RedisCommand("SET", entryPrefix + key)
        command.append(value)
        command.append("PX")
        command.append(Self.milliseconds(timeToLive))
        try await client.send(command, deadline: deadline).okay("SET")
    }

    public func remove(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> Bool {
        try await unlink([Array((entryPrefix + key).utf8)], deadline: deadline) == 1
    }

    /// In bounded steps: one SCAN and one UNLINK at a time, so that the server has time for others between them. What others store
    /// meanwhile may stay. When the deadline comes first, a part has been removed.
    public func removeAll(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        var removed = 0
        try await scan(deadline: deadline) { keys throws(StoreError) in
            if !keys.isEmpty { removed += try await unlink(keys, deadline: deadline) }
        }
        return removed
    }

    /// Exact but for what changes meanwhile: counted by SCAN, a thousand keys of the database a step. Where other programs keep millions of
    /// keys in the same database that takes long; a database of its own (`redis://host/1`) keeps it short.
    public func count(deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        // SCAN may tell a key twice while the server resizes its table.
        var hashes: Set<Int> = []
        try await scan(deadline: deadline) { keys throws(StoreError) in
            for key in keys { hashes.insert(key.hashValue) }
        }
        return hashes.count
    }

    public func add(_ amounts: [String: Int], deadline: ContinuousClock.Instant) async throws(StoreError) {
        if amounts.isEmpty { return }
        let commands = amounts.map { name, amount in RedisCommand("HINCRBY", countersKey, name, String(amount)) }
        for reply in try await client.send(commands, deadline: deadline) { _ = try reply.integer("HINCRBY") }
    }

    public func counters(deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Int] {
        let elements = try await client.send(RedisCommand("HGETALL", countersKey), deadline: deadline).array("HGETALL")
        guard elements.count.isMultiple(of: 2) else {
            throw StoreError(.redis, .malformed, "HGETALL was answered with an odd number of elements")
        }
        var counters: [String: Int] = [:]
        for index in stride(from: 0, to: elements.count, by: 2) {
            let name = String(decoding: try elements[index].bytes("HGETALL"), as: UTF8.self)
            guard let amount = Int(String(decoding: try elements[index + 1].bytes("HGETALL"), as: UTF8.self)) else {
                throw StoreError(.redis, .malformed, "a counter in Redis is not an integer")
            }
            counters[name] = amount
        }
        return counters
    }

    // MARK: Steps

    private func scan(
        deadline: ContinuousClock.Instant, _ body: (_ keys: [[UInt8]]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        var cursor: [UInt8] = [UInt8(ascii: "0")]
        repeat {
            var command = RedisCommand("SCAN")
            command.append(cursor)
            command.append("MATCH")
            command.append(entryPattern)
            command.append("COUNT")
            command.append(Self.scanStep)
            let reply = try await client.send(command, deadline: deadline).array("SCAN", count: 2)
            var keys: [[UInt8]] = []
            for element in try reply[1].array("SCAN") { keys.append(try element.bytes("SCAN")) }
            cursor = try reply[0].bytes("SCAN")
            try await body(keys)
        } while cursor != [UInt8(ascii: "0")]
    }

    private func unlink(_ keys: [[UInt8]], deadline: ContinuousClock.Instant) async throws(StoreError) -> Int {
        if !isOldServer.load(ordering: .relaxed) {
            let reply = try await client.send(Self.command("UNLINK", keys), deadline: deadline)
            guard case .error(let message) = reply, message.hasPrefix("ERR unknown command") else { return try reply.integer("UNLINK") }
            isOldServer.store(true, ordering: .relaxed)
        }
        return try await client.send(Self.command("DEL", keys), deadline: deadline).integer("DEL")
    }

    private static func command(_ name: String, _ keys: [[UInt8]]) -> RedisCommand {
        var command = RedisCommand(name)
        for key in keys { command.append(key) }
        return command
    }

    /// At least 1, rounded up.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = min(duration, longestTimeToLive).components
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
