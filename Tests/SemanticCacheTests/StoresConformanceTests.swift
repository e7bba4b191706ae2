import Cascade
import GatewayTesting
import SemanticCache
import Testing

@Suite("The embedded stores keep the ports' promises")
struct StoresConformanceTests {
    @Test("answers, on the real clock", arguments: AnswerStoreConformance.Promise.allCases)
    func answers(_ promise: AnswerStoreConformance.Promise) async {
        #expect(await AnswerStoreConformance(store: EmbeddedAnswerStore()).breaches(of: promise) == [])
    }

    @Test("answers, on a clock of the test's")
    func answersOnManualClock() async {
        let clock = StoresClock()
        let store = EmbeddedAnswerStore(now: clock.now)
        let conformance = AnswerStoreConformance(store: store, advance: { clock.advance($0) }, now: clock.now)
        #expect(await conformance.breaches() == [])
    }

    @Test("vectors of several sizes", arguments: VectorStoreConformance.Promise.allCases, [4, 24, 100])
    func vectors(_ promise: VectorStoreConformance.Promise, dimensions: Int) async {
        let store = EmbeddedVectorStore()
        defer { store.shutdown() }
        #expect(await VectorStoreConformance(store: store, dimensions: dimensions).breaches(of: promise) == [])
    }
}

@Suite("The conformance suites notice")
struct StoresConformanceSuiteTests {
    @Test("an answer store that breaks a promise", arguments: AnswerStoreConformance.Promise.allCases)
    func answers(_ promise: AnswerStoreConformance.Promise) async {
        let clock = StoresClock()
        let store = FaultyAnswerStore(EmbeddedAnswerStore(now: clock.now), breaking: promise)
        let conformance = AnswerStoreConformance(store: store, advance: { clock.advance($0) }, now: clock.now)
        #expect(await !conformance.breaches(of: promise).isEmpty)
    }

    @Test("a vector store that breaks a promise", arguments: VectorStoreConformance.Promise.allCases)
    func vectors(_ promise: VectorStoreConformance.Promise) async {
        let store = EmbeddedVectorStore()
        defer { store.shutdown() }
        #expect(await !VectorStoreConformance(store: FaultyVectorStore(store, breaking: promise)).breaches(of: promise).isEmpty)
    }
}
