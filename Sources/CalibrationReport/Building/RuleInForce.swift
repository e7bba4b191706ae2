import Calibration
import EntropyRouting

/// The commit rule as the model carries it, and what its certificate counts. Without a certificate the options say what to count.
struct RuleInForce {
    let loss: RiskCertificate.Loss
    let alpha: Double
    let delta: Double
    /// Alpha times the judge's sensitivity: what rates seen through the verdicts are held to.
    let limit: Double
    let grid: [Double]
    /// `nil` when the model names no threshold.
    let thresholds: RiskThresholds?

    init(_ model: RiskModel, _ options: ReportOptions) {
        let certificate = model.certificate
        loss = certificate?.loss ?? options.loss
        alpha = certificate?.alpha ?? options.alpha
        delta = certificate?.delta ?? options.delta
        limit = alpha * (certificate?.judgeSensitivity ?? 1)
        grid = certificate?.grid ?? RiskGrid.standard
        thresholds = model.thresholds
    }

    func ships(_ draft: ScoredDraft) -> Bool { thresholds.map { draft.ships(at: $0[draft.taskClass]) } ?? false }

    /// The draft is a loss when it is shipped.
    func isLoss(_ draft: ScoredDraft) -> Bool {
        switch loss {
        case .joint, .selective: draft.isBad == true
        // Where nobody knows the heavyweight's answer the draft's loss stays a loss.
        case .recoverable: draft.isBad == true && draft.isHeavyweightGood != false
        }
    }
}
