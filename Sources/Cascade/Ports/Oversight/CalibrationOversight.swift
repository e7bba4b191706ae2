public import ChatAPI
public import EntropyRouting

/// What watches over calibrated routes while they run: it may tighten the rule, hold requests out, and sample shipped drafts for an audit.
/// All calls come from the request's task and must return at once; audits happen elsewhere.
public protocol CalibrationOversight: Sendable {
    /// Asked once, before the drafter is.
    ///
    /// It may set something aside for the request, which ``finished(_:)`` gives back: no plan without its end.
    func plan(_ query: OversightQuery) -> OversightPlan

    /// Told as soon as the draft's stream names who it comes from.
    ///
    /// - Returns: false when the calibrated rule does not hold for such a draft and nothing else may ship it: it is not shipped. By default
    ///   every draft is covered.
    func covers(_ identity: StreamIdentity, _ query: OversightQuery) -> Bool

    /// Told once, when the request is over. Dropping it is the implementation's business: its queue is bounded.
    func finished(_ outcome: OversightOutcome)
}

extension CalibrationOversight {
    public func covers(_ identity: StreamIdentity, _ query: OversightQuery) -> Bool { true }
}

/// A request that is about to be routed.
public struct OversightQuery: Sendable {
    public var route: String
    /// The route's rule, or the client's choice of rule.
    public var strategy: RoutingStrategy
    public var taskClass: TaskClass
    public var control: EscalationControl
    /// The client's sampling temperature; `nil` when it named none.
    public var temperature: Double?

    public init(route: String, strategy: RoutingStrategy, taskClass: TaskClass, control: EscalationControl, temperature: Double? = nil) {
        self.route = route
        self.strategy = strategy
        self.taskClass = taskClass
        self.control = control
        self.temperature = temperature
    }
}

/// What becomes of it.
public struct OversightPlan: Sendable {
    /// The rule in force now.
    public var strategy: RoutingStrategy
    /// The heavyweight answers whatever the draft would have been: the comparison group of the savings.
    public var isHoldout: Bool
    /// Keep the draft's text: the request was drawn for an audit.
    public var isAudited: Bool

    public init(strategy: RoutingStrategy, isHoldout: Bool = false, isAudited: Bool = false) {
        self.strategy = strategy
        self.isHoldout = isHoldout
        self.isAudited = isAudited
    }
}

/// A routed request that is over.
public struct OversightOutcome: Sendable {
    public var query: OversightQuery
    public var plan: OversightPlan
    public var record: DecisionRecord
    /// The request; its text is needed for an audit.
    public var request: CascadeRequest
    /// The draft's text, when it was drawn for an audit and shipped whole; `nil` otherwise.
    public var draftText: String?

    public init(query: OversightQuery, plan: OversightPlan, record: DecisionRecord, request: CascadeRequest, draftText: String?) {
        self.query = query
        self.plan = plan
        self.record = record
        self.request = request
        self.draftText = draftText
    }
}
