public import EntropyRouting

/// One labelled draft as certification sees it: the number a rule compares with its threshold, and what would have been lost.
public struct CertificationCase: Sendable, Hashable {
    public var taskClass: TaskClass
    /// Risk 0...1, or bits.
    public var statistic: Double
    /// Some threshold ships it.
    public var isShippable: Bool
    public var isBad: Bool
    /// The heavyweight would have been bad, too. Where nobody knows it counts as good: the draft's loss stays a loss.
    public var isHeavyweightBad: Bool

    public init(taskClass: TaskClass, statistic: Double, isShippable: Bool, isBad: Bool, isHeavyweightBad: Bool = false) {
        self.taskClass = taskClass
        self.statistic = statistic
        self.isShippable = isShippable
        self.isBad = isBad
        self.isHeavyweightBad = isHeavyweightBad
    }
}

/// Which number of a draft is compared, and how the threshold itself is read: as the production strategies do.
public enum CertifiedRule: Sendable, Hashable, CaseIterable {
    /// Ship a risk of at most the threshold.
    case risk
    /// Ship a draft whose window statistic stays below the threshold.
    case window

    public func ships(_ draft: CertificationCase, at level: Double) -> Bool {
        guard draft.isShippable else { return false }
        return switch self {
        case .risk: draft.statistic <= level
        case .window: draft.statistic < level
        }
    }

    /// - Returns: `nil` for a draft without a label.
    public func certificationCase(_ draft: ScoredDraft) -> CertificationCase? {
        draft.isBad == nil ? nil : pessimisticCase(draft)
    }

    /// The same, but a draft without a label is bad: which drafts nobody judged is no accident of the traffic, and leaving them out would
    /// promise something about the judged ones only.
    public func pessimisticCase(_ draft: ScoredDraft) -> CertificationCase {
        CertificationCase(
            taskClass: draft.taskClass,
            statistic: self == .risk ? draft.risk : draft.scores.windowBits,
            isShippable: self == .risk ? draft.isShippable : draft.isWindowShippable,
            isBad: draft.isBad ?? true, isHeavyweightBad: draft.isHeavyweightGood == false)
    }
}

extension RiskCertificate.Loss {
    /// The draft is a loss when it is shipped.
    func counts(_ draft: CertificationCase) -> Bool {
        switch self {
        case .joint, .selective: draft.isBad
        case .recoverable: draft.isBad && !draft.isHeavyweightBad
        }
    }
}
