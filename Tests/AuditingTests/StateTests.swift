import Cascade
import FastJSON
import Foundation
import GatewayTesting
import Testing

@testable import Auditing

@Suite struct StateTests {
    private func inFolder(_ body: (_ path: (String) -> String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("qualm-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body { folder.appendingPathComponent($0).path }
    }

    /// The store before it may be let go of a moment after its last answer.
    private func open(_ path: String) async throws -> FileAuditState {
        let end = ContinuousClock.now + .seconds(5)
        while true {
            do throws(StoreError) {
                return try FileAuditState(path: path)
            } catch {
                guard error.kind == .rejected, ContinuousClock.now < end else { throw error }
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private var soon: ContinuousClock.Instant { .now + .seconds(10) }

    private func failure(_ body: () async throws -> Void) async -> StoreError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    // MARK: Restart and sharing

    @Test func aRestartGoesOnWhereItWas() async throws {
        try await inFolder { path in
            var before: OversightSnapshot?
            for round in 0..<2 {
                let world = try World(store: try await open(path("state.json"))) { $0.holdoutShare = 0.3 }
                try await world.oversight.load()
                if let before {
                    let now = world.oversight.snapshot
                    #expect(now.routes.first?.calibration?.evidence == before.routes.first?.calibration?.evidence)
                    #expect(now.routes.first?.calibration?.level == 0.1)
                    #expect(now.routes.first?.savings == before.routes.first?.savings)
                    #expect(now.routes.first?.feedback == before.routes.first?.feedback)
                    #expect(abs(now.spentTodayUSD - before.spentTodayUSD) < 1e-12)
                    // Told again, so that nobody overlooks it after a restart.
                    #expect(world.heard.all.alarms.map(\.newLevel) == [0.1])
                }
                try await world.running {
                    var count = 0
                    while round == 0, world.state?.level == 0.2, count < 500 {
                        try world.serve("r\(count)", risk: 0.15, draft: "wrong")
                        count += 1
                        _ = await eventually { world.oversight.snapshot.queuedAudits == 0 }
                    }
                    _ = world.oversight.receive(DecisionFeedback(decisionID: "r0", verdict: .good))
                }
                #expect(world.state?.level == 0.1)
                before = world.oversight.snapshot
            }
        }
    }

    @Test func anotherArtefactStartsAnew() async throws {
        try await inFolder { path in
            for hash in ["sha256:1", "sha256:2", "sha256:1"] {
                let world = try World(dataHash: hash, store: try await open(path("state.json")))
                try await world.oversight.load()
                try await world.running {
                    try world.serve(risk: 0.9)
                }
            }
            let store = try await open(path("state.json"))
            let keys = ["1", "2"].map { "calibration sha256:\($0) joint 0.05 0.05 0.2" }
            var audits: [Double?] = []
            for key in keys { audits.append(try await store.load(key, deadline: soon)["level.0.2.audits"]) }
            #expect(audits == [2, 1])
        }
    }

    /// Neither gateway has seen enough for an alarm; together they have.
    @Test func gatewaysOnOneStoreShareTheirEvidence() async throws {
        let store = MemoryAuditState()
        let worlds = try (1...2).map { seed in try World(seed: UInt64(seed), store: store) { $0.refreshEvery = .milliseconds(20) } }
        let alone = try World(seed: 3)
        func fill(_ world: World) async throws {
            for number in 1...2 {
                try world.serve(risk: 0.15, draft: "wrong")
                _ = await eventually { world.heard.all.audits.count == number }
            }
        }
        try await alone.running { try await fill(alone) }
        #expect(alone.evidence?.bad == 2 && alone.state?.isTightened == false)
        try await worlds[0].running {
            try await worlds[1].running {
                try await fill(worlds[0])
                #expect(await eventually { worlds[1].evidence?.bad == 2 })
                #expect(worlds[1].state?.isTightened == false)
                try await fill(worlds[1])
                for world in worlds {
                    #expect(await eventually { world.state?.level == 0.1 })
                    #expect(await eventually { world.evidence?.audits == 4 || world.evidence?.audits == 3 })
                    #expect(world.heard.all.alarms.map(\.newLevel) == [0.1])
                }
                #expect(worlds[0].evidence == worlds[1].evidence)
            }
        }
        #expect(store.states.values.contains { ($0["level.0.2.alarms"] ?? 0) >= 1 })
    }

    @Test func aStoreThatIsAwayLosesNothingAndCountsNothingTwice() async throws {
        let store = MemoryAuditState()
        let world = try World(store: store)
        try await world.running {
            for _ in 0..<5 { try world.serve(risk: 0.9) }
            #expect(await eventually { store.states.values.contains { $0["level.0.2.audits"] == 5 } })
            for mood in [MemoryAuditState.Mood.forgetful, .away] {
                store.become(mood)
                let failures = world.heard.all.failures.count
                for _ in 0..<5 { try world.serve(risk: 0.9) }
                #expect(await eventually { world.heard.all.failures.count > failures + 1 })
                #expect(world.oversight.snapshot.storeFailure?.contains("away") == true)
                store.become(.well)
                #expect(await eventually { world.oversight.snapshot.storeFailure == nil })
                #expect(world.heard.all.recoveries >= 1)
            }
            #expect(await eventually { store.states.values.contains { $0["level.0.2.audits"] == 15 } })
            #expect(world.evidence?.audits == 15)
            #expect(world.evidence?.requests == 15)
        }
    }

    @Test func aStoreThatIsAwayAtTheStartIsReadLater() async throws {
        let store = MemoryAuditState()
        let first = try World(store: store)
        try await first.running { for _ in 0..<4 { try first.serve(risk: 0.9) } }
        store.become(.away)
        let second = try World(seed: 2, store: store)
        #expect(await failure { try await second.oversight.load() }?.kind == .unavailable)
        try await second.running {
            try second.serve(risk: 0.9)
            store.become(.well)
            #expect(await eventually { second.evidence?.audits == 5 })
        }
    }

    @Test func nothingIsWrittenWhereNothingHappened() async throws {
        let store = MemoryAuditState()
        let world = try World(store: store)
        try await world.oversight.load()
        try await world.running { try await Task.sleep(for: .milliseconds(60)) }
        #expect(store.additions == 0)
    }

    // MARK: The file

    @Test func theFileHoldsSumsAndIsReadBack() async throws {
        try await inFolder { path in
            var store: FileAuditState? = try FileAuditState(path: path("s.json"))
            #expect(try await store?.load("k", deadline: soon) == [:])
            #expect(try await store?.add(["a": 2, "b": 0.1], to: "k", batch: "1", removing: [], deadline: soon) == ["a": 2, "b": 0.1])
            // The same batch again, then another.
            #expect(try await store?.add(["a": 2, "b": 0.1], to: "k", batch: "1", removing: [], deadline: soon) == ["a": 2, "b": 0.1])
            let sums = try await store?.add(["a": -1, "c\"\n": 1], to: "k", batch: "2", removing: ["b"], deadline: soon)
            #expect(sums == ["a": 1, "c\"\n": 1])
            store = nil
            let again = try await open(path("s.json"))
            #expect(try await again.load("k", deadline: soon) == ["a": 1, "c\"\n": 1])
            #expect(try await again.load("other", deadline: soon) == [:])
            #expect(try FileManager.default.contentsOfDirectory(atPath: path("")).sorted() == ["s.json", "s.json.lock"])
            let attributes = try FileManager.default.attributesOfItem(atPath: path("s.json"))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(arguments: [
        ("", "is not JSON"), ("{\"format\":\"qualm.audit-state.v1\",\"states\":{\"k\":{\"a\":", "is not JSON"),
        ("{}", "is not of the format"),
        (#"{"format":"qualm.audit-state.v2","states":{}}"#, "is not of the format"),
        (#"{"format":"qualm.audit-state.v1"}"#, "has no object 'states'"),
        (#"{"format":"qualm.audit-state.v1","states":{"k":[]}}"#, "holds no object under 'k'"),
        (#"{"format":"qualm.audit-state.v1","states":{"k":{"a":"1"}}}"#, "holds no number under 'k', 'a'"),
    ]) func aFileThatIsNoStateIsRefusedAndKept(text: String, problem: String) async throws {
        try await inFolder { path in
            try text.write(toFile: path("s.json"), atomically: true, encoding: .utf8)
            let store = try FileAuditState(path: path("s.json"))
            let world = try World(store: store)
            let refused = await failure { try await world.oversight.load() }
            #expect(refused?.kind == .malformed)
            #expect(refused?.detail.contains(problem) == true)
            #expect(
                await failure { _ = try await store.add(["a": 1], to: "k", batch: "1", removing: [], deadline: soon) }?.kind == .malformed)
            #expect(try String(contentsOfFile: path("s.json"), encoding: .utf8) == text)
        }
    }

    @Test func aFileHasOneProcessAtATime() async throws {
        try await inFolder { path in
            var first: FileAuditState? = try FileAuditState(path: path("s.json"))
            #expect(await failure { _ = try FileAuditState(path: path("s.json")) }?.kind == .rejected)
            #expect(first?.path == path("s.json"))
            first = nil
            _ = try await open(path("s.json"))
            #expect(await failure { _ = try FileAuditState(path: path("no/such/folder/s.json")) }?.kind == .unavailable)
        }
    }

    /// A slip of the owner or the folder must not make a gateway forget an alarm.
    @Test func aStateThatIsThereAndOutOfReachIsRefused() async throws {
        try await inFolder { path in
            // In place of the lock there is something that cannot be opened.
            try FileManager.default.createDirectory(atPath: path("s.json.lock"), withIntermediateDirectories: true)
            #expect(await failure { _ = try FileAuditState(path: path("s.json")) }?.kind == .unavailable)
            try "{}".write(toFile: path("s.json"), atomically: true, encoding: .utf8)
            let locked = await failure { _ = try FileAuditState(path: path("s.json")) }
            #expect(locked?.kind == .rejected && locked?.detail.contains("cannot be locked") == true)

            try FileManager.default.createDirectory(atPath: path("folder.json"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: path("link.json"), withDestinationPath: path("elsewhere/s.json"))
            for name in ["folder.json", "link.json"] {
                let world = try World(store: try FileAuditState(path: path(name)))
                let refused = await failure { try await world.oversight.load() }
                #expect(refused?.kind == .rejected && refused?.detail.contains("cannot be read") == true)
                #expect(world.oversight.snapshot.concerns.contains { $0.contains("the audit state is not kept") })
            }
        }
    }

    @Test func aStoreThatCouldNotBeMadeIsAConcernForAsLongAsTheProcessRuns() throws {
        let world = try World(storeFailure: StoreError(.embedded, .unavailable, "no folder"))
        #expect(world.oversight.snapshot.concerns.contains { $0.contains("the audit state is not kept") && $0.contains("no folder") })
        #expect(try World().oversight.snapshot.concerns.isEmpty)
    }

    @Test(arguments: [
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.2.audits": -1], "'level.0.2.audits' is -1"),
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.2.audits": 5, "level.0.2.bad": 6], "'level.0.2.bad' is 6"),
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.1.requests": 0.5], "'level.0.1.requests' is 0.5"),
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.1.alarms": 1e300], "'level.0.1.alarms' is 1e+300"),
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.1.audits": .infinity], "'level.0.1.audits' is inf"),
        ("calibration sha256:1 joint 0.05 0.05 0.2", ["level.0.1.audits": .nan], "'level.0.1.audits' is nan"),
        ("spending", ["usd.day.11574": -100], "'usd.day.11574' is -100"),
        ("savings auto p:small p:large 0.1", ["routed.requests": 1e300], "'routed.requests' is 1e+300"),
    ]) func sumsThatNoGatewayCountedAreRefusedAndKept(key: String, fields: [String: Double], problem: String) async throws {
        let store = MemoryAuditState()
        _ = try await store.add(fields, to: key, batch: "edited", removing: [], deadline: soon)
        let world = try World(store: store) { $0.holdoutShare = 0.1 }
        let refused = await failure { try await world.oversight.load() }
        #expect(refused?.kind == .malformed)
        #expect(refused?.detail.contains(problem) == true && refused?.detail.contains("'\(key)'") == true, "\(refused?.detail ?? "")")
        #expect(store.additions == 1)
    }

    @Test func aFileThatCannotBeWrittenIsSaidSoAndTriedAgain() async throws {
        try await inFolder { path in
            try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: true)
            let store = try FileAuditState(path: path("folder/s.json"))
            try FileManager.default.removeItem(atPath: path("folder"))
            let world = try World(store: store)
            try await world.running {
                try world.serve(risk: 0.9)
                #expect(await eventually { world.heard.all.failures.contains { $0.kind == .unavailable } })
                try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: true)
                #expect(await eventually { world.oversight.snapshot.storeFailure == nil && world.heard.all.recoveries > 0 })
            }
            let text = try String(contentsOfFile: path("folder/s.json"), encoding: .utf8)
            #expect(text.contains("\"level.0.2.audits\":1"))
        }
    }

    @Test func daysThatAreOverAreNotKept() async throws {
        let store = MemoryAuditState()
        let world = try World(store: store)
        try await world.running {
            for day in 0..<6 {
                world.clock.now = 1_000_000_000 + Double(day) * 86_400
                try world.serve(risk: 0.1)
                #expect(await eventually { world.heard.all.audits.count == day + 1 })
                #expect(await eventually { store.states["spending"]?["usd.day.\(11_574 + day)"] != nil })
            }
        }
        #expect((store.states["spending"]?.count ?? 0) <= 4)
    }
}
