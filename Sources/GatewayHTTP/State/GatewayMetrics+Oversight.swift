public import Cascade
public import GatewayMetrics
public import Logging

/// What the oversight does, in the catalogue's terms and as lines for the operator. No text of a client, no key.
public struct GatewayOversightObserver: OversightObserver {
    private let metrics: GatewayMetrics
    private let logger: Logger
    private let stateLines = LineLimit(linesPerSecond: 1)

    public init(metrics: GatewayMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    public func audited(_ audit: AuditObservation) {
        metrics.auditVerdicts.increment(audit.isBad ? .bad : .good, AuditSourceLabel(audit.source))
    }

    public func skipped(_ reason: AuditSkip, route: String) {
        metrics.auditsSkipped.increment(AuditSkipLabel(reason))
    }

    public func auditsFailing(route: String, failures: Int, reason: AuditSkip) {
        logger.warning(
            "audits fail one after the other: nobody looks at what a certified rule ships, and its evidence stands still until one succeeds",
            metadata: ["route": "\(route)", "failures": "\(failures)", "reason": "\(reason.rawValue)"])
    }

    public func auditsRecovered(route: String) {
        logger.notice("audits succeed again; the evidence goes on", metadata: ["route": "\(route)"])
    }

    public func spent(_ spending: AuditSpending) {
        let leg: LegLabel = spending.leg == .audit ? .audit : .judge
        metrics.tokens.increment(leg, .input, by: spending.tokens.input)
        metrics.tokens.increment(leg, .output, by: spending.tokens.output)
        if let cost = spending.costUSD { metrics.cost.increment(leg, by: cost) } else { metrics.unpricedLegs.increment(leg) }
        if spending.tokens.source == .estimated { metrics.estimatedLegs.increment(leg) }
    }

    public func tightened(_ alarm: DriftAlarm) {
        metrics.driftAlarms.increment()
        logger.warning(
            "audits say that a certified rule breaks its promise; it was tightened, and stays so until there is a new calibration",
            metadata: [
                "route": "\(alarm.route)", "level": "\(alarm.level)", "new_level": "\(alarm.newLevel)",
                "log10_evidence": "\(alarm.log10Evidence)", "audits": "\(alarm.audits)", "bad": "\(alarm.bad)",
                "bad_feedback": "\(alarm.badFeedback)", "alpha": "\(alarm.alpha)", "delta": "\(alarm.delta)",
            ])
    }

    public func becameStale(route: String, reason: String) {
        logger.warning(
            "the drafter is not the one that was calibrated; 'routing.calibration_mismatch' decides until there is a new calibration",
            metadata: ["route": "\(route)", "reason": "\(reason)"])
    }

    public func received(_ feedback: DecisionFeedback, effect: FeedbackReceipt.Effect) {
        if effect != .unchanged { metrics.feedback.increment(feedback.verdict == .good ? .good : .bad) }
    }

    public func stateFailed(_ error: StoreError) {
        metrics.auditStateErrors.increment(StoreErrorLabel(error.kind))
        guard let suppressed = stateLines.admit() else { return }
        logger.warning(
            "what the audits have counted could not be kept; it is tried again",
            metadata: ["kind": "\(error.kind.rawValue)", "detail": "\(error.detail)", "suppressed_lines": "\(suppressed)"])
    }

    public func stateRecovered() { logger.notice("what the audits have counted is kept again") }
}

extension GatewayMetrics {
    /// Sets the gauges that only a look at the oversight can tell.
    ///
    /// - Parameter calibratedAt: seconds since 1970 of the oldest calibration.
    func sample(_ snapshot: OversightSnapshot, calibratedAt: Double?) {
        let states = snapshot.routes.compactMap(\.calibration)
        let evidence = states.flatMap { state in state.evidence.filter { $0.level == state.level }.map(\.log10Evidence) }
        driftLogEvidence.set(to: evidence.max() ?? 0)
        calibrationsTightened.set(to: Double(states.count { $0.isTightened }))
        calibrationsStale.set(to: Double(states.count { $0.staleReason != nil }))
        calibrationAge.set(to: calibratedAt.map { max(0, WallClock.now() - $0) } ?? 0)
    }
}

extension AuditSourceLabel {
    init(_ source: AuditObservation.Source) {
        self =
            switch source {
            case .rule: .rule
            case .judge: .judge
            case .human: .human
            }
    }
}

extension AuditSkipLabel {
    init(_ reason: AuditSkip) {
        self =
            switch reason {
            case .budget: .budget
            case .queue: .queue
            case .incomplete: .incomplete
            case .size: .size
            case .heavyweight: .heavyweight
            case .judge: .judge
            case .timeout: .timeout
            case .shutdown: .shutdown
            }
    }
}
