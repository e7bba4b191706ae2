import Calibration
import Cascade

/// What requests of a route cost, routed and held out: sums, so that they survive restarts and add up over gateways.
///
/// Keyed by everything that changes what is compared: another heavyweight or another share of held-out requests is another experiment.
final class SavingsBook: Sendable {
    enum Arm: String, Sendable, CaseIterable {
        case routed, holdout
    }

    let ledger: FieldLedger
    private let holdoutShare: Double

    init(_ route: AuditedRoute, holdoutShare: Double) {
        self.holdoutShare = holdoutShare
        ledger = FieldLedger(
            key: "savings \(route.name) \(route.drafter.qualified) \(route.heavyweight.qualified) \(holdoutShare)",
            isCount: { $0.hasPrefix("feedback.") || $0.hasSuffix(".requests") || $0.hasSuffix(".unpriced") })
    }

    /// A request is over. `costUSD` is `nil` when a price is unknown.
    func add(_ costUSD: Double?, to arm: Arm) {
        guard holdoutShare > 0 else { return }
        let name = arm.rawValue
        if let cost = costUSD {
            ledger.add([("\(name).requests", 1), ("\(name).usd", cost), ("\(name).usd2", cost * cost)])
        } else {
            ledger.add(1, to: "\(name).unpriced")
        }
    }

    func spend(_ usd: Double) { ledger.add(usd, to: "audits.usd") }

    /// A verdict came, or one was taken back.
    func count(_ verdict: DecisionFeedback.Verdict, by amount: Double) { ledger.add(amount, to: "feedback.\(verdict.rawValue)") }

    var feedback: [DecisionFeedback.Verdict: Int] {
        Dictionary(
            zip(DecisionFeedback.Verdict.allCases, ledger.sums(DecisionFeedback.Verdict.allCases.map { "feedback.\($0.rawValue)" }))
                .map { ($0, Int($1)) }, uniquingKeysWith: { first, _ in first })
    }

    /// `nil` without a holdout.
    var savings: SavingsState? {
        guard holdoutShare > 0 else { return nil }
        let fields = Arm.allCases.flatMap { arm in ["requests", "usd", "usd2", "unpriced"].map { "\(arm.rawValue).\($0)" } }
        // Of one moment: an arm whose sum and count are not of the same requests has a wrong mean.
        let sums = ledger.sums(fields + ["audits.usd"])
        func arm(_ first: Int) -> HoldoutEstimate.Arm {
            HoldoutEstimate.Arm(
                count: Int(sums[first]), sum: sums[first + 1], sumOfSquares: sums[first + 2], unpriced: Int(sums[first + 3]))
        }
        let estimate = HoldoutEstimate(routed: arm(0), holdout: arm(4))
        let saving = estimate.saving()
        func mean(_ arm: HoldoutEstimate.Arm) -> Double? { arm.count > 0 && arm.unpriced == 0 ? arm.mean : nil }
        return SavingsState(
            holdoutShare: holdoutShare, routedRequests: estimate.routed.count + estimate.routed.unpriced,
            heldOutRequests: estimate.holdout.count + estimate.holdout.unpriced, routedUSDPerRequest: mean(estimate.routed),
            heldOutUSDPerRequest: mean(estimate.holdout), savedUSD: saving?.total.value, savedLowUSD: saving?.total.low,
            savedHighUSD: saving?.total.high, savedShare: saving?.share?.value, savedShareLow: saving?.share?.low,
            savedShareHigh: saving?.share?.high, auditUSD: sums[8], unpricedRequests: estimate.routed.unpriced + estimate.holdout.unpriced)
    }
}
