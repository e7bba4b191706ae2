public import Cascade
internal import Synchronization

/// Keeps the oversight's sums in Redis, shared by all gateways on the same database and prefix: the audits of one are evidence for all.
///
/// A state is a hash, `<prefix>audit:<key>`, without a time to live: it goes when somebody deletes it. Each addition is one transaction, so that it is there
/// whole or not at all, and leaves a string `<prefix>audit-batch:<batch>` for a day, by which a gateway whose connection broke in between
/// finds out that it is there. Commands used: HGETALL, HINCRBYFLOAT, HDEL, SET, EXISTS, MULTI, EXEC.
public final class AuditRedisState: AuditStateStore {
    public var name: String { "redis" }

    private let client: RedisClient
    private let statePrefix: String
    private let batchPrefix: String
    /// Batches that failed in a way that leaves open whether they are there; one for each key at most, because a key's next batch waits.
    private let uncertain = Mutex<[String: String]>([:])
    private static let secondsRemembered = 86_400

    /// - Parameter keyPrefix: stands before every key. Default "qualm:".
    public init(client: RedisClient, keyPrefix: String = RedisAnswerStore.defaultKeyPrefix) {
        self.client = client
        statePrefix = keyPrefix + "audit:"
        batchPrefix = keyPrefix + "audit-batch:"
    }

    public func load(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Double] {
        try Self.fields(try await client.send(RedisCommand("HGETALL", statePrefix + key), deadline: deadline))
    }

    public func add(
        _ amounts: [String: Double], to key: String, batch: String, removing: [String], deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [String: Double] {
        if uncertain.withLock({ $0[key] == batch }) {
            let isThere = try await client.send(RedisCommand("EXISTS", batchPrefix + batch), deadline: deadline).integer("EXISTS") > 0
            if isThere {
                uncertain.withLock { $0[key] = nil }
                return try await load(key, deadline: deadline)
            }
        }
        // Until the reply is here nobody knows.
        uncertain.withLock { $0[key] = batch }
        let commands = commands(amounts, key: key, batch: batch, removing: removing)
        let replies = try await client.send(commands, deadline: deadline)
        for reply in replies.dropLast() { _ = try reply.checked("MULTI") }
        let results = try replies.last.map { reply throws(StoreError) in try reply.array("EXEC", count: commands.count - 2) } ?? []
        for result in results { _ = try result.checked("HINCRBYFLOAT") }
        guard let hash = results.last else { throw StoreError(.redis, .malformed, "EXEC was answered with nothing") }
        uncertain.withLock { $0[key] = nil }
        return try Self.fields(hash)
    }

    private func commands(_ amounts: [String: Double], key: String, batch: String, removing: [String]) -> [RedisCommand] {
        let hash = statePrefix + key
        var commands = [RedisCommand("MULTI")]
        if !removing.isEmpty {
            var command = RedisCommand("HDEL", hash)
            for field in removing { command.append(field) }
            commands.append(command)
        }
        for (field, amount) in amounts.sorted(by: { $0.key < $1.key }) {
            // Whole numbers without a point: Redis then keeps them as such.
            let text = Int(exactly: amount).map { String($0) } ?? String(amount)
            commands.append(RedisCommand("HINCRBYFLOAT", hash, field, text))
        }
        commands.append(RedisCommand("SET", batchPrefix + batch, "1", "EX", String(Self.secondsRemembered)))
        commands.append(RedisCommand("HGETALL", hash))
        commands.append(RedisCommand("EXEC"))
        return commands
    }

    private static func fields(_ reply: RedisReply) throws(StoreError) -> [String: Double] {
        let elements = try reply.array("HGETALL")
        guard elements.count.isMultiple(of: 2) else {
            throw StoreError(.redis, .malformed, "HGETALL was answered with an odd number of elements")
        }
        var fields: [String: Double] = [:]
        for index in stride(from: 0, to: elements.count, by: 2) {
            let name = String(decoding: try elements[index].bytes("HGETALL"), as: UTF8.self)
            let text = String(decoding: try elements[index + 1].bytes("HGETALL"), as: UTF8.self)
            guard let amount = Double(text), amount.isFinite else {
                throw StoreError(.redis, .malformed, "a field of the audit state in Redis is not a number")
            }
            fields[name] = amount
        }
        return fields
    }
}
