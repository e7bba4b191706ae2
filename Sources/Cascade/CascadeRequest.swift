public import ChatAPI
public import EntropyRouting

/// One admitted, decoded request with everything that routing needs to know about it. After this it is valid.
public struct CascadeRequest: Sendable {
    public var id: String
    public var decisionID: String
    /// When the request's head had been read.
    public var acceptedAt: ContinuousClock.Instant
    /// Seconds since 1970.
    public var createdAt: Double
    public var chat: ChatRequest
    public var isStreaming: Bool
    /// The client asked for the heavyweight always, never, or leaves it to the cascade.
    public var control: EscalationControl
    /// The client's own release policy; `nil` = the route's.
    public var release: ReleasePolicy?
    /// The client's own strategy; `nil` = the route's.
    public var strategy: String?
    /// For the risk model.
    public var taskClass: TaskClass
    /// Prompt tokens as estimated before the provider has counted: bytes of text divided by four.
    public var estimatedPromptTokens: Int
    /// The answer must be JSON.
    public var wantsJSON: Bool
    /// The request offers tools: then nothing is released before the draft is complete and its calls are valid.
    public var offersTools: Bool
    public var checker: any DraftChecker
    /// For the cache; `nil` does not ask it.
    public var cacheQuery: CacheQuery?

    public init(
        id: String, decisionID: String, acceptedAt: ContinuousClock.Instant = .now, createdAt: Double, chat: ChatRequest, isStreaming: Bool,
        control: EscalationControl = .auto, release: ReleasePolicy? = nil, strategy: String? = nil, taskClass: TaskClass,
        estimatedPromptTokens: Int, wantsJSON: Bool = false, offersTools: Bool = false, checker: any DraftChecker,
        cacheQuery: CacheQuery? = nil
    ) {
        self.id = id
        self.decisionID = decisionID
        self.acceptedAt = acceptedAt
        self.createdAt = createdAt
        self.chat = chat
        self.isStreaming = isStreaming
        self.control = control
        self.release = release
        self.strategy = strategy
        self.taskClass = taskClass
        self.estimatedPromptTokens = estimatedPromptTokens
        self.wantsJSON = wantsJSON
        self.offersTools = offersTools
        self.checker = checker
        self.cacheQuery = cacheQuery
    }

    /// The policy in force. What must be whole to be valid is held whole; what is not streamed is judged in full.
    func effectiveRelease(of route: CascadeRoute) -> ReleasePolicy {
        if !isStreaming || wantsJSON || offersTools { return ReleasePolicy(mode: .buffered) }
        return release ?? route.release
    }
}
