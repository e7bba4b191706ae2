public import Cascade
import FastJSON
import Synchronization

/// Keeps the oversight's sums in one JSON file of this process: written whole beside the old one, flushed, and renamed into its place, so
/// that a crash at any moment leaves the old sums or the new ones.
///
/// A file that is not such a state is refused and never overwritten: evidence must not be lost by a slip. Another process on the same
/// file is refused, too, by a lock on `<path>.lock`; several gateways share evidence through Redis.
///
///     {"format":"qualm.audit-state.v1","states":{"<key>":{"<field>":<sum>, ...}, ...}}
public final class FileAuditState: AuditStateStore {
    private struct State {
        var states: [String: [String: Double]]?
        /// The last batch of each key: it may be added again when the flush of the folder failed.
        var batches: [String: String] = [:]
    }

    public static let format = "qualm.audit-state.v1"
    public var name: String { "file" }

    public let path: String
    private let lock: Int32
    private let file = BlockingFile(label: "qualm-audit-state")
    private let state = Mutex(State())
    /// Far more than all routes take.
    private static let maxBytes = 16 << 20

    /// Takes the lock; reads nothing.
    ///
    /// - Throws: ``StoreError/Kind/unavailable`` when there is no such file and none can be made, ``StoreError/Kind/rejected`` when there is one
    ///   that cannot be locked or that another process uses: what it holds must not be forgotten.
    public init(path: String) throws(StoreError) {
        self.path = path
        let taken: Int32?
        do throws(BlockingFile.Failure) {
            taken = try BlockingFile.lock(path + ".lock")
        } catch {
            guard BlockingFile.mayExist(path) else { throw StoreError(.embedded, .unavailable, error.description) }
            throw StoreError(
                .embedded, .rejected,
                "the audit state '\(path)' is there and cannot be locked: \(error.description); make the folder writable, or move the state away "
                    + "to start counting anew (the rule is then as loose as its artefact says)")
        }
        guard let taken else {
            throw StoreError(
                .embedded, .rejected,
                "another process uses the audit state '\(path)'; give each its own file, or share one with 'audit.store: redis'")
        }
        lock = taken
    }

    deinit { BlockingFile.unlock(lock) }

    public func load(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Double] {
        try await file.perform { self.loaded { states in .success(states[key] ?? [:]) } }.get()
    }

    public func add(
        _ amounts: [String: Double], to key: String, batch: String, removing: [String], deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [String: Double] {
        try await file.perform {
            self.loaded { states in
                if self.state.withLock({ $0.batches[key] == batch }) { return .success(states[key] ?? [:]) }
                var states = states
                var fields = states[key] ?? [:]
                for field in removing { fields[field] = nil }
                for (field, amount) in amounts { fields[field, default: 0] += amount }
                states[key] = fields
                do throws(BlockingFile.Failure) {
                    try BlockingFile.replace(self.path, with: Self.encoded(states))
                } catch {
                    return .failure(StoreError(.embedded, .unavailable, error.description))
                }
                self.state.withLock { state in
                    state.states = states
                    state.batches[key] = batch
                }
                return .success(fields)
            }
        }.get()
    }

    // MARK: On the file's thread

    private func loaded(
        _ body: (_ states: [String: [String: Double]]) -> Result<[String: Double], StoreError>
    ) -> Result<[String: Double], StoreError> {
        if let states = state.withLock({ $0.states }) { return body(states) }
        do throws(StoreError) {
            let states = try read()
            state.withLock { $0.states = states }
            return body(states)
        } catch {
            return .failure(error)
        }
    }

    private func read() throws(StoreError) -> [String: [String: Double]] {
        let bytes: [UInt8]
        do throws(BlockingFile.Failure) {
            bytes = try BlockingFile.read(path, maxBytes: Self.maxBytes)
        } catch {
            // A link that leads nowhere is a state that is somewhere else.
            if error.isMissing, !BlockingFile.mayExist(path) { return [:] }
            throw StoreError(
                .embedded, .rejected,
                "the audit state '\(path)' is there and cannot be read: \(error.description); make it readable, or move it away to start "
                    + "counting anew (the rule is then as loose as its artefact says)")
        }
        func malformed(_ what: String) -> StoreError {
            StoreError(
                .embedded, .malformed,
                "the audit state '\(path)' \(what); restore it, or move it away to start counting anew (the rule is then as loose as its artefact says)"
            )
        }
        let document: JSONValue
        do { document = try JSONValue.parse(bytes) } catch { throw malformed("is not JSON") }
        guard document["format"]?.string == Self.format else { throw malformed("is not of the format \"\(Self.format)\"") }
        guard let members = document["states"]?.object else { throw malformed("has no object 'states'") }
        var states: [String: [String: Double]] = [:]
        for member in members {
            guard let fields = member.value.object else { throw malformed("holds no object under '\(member.name)'") }
            for field in fields {
                guard let value = field.value.double, value.isFinite else {
                    throw malformed("holds no number under '\(member.name)', '\(field.name)'")
                }
                states[member.name, default: [:]][field.name] = value
            }
        }
        return states
    }

    private static func encoded(_ states: [String: [String: Double]]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("format", .string(format))
            json.name("states")
            json.object { json in
                for (key, fields) in states.sorted(by: { $0.key < $1.key }) {
                    json.name(key)
                    json.object { json in
                        for (field, value) in fields.sorted(by: { $0.key < $1.key }) where value != 0 { json.member(field, .double(value)) }
                    }
                }
            }
        }
        return json.bytes + [0x0A]
    }
}
