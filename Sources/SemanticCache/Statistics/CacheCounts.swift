internal import Cascade
internal import Synchronization

/// Counts what the cache does since the process began, and passes it on to the observer. Everything the cache tells goes through here, so
/// that the statistics and the metrics cannot differ.
final class CacheCounts: CacheObserver {
    struct Snapshot: Sendable, Hashable {
        var lookups: [CacheLevel: [CacheResult: Int]] = [:]
        var bypasses: [CacheBypass: Int] = [:]
        var admissions: [CacheAdmission: Int] = [:]
        var comparisons: [ShadowVerdict: Int] = [:]
        var failures: [StoreError.Store: [StoreError.Kind: Int]] = [:]
        var ended = 0
        var served = 0

        /// Lookups that found something to serve.
        var hits: Int {
            lookups.values.reduce(0) { $0 + $1[.hit, default: 0] + $1[.coalesced, default: 0] }
        }
    }

    private let observer: any CacheObserver
    private let counts = Mutex(Snapshot())

    init(_ observer: any CacheObserver) { self.observer = observer }

    var snapshot: Snapshot { counts.withLock { $0 } }

    func served() { counts.withLock { $0.served += 1 } }

    func lookedUp(_ level: CacheLevel, _ result: CacheResult) {
        counts.withLock { $0.lookups[level, default: [:]][result, default: 0] += 1 }
        observer.lookedUp(level, result)
    }

    func lookupEnded(after duration: Duration) {
        counts.withLock { $0.ended += 1 }
        observer.lookupEnded(after: duration)
    }

    func bypassed(_ reason: CacheBypass) {
        counts.withLock { $0.bypasses[reason, default: 0] += 1 }
        observer.bypassed(reason)
    }

    func admitted(_ admission: CacheAdmission) {
        counts.withLock { $0.admissions[admission, default: 0] += 1 }
        observer.admitted(admission)
    }

    func failed(_ error: StoreError) {
        counts.withLock { $0.failures[error.store, default: [:]][error.kind, default: 0] += 1 }
        observer.failed(error)
    }

    func breaker(_ store: StoreError.Store, isOpen: Bool) { observer.breaker(store, isOpen: isOpen) }

    func embedded(_ use: EmbeddingUse) { observer.embedded(use) }

    func compared(_ verdict: ShadowVerdict) {
        counts.withLock { $0.comparisons[verdict, default: 0] += 1 }
        observer.compared(verdict)
    }
}
