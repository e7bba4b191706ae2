/// What an audit found.
public enum AuditVerdictLabel: Int, ClosedMetricLabel {
    public static let name = "verdict"
    case good
    case bad
}

/// Who said so.
public enum AuditSourceLabel: Int, ClosedMetricLabel {
    public static let name = "source"
    /// The draft was not shipped, which cannot be a loss: nobody had to be asked.
    case rule
    case judge
    case human
}

/// Why a draft that was drawn for an audit was not audited.
public enum AuditSkipLabel: Int, ClosedMetricLabel {
    public static let name = "reason"
    case budget
    case queue
    case incomplete
    case size
    case heavyweight
    case judge
    case timeout
    case shutdown
}

/// What a client said about an answer.
public enum FeedbackLabel: Int, ClosedMetricLabel {
    public static let name = "verdict"
    case good
    case bad
}
