public import Cascade
public import GatewayMetrics
public import Logging

/// Record: the one place where a finished request becomes metrics, statistics and a line in the ring.
public struct GatewayObserver: CascadeObserver {
    private let metrics: GatewayMetrics
    private let statistics: GatewayStatistics
    private let decisions: DecisionLog
    private let prices: PriceBook
    private let failures: FailureLog

    public init(
        metrics: GatewayMetrics, statistics: GatewayStatistics, decisions: DecisionLog, prices: PriceBook, logger: Logger
    ) {
        self.metrics = metrics
        self.statistics = statistics
        self.decisions = decisions
        self.prices = prices
        failures = FailureLog(logger)
    }

    public func observed(_ record: DecisionRecord) {
        let saved = savedUSD(record)
        metrics.observe(record, savedUSD: saved)
        statistics.add(record, savedUSD: saved)
        decisions.append(record)
        failures.write(record)
    }

    public func cancelled(leg: LegRecord.Leg, latency: Duration) {
        metrics.cancelLatency.record(LegLabel(leg), duration: latency)
    }

    public func legStarted(_ leg: LegRecord.Leg) {
        metrics.upstreamInflight.increment(LegLabel(leg))
    }

    public func legEnded(_ leg: LegRecord.Leg) {
        metrics.upstreamInflight.decrement(LegLabel(leg))
    }

    /// What the heavyweight alone would have cost for this answer, minus what was spent. For a shipped draft and for a stored answer the
    /// heavyweight's answer is assumed to be as long. For an escalation the loss is what was spent beside the answering leg.
    private func savedUSD(_ record: DecisionRecord) -> Double? {
        guard let heavyweight = record.heavyweight, let spent = record.costUSD else { return nil }
        switch record.decision {
        case .ship:
            guard let draft = record.legs.last(where: { $0.leg == .draft }) else { return nil }
            return prices.cost(of: draft.tokens, model: heavyweight).map { $0 - spent }
        case .escalate, .handover:
            return record.wastedCostUSD.map { -$0 }
        case .cacheHit:
            guard let hit = record.cache?.hit else { return nil }
            return prices.cost(of: hit.tokens, model: heavyweight).map { $0 - spent }
        case .direct, .failed:
            return nil
        }
    }
}
