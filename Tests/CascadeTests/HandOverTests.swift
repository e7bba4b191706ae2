import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A drafter that breaks hands over, and the client does not see it", .timeLimit(.minutes(1)))
struct HandOverTests {
    struct Break: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var draft: [Step]
        var kind: ProviderError.Kind
        var reason = HandOverReason.failure
    }

    private static let begun: [Step] = [.open] + (Script.role + Script.sure("It", " is")).map { .bytes($0) }
    private static let breaks: [Break] = [
        Break(testDescription: "503", draft: [.fail(.serverError, status: 503)], kind: .serverError),
        Break(testDescription: "429", draft: [.fail(.rateLimited, status: 429)], kind: .rateLimited, reason: .rateLimit),
        Break(testDescription: "refused", draft: [.fail(.refused)], kind: .refused),
        Break(testDescription: "no first byte", draft: [.open, .fail(.firstByteTimeout)], kind: .firstByteTimeout),
        Break(testDescription: "cut", draft: begun + [.fail(.truncated)], kind: .truncated),
        Break(testDescription: "no [DONE]", draft: begun + [.bytes(ScriptedStream.finish()), .end], kind: .truncated),
        Break(testDescription: "nothing at all", draft: [.open, .end], kind: .truncated),
        Break(testDescription: "not JSON", draft: begun + [.bytes(ScriptedStream.malformed), .wait(Signal())], kind: .malformed),
        Break(testDescription: "error event", draft: begun + [.bytes(ScriptedStream.failure("overloaded")), .end], kind: .inStream),
    ]

    @Test("whatever broke", arguments: breaks, [false, true])
    func everyBreak(_ broken: Break, isPieceByPiece: Bool) async throws {
        for (mode, delivery) in [(ReleaseMode.buffered, ScriptedProvider.Delivery.synchronous), (.holdback, .threaded)] {
            var world = try World(draft: broken.draft, heavyweight: [Script.expert], delivery: delivery)
            world.release = ReleasePolicy(mode: mode, tokens: 16)
            if isPieceByPiece { world = world.pieceByPiece() }
            let outcome = try await world.run()
            #expect(outcome.failure == nil)
            #expect(outcome.text == Script.expertText)
            #expect(world.heavyweight.calls.count == 1)
            #expect(outcome.record.decision == .handover)
            #expect(outcome.record.status == .ok)
            #expect(outcome.record.reason == broken.reason.rawValue)
            #expect(outcome.record.answeredBy == World.heavyweight)
            #expect(outcome.leg(.draft)?.end == .failed(broken.kind))
            #expect(outcome.leg(.draft)?.failure != nil)
            #expect(outcome.leg(.draft)?.isWasted == true)
            #expect(outcome.marks(.handover) == 1)
        }
    }

    @Test("to the heavyweight that was pre-fired already")
    func adopts() async throws {
        let draft: [Step] = [.open] + (Script.role + Script.doubtful("Um")).map { .bytes($0) } + [.fail(.truncated)]
        let world = try World(draft: draft, heavyweight: [Script.expert]).pieceByPiece()
        let outcome = try await world.run()
        #expect(outcome.text == Script.expertText)
        #expect(world.heavyweight.calls.count == 1)
        #expect(outcome.record.prefires.first?.outcome == .used)
    }

    @Test("both failing is one failure that holds both errors; nothing was sent")
    func both() async throws {
        let world = try World(draft: [.fail(.rateLimited, status: 429)], heavyweight: [[.fail(.serverError, status: 500)]])
        let outcome = try await world.run()
        guard case .upstream(let errors) = outcome.failure else {
            Issue.record("expected the upstreams' errors, got \(String(describing: outcome.failure))")
            return
        }
        #expect(errors.map(\.kind) == [.rateLimited, .serverError])
        #expect(errors.map(\.provider) == ["small", "large"])
        #expect(!outcome.client.hasBegun)
        #expect(outcome.record.decision == .failed)
        #expect(outcome.record.status == .upstreamError)
        #expect(outcome.record.reason == "upstream_server_error")
        #expect(outcome.record.answeredBy == nil)
        #expect(outcome.record.legs.map(\.tokens.source) == [.unknown, .unknown])
    }

    @Test("both refusing the request itself is the client's error")
    func badRequest() async throws {
        let outcome = try await World(draft: [.fail(.invalidRequest, status: 400)], heavyweight: [[.fail(.invalidRequest, status: 400)]])
            .run()
        #expect(outcome.record.status == .clientError)
        #expect(outcome.failure?.principal?.kind == .invalidRequest)
    }

    @Test("to nobody, when the client forbids the heavyweight")
    func never() async throws {
        let world = try World(draft: [.fail(.serverError, status: 503)], heavyweight: [Script.expert])
        let outcome = try await world.run { $0.control = .never }
        #expect(outcome.failure?.principal?.kind == .serverError)
        #expect(world.heavyweight.calls.isEmpty)
    }

    @Test("a silent drafter has the heavyweight started, and loses to its first byte", arguments: ScriptedProvider.Delivery.allCases)
    func stall(delivery: ScriptedProvider.Delivery) async throws {
        var world = try World(draft: Self.begun + [.wait(Signal())], heavyweight: [Script.expert], delivery: delivery)
        world.limits.stall = .milliseconds(5)
        let outcome = try await world.run(ticks: true)
        #expect(outcome.text == Script.expertText)
        #expect(world.drafter.calls[0].counts.cancels == 1)
        #expect(world.heavyweight.calls.count == 1)
        #expect(outcome.record.decision == .handover)
        #expect(outcome.record.reason == "stall")
        #expect(outcome.record.prefires.map(\.reason) == [.stall])
        #expect(outcome.record.prefires.first?.outcome == .used)
        #expect(outcome.leg(.draft)?.end == .cancelled(.handedOver))
    }

    @Test("a drafter that speaks again before its standby does stays the answer")
    func stallPasses() async throws {
        let isStandbyRunning = Signal()
        let draft = Self.begun + [.wait(isStandbyRunning)] + (Script.sure(" Paris") + Script.end).map { .bytes($0) } + [.end]
        var world = try World(draft: draft, heavyweight: [[.signal(isStandbyRunning), .wait(Signal())]])
        world.limits.stall = .milliseconds(5)
        let outcome = try await world.run(ticks: true)
        #expect(outcome.text == "^It is Paris$stop#")
        #expect(world.heavyweight.calls.map(\.counts.cancels) == [1])
        #expect(outcome.leg(.heavyweight)?.end == .cancelled(.shipped))
        #expect(outcome.record.prefires.first?.hadFirstByte == false)
    }

    @Test("a silent drafter is not given up for a standby that breaks with its first byte")
    func brokenStandby() async throws {
        let isStandbyBroken = Signal()
        let standby: [Step] = [.open, .bytes(ScriptedStream.role), .fail(.reset)]
        let draft = Self.begun + [.wait(isStandbyBroken)] + (Script.sure(" Paris") + Script.end).map { .bytes($0) } + [.end]
        var world = try World(draft: draft, heavyweight: [standby])
        world.limits.stall = .milliseconds(5)
        async let _: Void = open(isStandbyBroken, whenEnded: world.heavyweight)
        let outcome = try await world.run(ticks: true)
        #expect(outcome.text == "^It is Paris$stop#")
        #expect(outcome.record.prefires.first?.outcome == .failed)
    }

    private func open(_ signal: Signal, whenEnded provider: ScriptedProvider) async {
        while provider.calls.first?.counts.hasEnded != true {
            do { try await Task.sleep(for: .milliseconds(1)) } catch { break }
        }
        signal.open()
    }
}
