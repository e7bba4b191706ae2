import Synchronization

/// The day's money: nothing is asked that could go over it. A day is from midnight to midnight, UTC.
///
/// What an audit may cost is set aside before it starts and settled when it is over. Several gateways on one store share the cap but for what they spend
/// between two looks at it.
final class SpendCap: Sendable {
    let usdPerDay: Double
    let ledger: FieldLedger
    private let wallTime: @Sendable () -> Double
    private let reserved = Mutex(0.0)
    private static let prefix = "usd.day."

    init(usdPerDay: Double, wallTime: @escaping @Sendable () -> Double) {
        self.usdPerDay = usdPerDay
        self.wallTime = wallTime
        ledger = FieldLedger(
            key: "spending",
            isOutdated: { field in
                guard field.hasPrefix(Self.prefix), let day = Int(field.dropFirst(Self.prefix.count)) else { return false }
                // Yesterday's stays for gateways whose clock is behind.
                return day < Self.day(wallTime()) - 1
            })
    }

    /// Spent since midnight.
    var spentToday: Double { ledger[field] }

    /// Something is left that nobody has set aside.
    var isOpen: Bool { spentToday + reserved.withLock { $0 } < usdPerDay }

    /// Sets `usd` aside.
    ///
    /// - Returns: false when that would go over the day's money.
    func reserve(_ usd: Double) -> Bool {
        let spent = spentToday
        return reserved.withLock { reserved in
            guard spent + reserved + usd <= usdPerDay else { return false }
            reserved += usd
            return true
        }
    }

    /// What was set aside is free again.
    func release(_ usd: Double) {
        reserved.withLock { $0 = max(0, $0 - usd) }
    }

    func spend(_ usd: Double) { ledger.add(usd, to: field) }

    private var field: String { Self.prefix + String(Self.day(wallTime())) }

    private static func day(_ seconds: Double) -> Int { seconds.isFinite ? Int((seconds / 86_400).rounded(.down)) : 0 }
}
