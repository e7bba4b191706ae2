import Cascade
import ChatAPI
import GatewayTesting
import Testing

@Suite("Embeddings go to the model they name and come back as they are", .timeLimit(.minutes(1)))
struct EmbeddingsTests {
    private static let model = ModelName(provider: "small", model: "embed-1")
    private static let answer =
        #"{"object":"list", "data":[{"object":"embedding","index":0,"embedding":[0.10,-2e-3]}],"#
        + #""model":"other","usage":{"prompt_tokens":9,"total_tokens":9}}"#

    /// Runs one and checks that there is one leg, closed once.
    private func run(
        _ script: [Step], limits: CascadeLimits = CascadeLimits(), box: HandleBox = HandleBox(), client: RecordingClient = RecordingClient()
    ) async throws -> (outcome: Outcome, call: ScriptedCall) {
        let provider = ScriptedProvider(name: "small", scripts: [script])
        let observer = RecordingObserver()
        let active = ActiveRequests()
        let executor = CascadeExecutor(
            prices: PriceBook(["small:embed-1": PriceBook.Price(input: 2, output: 0)]), limits: limits, budget: PrefireBudget(),
            active: active, observer: observer)
        let embeddings = try EmbeddingsRequest.decode(Array(#"{"model":"small/embed-1","input":["one","two"]}"#.utf8))
        let request = DirectRequest(
            id: "r", decisionID: "d", createdAt: 0, embeddings: embeddings, model: Self.model, provider: provider,
            estimatedPromptTokens: embeddings.estimatedTokens)
        var failure: CascadeFailure?
        do throws(CascadeFailure) {
            _ = try await executor.runDirect(request, encoder: .whole { body, _ in body }, sink: client) { box.set($0) }
        } catch {
            failure = error
        }
        let record = try #require(observer.records.first)
        #expect(observer.records.count == 1)
        #expect(record.legs.map(\.leg) == [.embedding])
        #expect(record.reason == "embeddings" || record.decision != .direct || record.status == .clientClosed)
        #expect(record.route == .direct && !record.isStreaming && record.requestedModel == "small/embed-1")
        #expect(active.count == 0)
        let call = try #require(provider.calls.first)
        #expect(provider.calls.count == 1)
        #expect(call.counts.cancels <= 1)
        #expect(call.counts.hasEnded || call.counts.cancels == 1)
        return (Outcome(record: record, failure: failure, client: client), call)
    }

    @Test("the answer byte for byte, its tokens and cost in the ledger")
    func passesThrough() async throws {
        let bytes = Array(Self.answer.utf8)
        let (outcome, call) = try await run([.open, .bytes(Array(bytes[..<31])), .bytes(Array(bytes[31...])), .end])
        #expect(outcome.client.writes == [Self.answer])
        #expect(outcome.client.head?.model == "small:embed-1")
        #expect(outcome.client.head?.route == .direct)
        #expect(outcome.record.decision == .direct && outcome.record.status == .ok)
        #expect(outcome.record.answeredBy == Self.model)
        #expect(outcome.leg(.embedding)?.tokens == TokenCount(input: 9, source: .provider))
        #expect(outcome.leg(.embedding)?.end == .completed)
        #expect(outcome.record.costUSD.map { abs($0 - 18e-6) < 1e-12 } == true)
        guard case .embeddings(let sent) = call.call.operation else { return #expect(Bool(false), "not an embeddings call") }
        #expect(String(decoding: sent.upstreamBody(model: call.call.model), as: UTF8.self) == #"{"model":"embed-1","input":["one","two"]}"#)
        #expect(!call.call.isStreaming)
    }

    @Test("a provider that does not count is estimated")
    func estimated() async throws {
        let (outcome, _) = try await run([.open, .bytes(Array(#"{"data":[]}"#.utf8)), .end])
        #expect(outcome.record.status == .ok)
        #expect(outcome.leg(.embedding)?.tokens == TokenCount(input: 2, source: .estimated))
    }

    @Test("a body that is no embeddings is a failure", arguments: ["", "[]", "not JSON", #"{"error":{"message":"no"}}"#, #"{"data":{}}"#])
    func malformed(body: String) async throws {
        let (outcome, _) = try await run([.open, .bytes(Array(body.utf8)), .end])
        #expect(outcome.failure?.principal?.kind == .malformed)
        #expect(outcome.record.decision == .failed && outcome.record.answeredBy == nil)
        #expect(!outcome.client.hasBegun)
    }

    @Test(
        "an upstream's error is the response's",
        arguments: [(ProviderError.Kind.invalidRequest, 400), (.rateLimited, 429), (.serverError, 500)])
    func upstreamError(kind: ProviderError.Kind, status: Int) async throws {
        let (outcome, _) = try await run([.fail(kind, status: status)])
        #expect(outcome.failure?.principal?.kind == kind)
        #expect(outcome.record.reason == "upstream_\(kind.rawValue)")
        #expect(outcome.leg(.embedding)?.end == .failed(kind))
        #expect(!outcome.client.hasBegun)
    }

    @Test("a client that leaves closes the connection", arguments: [true, false])
    func clientGone(beforeFirstByte: Bool) async throws {
        let box = HandleBox()
        let leave = Step.perform { box.cancel() }
        let script = beforeFirstByte ? [leave, .wait(Signal())] : [.open, .bytes(Array(#"{"data":["#.utf8)), leave, .wait(Signal())]
        let (outcome, call) = try await run(script, box: box)
        #expect(outcome.failure == .clientGone)
        #expect(call.counts.cancels == 1)
        #expect(outcome.leg(.embedding)?.end == .cancelled(.clientGone))
    }
}
