public import Cascade
import Synchronization

/// The counters behind `GET /stats`, since the start or the last reset.
public final class GatewayStatistics: Sendable {
    struct PerModel: Sendable {
        var calls = 0
        var inputTokens = 0
        var outputTokens = 0
        var wastedTokens = 0
        var costUSD = 0.0
        var unpricedCalls = 0
        var errors = 0
        var rateLimits = 0
    }

    struct Totals: Sendable {
        var since: Double
        var requests = 0
        var decisions: [String: Int] = [:]
        var statuses: [String: Int] = [:]
        /// Shipped because the client forbade the heavyweight: neither accepted nor rejected.
        var unjudged = 0
        /// At most ``GatewayStatistics/maxModels`` and `other`.
        var models: [String: PerModel] = [:]
        var prefires = 0
        var prefiresUsed = 0
        var prefiresCancelled = 0
        var prefiresFailed = 0
        var prefiresAbandoned = 0
        var prefireDenials = 0
        var headStartMs = 0.0
        var overruns = 0
        var costUSD = 0.0
        var wastedCostUSD = 0.0
        var savedUSD = 0.0
        var unpricedRequests = 0
        var totalMs = 0.0
        var firstTokenMs = 0.0
        var firstTokens = 0
    }

    /// Models counted by name. Clients choose the names of direct requests, so that there must be a bound: the rest share `other`.
    static let maxModels = 1_000

    private let now: @Sendable () -> Double
    private let totals: Mutex<Totals>

    /// - Parameter now: seconds since 1970.
    public init(now: @escaping @Sendable () -> Double) {
        self.now = now
        totals = Mutex(Totals(since: now()))
    }

    public func reset() {
        totals.withLock { $0 = Totals(since: now()) }
    }

    var snapshot: (totals: Totals, seconds: Double) {
        totals.withLock { ($0, now() - $0.since) }
    }

    /// - Parameter savedUSD: what this request saved against the heavyweight alone; negative when it cost more; `nil` = unknown.
    public func add(_ record: DecisionRecord, savedUSD: Double?) {
        totals.withLock { totals in
            totals.requests += 1
            totals.decisions[record.decision.rawValue, default: 0] += 1
            totals.statuses[record.status.rawValue, default: 0] += 1
            if record.decision == .ship, record.reason == "not_judged" { totals.unjudged += 1 }
            for leg in record.legs { totals.add(leg) }
            totals.prefires += record.prefires.count
            totals.prefiresUsed += record.prefires.count { $0.outcome == .used }
            totals.prefiresCancelled += record.prefires.count { $0.outcome == .cancelled }
            totals.prefiresFailed += record.prefires.count { $0.outcome == .failed }
            totals.prefiresAbandoned += record.prefires.count { $0.outcome == .abandoned }
            totals.prefireDenials += record.marks.count { $0.kind == .prefireDenied }
            totals.headStartMs += record.prefires.reduce(0) { $0 + ($1.headStartMs ?? 0) }
            totals.overruns += record.isOverrun ? 1 : 0
            if let cost = record.costUSD { totals.costUSD += cost } else { totals.unpricedRequests += 1 }
            totals.wastedCostUSD += record.wastedCostUSD ?? 0
            totals.savedUSD += savedUSD ?? 0
            totals.totalMs += record.totalMs
            if let first = record.firstTokenMs {
                totals.firstTokenMs += first
                totals.firstTokens += 1
            }
        }
    }
}

extension GatewayStatistics.Totals {
    fileprivate mutating func add(_ leg: LegRecord) {
        let name = leg.model.qualified
        let isCounted = models[name] != nil || models.count < GatewayStatistics.maxModels
        models[isCounted ? name : "other", default: GatewayStatistics.PerModel()].add(leg)
    }
}

extension GatewayStatistics.PerModel {
    fileprivate mutating func add(_ leg: LegRecord) {
        calls += 1
        inputTokens += leg.tokens.input
        outputTokens += leg.tokens.output
        if leg.isWasted { wastedTokens += leg.tokens.input + leg.tokens.output }
        if let cost = leg.costUSD { costUSD += cost } else { unpricedCalls += 1 }
        guard case .failed(let kind) = leg.end else { return }
        errors += 1
        if kind == .rateLimited { rateLimits += 1 }
    }
}
