public import ChatAPI
public import EntropyRouting

/// What the cache needs to know about a request. Cheap to make: nothing is hashed or copied before the cache has decided to look.
public struct CacheQuery: Sendable {
    public var chat: ChatRequest
    public var view: ChatRequest.RoutingView
    /// Whose request this is: credentials and organisation as the client sent them. Hashed before it is kept anywhere, never logged.
    public var tenant: [String]
    /// The rules the answer is made by: whatever changes what would be shipped changes this text. Models, strategy and thresholds included.
    public var policy: String
    /// Prompt tokens, estimated.
    public var promptTokens: Int
    public var control: EscalationControl
    public var directive: CacheDirective?

    public init(
        chat: ChatRequest, view: ChatRequest.RoutingView, tenant: [String] = [], policy: String, promptTokens: Int,
        control: EscalationControl = .auto, directive: CacheDirective? = nil
    ) {
        self.chat = chat
        self.view = view
        self.tenant = tenant
        self.policy = policy
        self.promptTokens = promptTokens
        self.control = control
        self.directive = directive
    }
}

/// What the client said by `x-qualm-cache`.
public enum CacheDirective: String, Sendable, Hashable, CaseIterable {
    /// Do not answer from the cache; the answer may be stored, in place of an older one.
    case noCache = "no-cache"
    /// Neither answer from the cache nor store the answer.
    case noStore = "no-store"
    /// Answer from the cache or fail; no model is asked.
    case onlyIfCached = "only-if-cached"
}
