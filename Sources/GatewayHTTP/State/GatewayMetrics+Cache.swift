public import Cascade
public import GatewayMetrics

/// What the cache does, in the catalogue's terms.
public struct GatewayCacheObserver: CacheObserver {
    private let metrics: GatewayMetrics
    private let prices: PriceBook
    private let failures: StoreFailureLog

    public init(metrics: GatewayMetrics, prices: PriceBook, failures: StoreFailureLog) {
        self.metrics = metrics
        self.prices = prices
        self.failures = failures
    }

    public func lookedUp(_ level: CacheLevel, _ result: CacheResult) {
        metrics.cacheLookups.increment(level == .exact ? .exact : .vector, CacheResultLabel(result))
    }

    public func lookupEnded(after duration: Duration) {
        metrics.cacheLookupDuration.record(duration: duration)
    }

    public func bypassed(_ reason: CacheBypass) {
        metrics.cacheBypasses.increment(CacheBypassLabel(reason))
    }

    public func admitted(_ admission: CacheAdmission) {
        metrics.cacheAdmissions.increment(CacheAdmissionLabel(admission))
    }

    public func failed(_ error: StoreError) {
        metrics.storeErrors.increment(StoreLabel(error.store), StoreErrorLabel(error.kind))
        failures.write(error)
    }

    public func breaker(_ store: StoreError.Store, isOpen: Bool) {
        metrics.storeBreakerOpen.set(StoreLabel(store), to: isOpen ? 1 : 0)
        failures.breaker(store, isOpen: isOpen)
    }

    public func embedded(_ use: EmbeddingUse) {
        metrics.tokens.increment(.embedding, .input, by: use.tokens.input)
        if let cost = prices.cost(of: use.tokens, model: use.model) {
            metrics.cost.increment(.embedding, by: cost)
        } else {
            metrics.unpricedLegs.increment(.embedding)
        }
    }

    public func compared(_ verdict: ShadowVerdict) {
        metrics.cacheComparisons.increment(ShadowVerdictLabel(verdict))
    }
}

extension CacheResultLabel {
    init(_ result: CacheResult) {
        self =
            switch result {
            case .hit: .hit
            case .miss: .miss
            case .guarded: .guarded
            case .coalesced: .coalesced
            case .shadowed: .shadowed
            case .quarantined: .quarantined
            case .unfit: .unfit
            case .timeout: .timeout
            case .error: .error
            case .breakerOpen: .breakerOpen
            case .overloaded: .overloaded
            }
    }
}

extension CacheBypassLabel {
    init(_ reason: CacheBypass) {
        self =
            switch reason {
            case .directive: .directive
            case .control: .control
            case .temperature: .temperature
            case .choices: .choices
            case .tools: .tools
            case .media: .media
            case .time: .time
            case .length: .length
            case .logprobs: .logprobs
            case .shape: .shape
            }
    }
}

extension CacheAdmissionLabel {
    init(_ admission: CacheAdmission) {
        self =
            switch admission {
            case .stored: .stored
            case .incomplete: .incomplete
            case .marked: .marked
            case .doubtful: .doubtful
            case .policy: .policy
            case .unfit: .unfit
            case .quarantined: .quarantined
            case .failed: .failed
            case .overloaded: .overloaded
            }
    }
}

extension StoreLabel {
    init(_ store: StoreError.Store) {
        self =
            switch store {
            case .embedded: .embedded
            case .redis: .redis
            case .qdrant: .qdrant
            case .embedder: .embedder
            }
    }
}

extension StoreErrorLabel {
    init(_ kind: StoreError.Kind) {
        self =
            switch kind {
            case .unavailable: .unavailable
            case .timeout: .timeout
            case .overloaded: .overloaded
            case .unauthorized: .unauthorized
            case .malformed: .malformed
            case .rejected: .rejected
            case .mismatch: .mismatch
            case .closed: .closed
            }
    }
}

extension ShadowVerdictLabel {
    init(_ verdict: ShadowVerdict) {
        self =
            switch verdict {
            case .agree: .agree
            case .disagree: .disagree
            case .unknown: .unknown
            }
    }
}
