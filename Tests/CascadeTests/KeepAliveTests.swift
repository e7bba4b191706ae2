import Cascade
import EntropyRouting
import GatewayTesting
import Testing

@Suite("A client that has to wait hears that it is not forgotten", .timeLimit(.minutes(1)))
struct KeepAliveTests {
    @Test("comments while the draft is held back; the answer follows whole")
    func heldBack() async throws {
        let hasHeard = Signal()
        let draft: [Step] =
            [.open] + (Script.role + Script.sure("It")).map { .bytes($0) } + [.wait(hasHeard)]
            + (Script.sure(" is") + Script.end).map { .bytes($0) } + [.end]
        var world = try World(draft: draft)
        world.limits.keepAlive = .milliseconds(2)
        let outcome = try await world.run(client: RecordingClient { if $0 == 3 { hasHeard.open() } }, ticks: true)
        #expect(outcome.text.hasPrefix("~~"))
        #expect(outcome.text.filter { $0 != "~" } == "^It is$stop#")
        #expect(outcome.client.head?.route == .pending)
        #expect(outcome.record.firstTokenMs != nil)
    }

    @Test("a failure after a comment is told inside the stream")
    func failure() async throws {
        let hasHeard = Signal()
        var world = try World(draft: [.wait(hasHeard), .fail(.serverError, status: 500)], heavyweight: [[.fail(.reset)]])
        world.limits.keepAlive = .milliseconds(2)
        let outcome = try await world.run(client: RecordingClient { _ in hasHeard.open() }, ticks: true)
        #expect(outcome.text.filter { $0 != "~" } == "!")
        #expect(outcome.record.answeredBy == nil)
    }

    @Test("a format without comments stays silent")
    func collected() async throws {
        let isOver = Signal()
        var world = try World(draft: [.open, .wait(isOver)] + Script.of(Script.sure("It") + Script.end))
        world.limits.keepAlive = .zero
        async let _: Void = openLater(isOver)
        let outcome = try await world.run(encoder: PlainEncoder(isCollecting: true), ticks: true) { $0.isStreaming = false }
        #expect(outcome.text == "It$stop#")
    }

    private func openLater(_ signal: Signal) async {
        try? await Task.sleep(for: .milliseconds(20))
        signal.open()
    }
}
