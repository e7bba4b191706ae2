/// Why a request has no answer. The edge maps it to one HTTP status and body, or to an error event inside a stream that has begun.
public enum CascadeFailure: Error, Sendable, Hashable {
    /// The upstreams failed: the drafter's error (when it was asked) and the heavyweight's or the direct model's.
    case upstream([ProviderError])
    /// The client went away; nobody is left to tell.
    case clientGone
    /// The gateway ends and the drain time is over.
    case shuttingDown
    /// The client wanted a stored answer or none (`x-qualm-cache: only-if-cached`), and there is none.
    case notCached
    /// The answer outgrew the memory that may hold it.
    case answerTooLarge(limitBytes: Int)

    /// The error that says most about what the client can do: a bad request before a rate limit before anything else.
    public var principal: ProviderError? {
        guard case .upstream(let errors) = self else { return nil }
        for kind in [ProviderError.Kind.invalidRequest, .rateLimited] where errors.allSatisfy({ $0.kind == kind }) { return errors.last }
        return errors.last { $0.kind != .invalidRequest } ?? errors.last
    }
}
