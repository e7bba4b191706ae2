import Cascade
import EntropyRouting
import FastJSON
import Foundation
import GatewayTesting
import Testing

@testable import Auditing

@Suite struct SavingsTests {
    @Test func theHoldoutTellsWhatRoutingSaves() throws {
        let world = try World(seed: 9) { $0.holdoutShare = 0.2 }
        var random = SeededGenerator(seed: 4)
        var costs: [Bool: [Double]] = [:]
        for _ in 0..<3_000 {
            let (cheap, dear) = (0.001 * random.unit(), 0.01 + 0.01 * random.unit())
            try world.serve(risk: 0.1) { outcome in
                let cost = outcome.plan.isHoldout ? dear : cheap
                outcome.record.legs = [.test(cost: cost)]
                costs[outcome.plan.isHoldout, default: []].append(cost)
            }
        }
        // Neither a client's own wish nor a request that only wanted a stored answer.
        try world.serve(risk: 0.1, cost: 100, query: world.query(control: .always))
        let savings = try #require(world.oversight.snapshot.routes.first?.savings)
        let (routed, held) = (costs[false] ?? [], costs[true] ?? [])
        #expect(savings.routedRequests == routed.count && savings.heldOutRequests == held.count)
        #expect(savings.holdoutShare == 0.2)
        let means = [routed, held].map { $0.reduce(0, +) / Double($0.count) }
        #expect(abs((savings.routedUSDPerRequest ?? 0) - means[0]) < 1e-9)
        #expect(abs((savings.heldOutUSDPerRequest ?? 0) - means[1]) < 1e-9)
        let saved = try #require(savings.savedUSD)
        #expect(abs(saved - (means[1] - means[0]) * Double(routed.count)) < 1e-6)
        #expect(try #require(savings.savedLowUSD) < saved && saved < (try #require(savings.savedHighUSD)))
        #expect(abs((savings.savedShare ?? 0) - (1 - means[0] / means[1])) < 1e-9)
        #expect(savings.netUSD == saved)
    }

    @Test func auditsAreTakenOff() async throws {
        let world = try World(judge: TruthfulJudge(cost: 1)) { $0.holdoutShare = 0.5 }
        try await world.running {
            for _ in 0..<20 { try world.serve(risk: 0.1) }
            #expect(await eventually { world.oversight.snapshot.queuedAudits == 0 && world.heard.all.audits.count >= 5 })
        }
        let savings = try #require(world.oversight.snapshot.routes.first?.savings)
        #expect(savings.auditUSD >= 5)
        #expect(try #require(savings.netUSD) == (try #require(savings.savedUSD)) - savings.auditUSD)
    }

    @Test func anUnknownPriceLeavesTheSavingUnknown() throws {
        let world = try World { $0.holdoutShare = 0.5 }
        for _ in 0..<50 { try world.serve(risk: 0.1) }
        #expect(world.oversight.snapshot.routes.first?.savings?.savedUSD != nil)
        try world.serve(risk: 0.1, cost: nil)
        let savings = try #require(world.oversight.snapshot.routes.first?.savings)
        #expect(savings.savedUSD == nil && savings.netUSD == nil)
        #expect(savings.unpricedRequests == 1)
        #expect(savings.routedRequests + savings.heldOutRequests == 51)
    }

    @Test func withoutAHoldoutNothingIsClaimed() throws {
        let world = try World()
        for _ in 0..<5 { try world.serve(risk: 0.1) }
        #expect(world.oversight.snapshot.routes.first?.savings == nil)
    }
}

@Suite struct AuditLogTests {
    private func inFolder(_ body: (_ path: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("qualm-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appendingPathComponent("audit.jsonl").path)
    }

    private func lines(_ path: String) throws -> [JSONValue] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    }

    @Test func everyAuditIsALineWithoutAnyText() async throws {
        try await inFolder { path in
            let world = try World(log: AuditLog(path: path))
            try await world.running {
                let body = #"{"model":"auto","messages":[{"role":"user","content":"a secret question"}]}"#
                try world.serve("a", risk: 0.125, draft: "a secret answer that is wrong", body: body)
                #expect(await eventually { world.evidence?.audits == 1 })
                try world.serve("b", risk: 0.9, body: body)
                _ = world.oversight.receive(DecisionFeedback(decisionID: "a", verdict: .good, source: "desk", comment: "fine by me"))
            }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("secret") && !text.contains("truth"))
            let audits = try lines(path).filter { $0["feedback"] == nil }
            #expect(audits.map { $0["id"]?.string } == ["a", "b", "a"])
            #expect(audits.map { $0["decision_id"]?.string } == ["a", "b", "a"])
            #expect(audits.map { $0["risk"]?.double } == [0.125, 0.9, 0.125])
            #expect(audits.map { $0["shipped"]?.bool } == [true, false, true])
            #expect(audits.map { $0["bad"]?.bool } == [true, false, false])
            #expect(audits.map { $0["source"]?.string } == ["judge", "rule", "human"])
            #expect(audits.allSatisfy { $0["level"]?.double == 0.2 && $0["log10_evidence"]?.double != nil && $0["at"]?.double == 1e9 })
            let feedback = try lines(path).filter { $0["feedback"] != nil }
            #expect(feedback.map { $0["comment"]?.string } == ["fine by me"])
        }
    }

    @Test func theFileIsBounded() async throws {
        try await inFolder { path in
            let log = AuditLog(path: path, maxBytes: 2_000)
            for round in 0..<20 {
                for _ in 0..<5 {
                    log.write(
                        AuditLog.Line(
                            at: 0, id: "r\(round)", route: "auto", risk: 0.1, isShipped: true, isBad: false, source: .judge, level: 0.2,
                            log10Evidence: 0))
                }
                #expect(await log.flush() == nil)
            }
            let texts = [path + ".1", path].map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }
            #expect(texts.allSatisfy { $0.utf8.count < 2_000 + 1_000 })
            #expect(texts[0].utf8.count >= 2_000)
            #expect(texts.joined().split(separator: "\n").last?.contains("\"r19\"") == true)
            #expect(log.dropped == 0)
        }
    }

    @Test func linesThatCannotBeWrittenAreDroppedAndCounted() async throws {
        let log = AuditLog(path: "/nonexistent/folder/audit.jsonl")
        for _ in 0..<5_000 {
            log.write(
                AuditLog.Line(
                    at: 0, id: "r", route: "auto", risk: 0.1, isShipped: true, isBad: false, source: .judge, level: 0.2, log10Evidence: 0))
        }
        #expect(await log.flush()?.kind == .unavailable)
        #expect(log.dropped == 5_000)
    }
}
