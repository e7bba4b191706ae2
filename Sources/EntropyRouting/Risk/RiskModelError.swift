/// Why a risk model is refused. Members are named as in its artefact.
public enum RiskModelError: Error, Sendable, Hashable, CustomStringConvertible {
    case noTerms
    case unknownFeature(String)
    case duplicateTerm(RiskFeature)
    case tooFewLabels(labels: Int, terms: Int)
    case outOfRange(member: String, value: String, expected: String)

    public var description: String {
        switch self {
        case .noTerms:
            "features is empty; expected at least one feature"
        case .unknownFeature(let name):
            "features names \"\(name)\", which is not a feature; expected one of "
                + RiskFeature.allCases.map(\.rawValue).joined(separator: ", ")
        case .duplicateTerm(let feature):
            "features holds \(feature.rawValue) twice with the same scale; expected it once"
        case .tooFewLabels(let labels, let terms):
            "features holds \(terms) features fitted on \(labels) labels; expected at most 2 below \(RiskModel.fullModelLabels) labels"
        case .outOfRange(let member, let value, let expected):
            "\(member) is \(value); expected \(expected)"
        }
    }
}
