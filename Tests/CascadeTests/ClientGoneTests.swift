import Cascade
import EntropyRouting
import GatewayTesting
import Synchronization
import Testing

@Suite("A client that leaves ends everything", .timeLimit(.minutes(1)))
struct ClientGoneTests {
    struct Left: Error {}

    private static let openEnd: [Step] = [.wait(Signal())]
    private static let begun: [Step] = [.open] + (Script.role + Script.sure("It", " is")).map { .bytes($0) }

    private func expectGone(_ outcome: Outcome, _ world: World) {
        #expect(outcome.failure == .clientGone)
        #expect(outcome.record.status == .clientClosed)
        #expect(outcome.record.reason == "client_gone")
        for call in world.drafter.calls + world.heavyweight.calls { #expect(call.counts.cancels == 1) }
        for leg in outcome.record.legs { #expect(leg.end == .cancelled(.clientGone)) }
        #expect(world.observer.cancelled.count == outcome.record.legs.count)
    }

    @Test("before the first byte", arguments: ScriptedProvider.Delivery.allCases)
    func beforeFirstByte(delivery: ScriptedProvider.Delivery) async throws {
        let box = HandleBox()
        var world = try World(draft: [.open, .perform { box.cancel() }] + Self.openEnd, delivery: delivery)
        world.handle = box
        let outcome = try await world.run()
        #expect(world.drafter.calls.count == 1)
        if delivery == .synchronous { expectGone(outcome, world) }
        #expect(outcome.failure == .clientGone)
        #expect(!outcome.client.hasBegun)
    }

    @Test("while the draft is held back and the heavyweight runs beside it")
    func heldBack() async throws {
        let box = HandleBox()
        let draft: [Step] = [.open] + (Script.role + Script.doubtful("Um")).map { .bytes($0) } + Self.openEnd
        let heavyweight: [Step] = [.open, .bytes(ScriptedStream.token("x", alternatives: 0)), .perform { box.cancel() }] + Self.openEnd
        var world = try World(draft: draft, heavyweight: [heavyweight])
        world.handle = box
        let outcome = try await world.run()
        #expect(outcome.record.legs.count == 2)
        expectGone(outcome, world)
        #expect(outcome.record.prefires.first?.outcome == .abandoned)
        #expect(outcome.leg(.heavyweight)?.tokens.output == 1)
        #expect(!outcome.client.hasBegun)
    }

    @Test("after the escalation")
    func escalated() async throws {
        let box = HandleBox()
        let draft: [Step] = [.open] + (Script.role + Script.hopeless("Um")).map { .bytes($0) } + Self.openEnd
        var world = try World(draft: draft, heavyweight: [[.open, .bytes(ScriptedStream.role), .perform { box.cancel() }] + Self.openEnd])
        world.handle = box
        let outcome = try await world.run()
        #expect(outcome.failure == .clientGone)
        #expect(world.heavyweight.calls[0].counts.cancels == 1)
        #expect(outcome.leg(.heavyweight)?.end == .cancelled(.clientGone))
        #expect(outcome.leg(.draft)?.end == .cancelled(.escalated))
    }

    @Test("after the release: its socket refuses the bytes", arguments: [1, 2])
    func afterRelease(failingWrite: Int) async throws {
        var world = try World(draft: Self.begun + Self.openEnd).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run(client: RecordingClient { if $0 == failingWrite { throw Left() } })
        expectGone(outcome, world)
        #expect(outcome.client.writes.count == failingWrite - 1)
    }

    @Test("after everything had been paid for: the ledger says completed, the status says who left")
    func atTheEnd() async throws {
        let world = try World(draft: Script.of(Script.role + Script.sure("Yes") + Script.counted(7, 1)))
        let outcome = try await world.run(client: RecordingClient { _ in throw Left() })
        #expect(outcome.failure == .clientGone)
        #expect(outcome.record.status == .clientClosed)
        #expect(outcome.leg(.draft)?.end == .completed)
        #expect(world.drafter.calls[0].counts.cancels == 0)
    }

    @Test("while it does not read: its task is cancelled in the middle of a write", arguments: ScriptedProvider.Delivery.allCases)
    func blocked(delivery: ScriptedProvider.Delivery) async throws {
        let isBlocked = Signal()
        var world = try World(draft: Self.begun + Self.openEnd, delivery: delivery).pieceByPiece()
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let ready = world
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let client = RecordingClient { _ in
                    isBlocked.open()
                    try await Signal().wait()
                }
                let outcome = try await ready.run(client: client)
                #expect(outcome.failure == .clientGone)
                #expect(outcome.record.legs.map(\.end) == [.cancelled(.clientGone)])
            }
            try await isBlocked.wait()
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(world.drafter.calls[0].counts.cancels == 1)
    }

    @Test("before it was even begun: the task comes cancelled")
    func cancelledTask() async throws {
        let world = try World(draft: Self.begun + Self.openEnd)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                do {
                    let outcome = try await world.run()
                    #expect(outcome.failure == .clientGone)
                } catch {
                    Issue.record(error)
                }
            }
        }
        #expect(world.drafter.calls.map(\.counts.cancels) == [1])
    }

    @Test("a drain that took too long closes everything, too, and is told to a client that has begun to receive", arguments: [false, true])
    func drain(hasBegun: Bool) async throws {
        let active = ActiveRequests()
        let begin: [Step] = hasBegun ? Self.begun : [.open]
        var world = try World(draft: begin + [.perform { active.cancelAll() }] + Self.openEnd).pieceByPiece()
        world.active = active
        world.release = ReleasePolicy(mode: .commit, tokens: 1)
        let outcome = try await world.run()
        #expect(outcome.failure == .shuttingDown)
        #expect(outcome.record.status == .rejected)
        #expect(outcome.record.decision == .failed)
        #expect(outcome.record.reason == "shutdown")
        #expect(outcome.record.legs.map(\.end) == [.cancelled(.failed)])
        #expect(world.drafter.calls.map(\.counts.cancels) == [1])
        #expect(outcome.client.hasBegun == hasBegun)
        if hasBegun { #expect(outcome.text.hasSuffix("!")) }
    }

    @Test("at any moment whatever: every call closed once, every leg in the ledger once")
    func anyMoment() async throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<150 {
            let box = HandleBox()
            let leave: [Step] = [.perform { box.cancel() }]
            var draft: [Step] = [.open]
            for index in 0..<12 {
                let alternatives = [0, 1, 1, 1, 1, 2, 2, 4].randomElement(using: &generator)!
                draft.append(.bytes(ScriptedStream.token("t\(index). ", alternatives: alternatives)))
            }
            draft += Script.end.map { .bytes($0) } + [.end]
            var heavyweight = Script.expert
            if Bool.random(using: &generator) {
                draft.insert(contentsOf: leave, at: Int.random(in: 0..<draft.count, using: &generator))
            } else {
                heavyweight.insert(contentsOf: leave, at: Int.random(in: 0..<heavyweight.count, using: &generator))
            }
            var world = try World(draft: draft, heavyweight: [heavyweight], delivery: .threaded)
            world.handle = box
            world.prefire.refractoryTokens = 0
            world.release = ReleasePolicy(mode: ReleaseMode.allCases.randomElement(using: &generator)!, tokens: 2)
            if Bool.random(using: &generator) { world = world.pieceByPiece() }
            // What `run` checks is the point.
            let outcome = try await world.run()
            #expect(outcome.failure == nil || outcome.failure == .clientGone)
            #expect(outcome.failure != nil || outcome.text.hasSuffix("#"))
        }
    }
}
