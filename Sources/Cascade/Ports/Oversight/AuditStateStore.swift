/// Keeps what the oversight has counted, so that evidence survives a restart and several gateways can share one. Everything is a sum: the
/// fields of a state only ever have amounts added to them, whoever adds them and in whatever order.
///
/// A state is named by its key; one that nobody has written is empty. Amounts are whole numbers but for sums of money, and whole numbers are
/// kept exactly up to 2^53.
public protocol AuditStateStore: Sendable {
    /// Who keeps it, for logs and `GET /stats`: `file`, `redis`, `memory`.
    var name: String { get }

    /// The state's fields.
    ///
    /// - Throws: ``StoreError``; ``StoreError/Kind/malformed`` when what is kept is not a state, which must never be taken for an empty one.
    func load(_ key: String, deadline: ContinuousClock.Instant) async throws(StoreError) -> [String: Double]

    /// Adds amounts to the fields of a state, all of them or none.
    ///
    /// - Parameters:
    ///   - batch: names this addition. After a failure the same batch may be added again, with the same amounts: what did happen is not done
    ///     twice. Unique among all gateways; remembered for at least an hour.
    ///   - removing: fields that are not needed any more; they may be missing.
    /// - Returns: the state's fields afterwards, with what others have added meanwhile.
    func add(
        _ amounts: [String: Double], to key: String, batch: String, removing: [String], deadline: ContinuousClock.Instant
    ) async throws(StoreError) -> [String: Double]
}
