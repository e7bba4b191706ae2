/// Something whose sums are kept in an ``AuditStateStore`` and shared with other gateways. Calls of ``begin()`` and ``finish(_:)`` come one at a
/// time, from ``StateKeeper``.
protocol KeptState: AnyObject, Sendable {
    var key: String { get }

    /// What has come in since the last batch, which becomes the next one; empty when nothing has.
    func begin() -> [String: Double]

    /// The batch was added, or nothing was to be added: these are the sums now, of all gateways.
    func finish(_ totals: [String: Double])

    /// Why these cannot be such sums; `nil` when they can.
    func problem(in totals: [String: Double]) -> String?

    /// Fields that are not needed any more.
    func outdated(_ totals: [String: Double]) -> [String]
}

extension KeptState {
    func outdated(_ totals: [String: Double]) -> [String] { [] }
}
