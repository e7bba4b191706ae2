import Cascade
import ChatAPI
import EntropyRouting
import GatewayTesting
import Synchronization
import Testing

@Suite("A request that names its model gets that model", .timeLimit(.minutes(1)))
struct DirectTests {
    struct Left: Error {}

    private static let model = ModelName(provider: "small", model: "draft-1")
    private static let body =
        #"{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}}"#

    /// Runs one and checks that there is one leg, closed once.
    private func run(
        _ script: [Step], isStreaming: Bool = true, client: RecordingClient = RecordingClient(), limits: CascadeLimits = CascadeLimits(),
        box: HandleBox = HandleBox()
    ) async throws -> (outcome: Outcome, call: ScriptedCall) {
        let provider = ScriptedProvider(name: "small", scripts: [script])
        let observer = RecordingObserver()
        let active = ActiveRequests()
        let executor = CascadeExecutor(
            prices: PriceBook(["small:draft-1": PriceBook.Price(input: 1, output: 10)]), limits: limits, budget: PrefireBudget(),
            active: active, observer: observer)
        let chat = try ChatRequest.decode(Array(#"{"model":"small:draft-1","messages":[{"role":"user","content":"?"}]}"#.utf8))
        let request = DirectRequest(
            id: "r", decisionID: "d", createdAt: 0, chat: chat, isStreaming: isStreaming, model: Self.model, provider: provider,
            estimatedPromptTokens: 7)
        let encoder: DirectEncoder =
            isStreaming ? .streaming(PlainEncoder()) : .whole { body, record in body + Array(" \(record.legs.count)".utf8) }
        var failure: CascadeFailure?
        do throws(CascadeFailure) {
            _ = try await executor.runDirect(request, encoder: encoder, sink: client) { box.set($0) }
        } catch {
            failure = error
        }
        let record = try #require(observer.records.first)
        let call = try #require(provider.calls.first)
        #expect(observer.records.count == 1)
        #expect(provider.calls.count == 1)
        #expect(record.legs.count == 1)
        #expect(record.legs.first?.leg == .direct)
        #expect(call.counts.hasEnded || call.counts.cancels == 1)
        #expect(call.counts.cancels <= 1)
        #expect(!call.counts.isPaused || call.counts.cancels == 1)
        #expect(active.count == 0)
        return (Outcome(record: record, failure: failure, client: client), call)
    }

    @Test("streamed as it comes, with usage in the ledger", arguments: [1, 262_144])
    func streamed(limit: Int) async throws {
        var limits = CascadeLimits()
        limits.legBufferBytes = limit
        let script = Script.of(Script.role + Script.tokens(["Yes", "."], 0) + Script.counted(7, 2))
        let (outcome, call) = try await run(script, limits: limits)
        #expect(outcome.text == "^Yes.$stop#")
        #expect(outcome.record.decision == .direct)
        #expect(outcome.record.status == .ok)
        #expect(outcome.leg(.direct)?.tokens == TokenCount(input: 7, output: 2, source: .provider))
        #expect(outcome.record.costUSD.map { abs($0 - 27e-6) < 1e-12 } == true)
        #expect(call.counts.cancels == 0)
        #expect(call.call.topLogprobs == nil)
    }

    @Test("whole: the provider's body, with the ledger closed before it is finished")
    func whole() async throws {
        let bytes = Array(Self.body.utf8)
        let (outcome, call) = try await run([.open, .bytes(Array(bytes[..<20])), .bytes(Array(bytes[20...])), .end], isStreaming: false)
        #expect(outcome.client.writes == [Self.body + " 1"])
        #expect(outcome.leg(.direct)?.tokens == TokenCount(input: 7, output: 1, source: .provider))
        #expect(!call.call.isStreaming)
    }

    @Test("what fails before anything was sent is a response of its own", arguments: [true, false])
    func failsAtOnce(isStreaming: Bool) async throws {
        let (outcome, _) = try await run([.fail(.rateLimited, status: 429)], isStreaming: isStreaming)
        #expect(outcome.failure?.principal?.kind == .rateLimited)
        #expect(!outcome.client.hasBegun)
        #expect(outcome.record.decision == .failed)
        #expect(outcome.record.reason == "upstream_rate_limited")
        #expect(outcome.record.answeredBy == nil)
        #expect(outcome.record.costUSD == 0)
    }

    @Test("the client's own mistake is told as one")
    func badRequest() async throws {
        let (outcome, _) = try await run([.fail(.invalidRequest, status: 400)])
        #expect(outcome.record.status == .clientError)
    }

    @Test("a stream that breaks in the middle: what was complete, then the failure")
    func breaks() async throws {
        var limits = CascadeLimits()
        limits.legBufferBytes = 1
        for (last, kind): (Step, ProviderError.Kind) in [
            (.fail(.truncated), .truncated), (.end, .truncated), (.bytes(ScriptedStream.failure("no")), .inStream),
            (.bytes(ScriptedStream.malformed), .malformed),
        ] {
            let script: [Step] = [.open] + (Script.role + Script.tokens(["Yes"], 0)).map { .bytes($0) } + [last]
            let (outcome, _) = try await run(script, limits: limits)
            #expect(outcome.text == "^Yes!")
            #expect(outcome.failure?.principal?.kind == kind)
            #expect(outcome.leg(.direct)?.end == .failed(kind))
            #expect(outcome.leg(.direct)?.tokens == TokenCount(input: 7, output: 1, source: .estimated))
        }
    }

    @Test("a body that is too large is given up, its connection closed")
    func tooLarge() async throws {
        var limits = CascadeLimits()
        limits.heldBytes = 100
        let (outcome, call) = try await run(
            [.open, .bytes(Array(repeating: 0x20, count: 101)), .wait(Signal())], isStreaming: false, limits: limits)
        #expect(outcome.failure == .answerTooLarge(limitBytes: 100))
        #expect(call.counts.cancels == 1)
    }

    @Test("a body that is no answer is a failure", arguments: ["", "not JSON", #"{"error":{"message":"no"}}"#])
    func noAnswer(body: String) async throws {
        let (outcome, _) = try await run([.open, .bytes(Array(body.utf8)), .end], isStreaming: false)
        #expect(outcome.record.decision == .failed)
        #expect(!outcome.client.hasBegun)
    }

    @Test("a client that leaves closes the connection, whenever it leaves", arguments: [true, false])
    func clientGone(isStreaming: Bool) async throws {
        let box = HandleBox()
        let (outcome, call) = try await run(
            [.open, .bytes(ScriptedStream.role), .perform { box.cancel() }, .wait(Signal())], isStreaming: isStreaming, box: box)
        #expect(outcome.failure == .clientGone)
        #expect(call.counts.cancels == 1)
        #expect(outcome.leg(.direct)?.end == .cancelled(.clientGone))
    }

    @Test("a client whose socket refuses the bytes has left")
    func refusingClient() async throws {
        let (outcome, call) = try await run(
            [.open, .bytes(ScriptedStream.role), .wait(Signal())], client: RecordingClient { _ in throw Left() })
        #expect(outcome.failure == .clientGone)
        #expect(call.counts.cancels == 1)
    }
}
