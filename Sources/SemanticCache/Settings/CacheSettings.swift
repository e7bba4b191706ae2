/// How the cache behaves, in plain values. An off cache is not constructed, so there is no mode for it.
public struct CacheSettings: Sendable {
    /// What becomes of a hit.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Looked up and compared with the pipeline's own answer, never served.
        case shadow
        /// Served.
        case on
    }

    /// Whose answers are kept.
    public enum Admit: String, Sendable, Hashable, CaseIterable {
        /// Accepted drafts and the heavyweight's answers: the latter are the better ones.
        case all
        /// Drafts that the entropy engine accepted, and nothing else.
        case shippedDrafts = "shipped_drafts"
    }

    public var mode = Mode.on
    /// How long an answer is kept. At least 1 s; default 24 h.
    public var timeToLive = Duration.seconds(86_400)
    /// From the start of a lookup until it counts as a miss, whatever is still under way. Default 300 ms.
    public var deadline = Duration.milliseconds(300)
    /// From the end of a request until its answer is kept, or given up; also how long an embedding may take. Default 2 s.
    public var writeDeadline = Duration.seconds(2)
    public var admit = Admit.all
    /// Cosine from which an entry counts as near, 0...1, as long as there is no ``scoreThreshold``. Default 0.95.
    public var similarityThreshold = 0.95
    /// Certified score from which an entry counts as near, 0...1; takes the place of ``similarityThreshold``. Default `nil`.
    public var scoreThreshold: Double?
    /// Entries looked at per lookup, 1...64. Default 3.
    public var neighbours = 3
    /// Bytes of a stored body. A larger answer is not kept. Default 256 KiB.
    public var maxEntryBytes = 262_144
    /// How long a request waits for an equal one in flight; `.zero` = not at all. Default 1 s.
    public var singleFlight = Duration.seconds(1)
    /// In mode ``Mode/on``: the share of would-be hits that are compared instead of served, 0...1. Default 0.05.
    public var shadowShare = 0.05
    /// Lookups that wait for a store or the embedder. Beyond it a lookup is a miss at once. Default 1,024.
    public var maxConcurrentLookups = 1_024
    /// Answers that wait to be stored or compared. Beyond it an answer is not kept. Default 1,024.
    public var maxQueuedWrites = 1_024
    /// Answers that are stored or compared at the same time. Default 16.
    public var concurrentWrites = 16
    /// Failures of a store in a row that open its breaker. Default 5.
    public var breakerFailures = 5
    /// How long an open breaker keeps everybody away. Default 5 s.
    public var breakerOpenFor = Duration.seconds(5)
    /// Which requests are looked at, and which are equal.
    public var rules = PartitionRules()

    public init() {}
}
