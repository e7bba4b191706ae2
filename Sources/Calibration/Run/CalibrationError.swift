public import EntropyRouting

/// Why a calibration cannot even begin. That a promise is not supported by the labels is no error but an outcome: ``CertificationRefusal``.
public enum CalibrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A parameter is out of its range.
    case option(_ name: String, is: String, expected: String)
    /// Two drafts have the same id: one prompt would be counted twice.
    case duplicate(id: String)
    /// No draft has usable evidence.
    case noEvidence(drafts: Int)
    /// No labelled draft is left to fit on.
    case noTrainingDrafts(drafts: Int, tier: SignalTier)
    /// Every feature has the same value in all drafts.
    case noFeatures
    /// The fitted numbers are no model.
    case model(RiskModelError)
    /// A threshold or a window is out of its range.
    case parameter(ParameterError)

    public var description: String {
        switch self {
        case .option(let name, let value, let expected):
            "\(name) is \(value); expected \(expected)"
        case .duplicate(let id):
            "the draft \"\(id)\" is there twice; expected each id once"
        case .noEvidence(let drafts):
            "none of the \(drafts) drafts has usable logprobs; a drafter without them cannot be calibrated"
        case .noTrainingDrafts(0, _):
            "no draft for training has a verdict; expected at least one, and \(RiskModel.fullModelLabels) for a full model"
        case .noTrainingDrafts(let drafts, let tier):
            "of \(drafts) labelled drafts for training none passes the gates with evidence of tier \(tier.rawValue); "
                + "expected at least one, and \(RiskModel.fullModelLabels) for a full model"
        case .noFeatures:
            "every feature has the same value in all drafts for training; there is nothing to fit"
        case .model(let error):
            "the fitted numbers are no model: \(error)"
        case .parameter(let error):
            "\(error)"
        }
    }
}
