/// What one upstream call of a request used and cost, however it ended.
public struct LegRecord: Sendable, Hashable {
    /// What the call was for. A closed set: it is also a metric label.
    public enum Leg: String, Sendable, Hashable, CaseIterable {
        case draft, heavyweight, direct, embedding
    }

    /// How the call ended. A closed set.
    public enum End: Sendable, Hashable {
        /// Answered to its terminal marker.
        case completed
        /// Closed by the gateway.
        case cancelled(CancelReason)
        /// The upstream did not answer, or not to the end.
        case failed(ProviderError.Kind)

        public var name: String {
            switch self {
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .failed: "failed"
            }
        }
    }

    public enum CancelReason: String, Sendable, Hashable, CaseIterable {
        /// The drafter recovered.
        case recovered
        /// The draft was accepted while the pre-fire still ran.
        case shipped
        /// The heavyweight took over.
        case escalated
        case handedOver = "handed_over"
        /// A stored answer was served.
        case cached
        /// The client went away.
        case clientGone = "client_gone"
        /// The request failed for another reason.
        case failed
    }

    public var leg: Leg
    public var model: ModelName
    /// 1, 2, ... within the leg.
    public var attempt: Int
    public var tokens: TokenCount
    /// US dollars; `nil` = unknown price.
    public var costUSD: Double?
    public var end: End
    /// Its answer did not become the client's.
    public var isWasted: Bool
    /// Milliseconds since the request was accepted.
    public var startedMs: Double
    /// `nil` when no byte came.
    public var firstByteMs: Double?
    public var endedMs: Double
    /// What went wrong, for a failed leg.
    public var failure: String?
}

/// Tokens of one leg.
public struct TokenCount: Sendable, Hashable {
    /// Who counted. A closed set.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The provider's `usage`.
        case provider
        /// Counted here: streamed tokens, and prompt bytes divided by four.
        case estimated
        /// Nothing to count from.
        case unknown
    }

    public var input: Int
    public var cachedInput: Int
    public var output: Int
    public var source: Source

    public init(input: Int = 0, cachedInput: Int = 0, output: Int = 0, source: Source = .unknown) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
        self.source = source
    }
}
