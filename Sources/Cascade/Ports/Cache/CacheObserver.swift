/// Hears what the cache does, for the metrics. Calls come from any thread and must return quickly.
public protocol CacheObserver: Sendable {
    /// One level was looked at.
    func lookedUp(_ level: CacheLevel, _ result: CacheResult)
    /// A lookup is over: from its start until the request knew.
    func lookupEnded(after duration: Duration)
    func bypassed(_ reason: CacheBypass)
    /// A complete answer was offered.
    func admitted(_ admission: CacheAdmission)
    func failed(_ error: StoreError)
    /// A breaker opened or closed.
    func breaker(_ store: StoreError.Store, isOpen: Bool)
    /// An embedding that belongs to no request's ledger: made to compare answers.
    func embedded(_ use: EmbeddingUse)
    /// A hit that was not served was compared with the pipeline's answer.
    func compared(_ verdict: ShadowVerdict)
}

/// What comparing a would-be hit with the pipeline's own answer said. A closed set: also a metric label.
public enum ShadowVerdict: String, Sendable, Hashable, CaseIterable {
    case agree
    /// A false hit.
    case disagree
    /// Could not be compared: the pipeline's answer is not complete.
    case unknown
}
