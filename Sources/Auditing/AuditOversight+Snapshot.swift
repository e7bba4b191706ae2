import Calibration
public import Cascade
import EntropyRouting

extension AuditOversight {
    public var snapshot: OversightSnapshot {
        OversightSnapshot(
            routes: watches.map(Self.route), queuedAudits: queue.count, spentTodayUSD: cap.spentToday, usdPerDay: cap.usdPerDay,
            store: keeper.storeName, storeFailure: (keeper.failure ?? storeFailure).map(\.description))
    }

    private static func route(_ watch: RouteWatch) -> RouteOversight {
        RouteOversight(
            route: watch.route.name, calibration: watch.calibration.map { state($0, watch) }, feedback: watch.savings.feedback,
            savings: watch.savings.savings)
    }

    private static func state(_ calibration: CalibrationWatch, _ watch: RouteWatch) -> CalibrationState {
        let certificate = calibration.certificate
        return CalibrationState(
            dataHash: calibration.model.provenance.dataHash, loss: certificate.loss, alpha: certificate.alpha, delta: certificate.delta,
            certifiedLevel: calibration.startLevel, level: calibration.levelInForce, staleReason: watch.reason,
            temperatureMismatches: watch.temperatureMismatches, skips: watch.skipped, failedInARow: watch.health.failures,
            failingReason: watch.health.failing,
            evidence: calibration.summary.map { summary in
                CalibrationState.Evidence(
                    level: summary.level, audits: summary.audits, bad: summary.bad, requests: summary.requests,
                    badFeedback: summary.complaints, log10Evidence: CalibrationWatch.log10(summary.logEvidence),
                    isAlarmed: summary.isAlarmed)
            })
    }
}
