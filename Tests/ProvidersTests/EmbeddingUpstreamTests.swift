import Cascade
import ChatAPI
import CurlHTTP
import FastJSON
import GatewayTesting
import HTTPTransport
import Providers
import Simulator
import Testing

@Suite("Embeddings over libcurl", .timeLimit(.minutes(1)))
struct EmbeddingUpstreamTests {
    private func withEmbedder(
        model: String = "text-embedding-3-small", dimensions: Int? = nil, usesBase64: Bool = false, maxConcurrentCalls: Int = 2,
        _ body: (OpenAICompatibleEmbedder, Simulator, CurlTransport) async throws -> Void
    ) async throws {
        let simulator = try await Simulator.start(port: 0)
        let transport = try CurlTransport(options: plain())
        let embedder = OpenAICompatibleEmbedder(
            model: ModelName(provider: "sim", model: model), baseURL: "http://127.0.0.1:\(simulator.port)/v1", apiKey: "key",
            dimensions: dimensions, usesBase64: usesBase64, maxConcurrentCalls: maxConcurrentCalls, transport: transport)
        do {
            try await body(embedder, simulator, transport)
        } catch {
            transport.shutdown()
            try await simulator.stop()
            throw error
        }
        transport.shutdown()
        try await simulator.stop()
    }

    private var later: ContinuousClock.Instant { .now + .seconds(30) }

    @Test("near texts are near, far ones far, equal ones equal, whatever the encoding", arguments: [false, true])
    func vectors(usesBase64: Bool) async throws {
        try await withEmbedder(usesBase64: usesBase64) { embedder, simulator, _ in
            let one = try await embedder.embedding(of: "Remote work is allowed on Fridays", deadline: later)
            let same = try await embedder.embedding(of: "Remote work is allowed on Fridays", deadline: later)
            let near = try await embedder.embedding(of: "On Fridays remote work is permitted", deadline: later)
            let far = try await embedder.embedding(of: "Bananas ripen quickly", deadline: later)
            #expect(one.vector == same.vector)
            #expect(one.vector.count == 1_536)
            #expect(one.tokens.source == .provider && one.tokens.input > 3)
            #expect(abs(dot(one.vector, one.vector) - 1) < 1e-6)
            #expect(dot(one.vector, near.vector) > 0.5)
            #expect(abs(dot(one.vector, far.vector)) < 0.2)
            let record = try #require(simulator.report().records.first)
            #expect(record.path == "/v1/embeddings")
            #expect(record.header("authorization") != nil)
        }
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

    @Test("many callers at once: few calls, everybody served")
    func many() async throws {
        try await withEmbedder(dimensions: 64) { embedder, simulator, _ in
            let alone = try await embedder.embedding(of: "text 7", deadline: later)
            try await withThrowingTaskGroup(of: (Int, EmbeddedText).self) { group in
                for number in 0..<200 {
                    group.addTask { (number, try await embedder.embedding(of: "text \(number)", deadline: later)) }
                }
                var count = 0
                for try await (number, embedded) in group {
                    count += 1
                    #expect(embedded.vector.count == 64)
                    if number == 7 { #expect(embedded.vector == alone.vector) }
                }
                #expect(count == 200)
            }
            let requests = simulator.report().requests
            #expect(requests >= 1 + 200 / 32 && requests <= 201)
        }
    }

    @Test("a deadline closes the connection of a call that nobody waits for")
    func deadline() async throws {
        try await withEmbedder(model: "stallfirst") { embedder, simulator, transport in
            // On a busy machine the shorter ones may pass before the request has arrived.
            for patience in [200, 1_000, 5_000] where simulator.report().requests == 0 {
                let failure = await Result(embedding: "x", embedder, .now + .milliseconds(patience)).failure
                #expect(failure?.kind == .timeout)
            }
            #expect(await simulator.waitUntil { $0.open == 0 && $0.aborted >= 1 && $0.completed == 0 })
            try await eventually("no transfer left") { transport.snapshot.activeTransfers == 0 }
        }
    }

    @Test(
        "an upstream's faults are told apart",
        arguments: [
            ("err401", StoreError.Kind.unauthorized), ("err429", .overloaded), ("err500", .unavailable), ("err400", .rejected),
            ("refuse", .unavailable), ("cutmid", .unavailable),
        ])
    func faults(model: String, kind: StoreError.Kind) async throws {
        try await withEmbedder(model: model) { embedder, _, _ in
            let failure = try #require(await Result(embedding: "x", embedder, later).failure)
            #expect(failure.kind == kind, "\(failure)")
        }
    }

    @Test("nobody listens, and the transport is shut down")
    func closed() async throws {
        let transport = try CurlTransport(options: plain())
        let server = try LoopbackServer { _ in }
        let url = server.url("/v1")
        server.stop()
        let embedder = OpenAICompatibleEmbedder(
            model: ModelName(provider: "p", model: "m"), baseURL: url, apiKey: nil, transport: transport)
        #expect(await Result(embedding: "x", embedder, later).failure?.kind == .unavailable)
        transport.shutdown()
        #expect(await Result(embedding: "x", embedder, later).failure?.kind == .closed)
    }

    @Test("the provider passes an embeddings request on, and its answer back, byte for byte")
    func passThrough() async throws {
        try await withUpstream(apiKey: "key") { provider, simulator in
            let body = #"{"model":"sim:embed", "input":["one","two"],"dimensions":4,"x_new":{"a":2.50}}"#
            let request = try EmbeddingsRequest.decode(Array(body.utf8))
            let sink = CollectingCompletionSink()
            _ = provider.start(CompletionCall(operation: .embeddings(request), model: "embed", isStreaming: false), sink: sink)
            #expect(await sink.wait(until: \.isClosed))
            #expect(sink.heard.error == nil && sink.heard.complaints == [])
            let usage = try provider.decodeEmbeddings(sink.heard.bytes)
            #expect((usage?.inputTokens ?? 0) >= 2)
            #expect(try JSONValue.parse(sink.heard.bytes)["data"]?.array?.count == 2)
            let record = try #require(simulator.report().records.first)
            #expect(record.path == "/v1/embeddings")
            #expect(record.body.map { String(decoding: $0, as: UTF8.self) } == body.replacing("sim:embed", with: "embed"))
        }
    }

    @Test(
        "what went wrong upstream is the provider's error",
        arguments: [("err400", ProviderError.Kind.invalidRequest), ("err429", .rateLimited)])
    func passThroughFails(model: String, kind: ProviderError.Kind) async throws {
        try await withUpstream { provider, _ in
            let request = try EmbeddingsRequest.decode(Array(#"{"model":"m","input":"x"}"#.utf8))
            let sink = CollectingCompletionSink()
            _ = provider.start(CompletionCall(operation: .embeddings(request), model: model, isStreaming: false), sink: sink)
            #expect(await sink.wait(until: \.isClosed))
            #expect(sink.heard.error?.kind == kind)
        }
    }
}
