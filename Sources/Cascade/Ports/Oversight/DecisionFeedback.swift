/// What a person, or a program that knows better, thinks of one answer: the body of `POST /v1/feedback`.
public struct DecisionFeedback: Sendable, Hashable {
    /// A closed set: also a metric label.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        case good, bad
    }

    /// The `x-qualm-decision-id` of the answer.
    public var decisionID: String
    public var verdict: Verdict
    /// Who says so, 1...64 characters; `nil` when it was not said.
    public var source: String?
    /// Free text. Kept nowhere but in the audit log, where one is configured.
    public var comment: String?

    public init(decisionID: String, verdict: Verdict, source: String? = nil, comment: String? = nil) {
        self.decisionID = decisionID
        self.verdict = verdict
        self.source = source
        self.comment = comment
    }
}

/// What became of a ``DecisionFeedback``.
public struct FeedbackReceipt: Sendable, Hashable {
    /// A closed set.
    public enum Effect: String, Sendable, Hashable, CaseIterable {
        /// Counted: the answer was not a draft that a certified rule shipped.
        case counted
        /// Joined the evidence of the feedback about the rule in force.
        case evidence
        /// The draft was drawn for an audit: the verdict stands in place of the judge's.
        case auditOverridden = "audit_overridden"
        /// The draft is drawn for an audit that has not been made: the verdict stands in for it.
        case auditPreempted = "audit_preempted"
        /// The same verdict was there already.
        case unchanged
    }

    public var decisionID: String
    /// The verdict that counts now.
    public var verdict: DecisionFeedback.Verdict
    /// The draft was drawn for an audit.
    public var isAudited: Bool
    public var effect: Effect

    public init(decisionID: String, verdict: DecisionFeedback.Verdict, isAudited: Bool, effect: Effect) {
        self.decisionID = decisionID
        self.verdict = verdict
        self.isAudited = isAudited
        self.effect = effect
    }
}

/// Takes verdicts on answers that have been given.
public protocol FeedbackReceiver: Sendable {
    /// The last verdict on a decision counts; the same one again changes nothing. Returns at once.
    ///
    /// - Returns: `nil` when the decision is unknown: only the last ones are remembered, by the gateway that made them.
    func receive(_ feedback: DecisionFeedback) -> FeedbackReceipt?
}
