import Cascade
import Testing

@testable import SemanticCache

@Suite("What is held against a store")
struct LookupStoreGateTests {
    private struct Deaf: CacheObserver {
        func lookedUp(_ level: CacheLevel, _ result: CacheResult) {}
        func lookupEnded(after duration: Duration) {}
        func bypassed(_ reason: CacheBypass) {}
        func admitted(_ admission: CacheAdmission) {}
        func failed(_ error: StoreError) {}
        func breaker(_ store: StoreError.Store, isOpen: Bool) {}
        func embedded(_ use: EmbeddingUse) {}
        func compared(_ verdict: ShadowVerdict) {}
    }

    @Test(
        "a call that was given up never, a late one only where the store is another process, everything else always",
        arguments: StoreError.Store.allCases, StoreError.Kind.allCases)
    func blame(store: StoreError.Store, kind: StoreError.Kind) async throws {
        let breaker = StoreBreaker(store: store, failures: 2, openFor: .seconds(60), now: { .now }, onChange: { _ in })
        let gate = StoreGate(breaker: breaker, observer: Deaf())
        for _ in 0..<2 {
            let attempt = try #require(gate.attempt())
            try? await gate.ask(attempt) { () async throws(StoreError) in throw StoreError(store, kind, "") }
        }
        let isForgiven = kind == .closed || store == .embedded && kind == .timeout
        #expect(breaker.isOpen == !isForgiven)
    }
}
