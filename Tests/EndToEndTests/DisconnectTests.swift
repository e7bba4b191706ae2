import FastJSON
import Simulator
import Testing

/// Rule 1: whoever leaves takes every upstream call along.
@Suite struct DisconnectTests {
    /// Where a request is when its client leaves.
    struct Moment: Sendable, CustomStringConvertible {
        var description: String
        /// `auto` or a concrete model.
        var isDirect = false
        var drafter = ""
        var heavyweight = "expert"
        var mode = "buffered"
        /// Upstream calls that are open then.
        var open: [String]
        /// The client waits for answer bytes before it leaves.
        var waitsForText = false
    }

    static let moments = [
        Moment(description: "before the drafter's head", drafter: "stallhead", open: ["d"]),
        Moment(description: "before the drafter's first byte", drafter: "stallfirst", open: ["d"]),
        Moment(description: "while the draft is held back", drafter: "confident-n2000-d5000", open: ["d"]),
        Moment(
            description: "after the escalation, before the heavyweight's first byte", drafter: "unsure-n4-n2000-d5000",
            heavyweight: "stallfirst", open: ["h"]),
        Moment(
            description: "while the pre-fire runs beside the held draft", drafter: "recovering-w3000-n3000-d5000",
            heavyweight: "stallfirst",
            open: ["d", "h"]),
        Moment(
            description: "while the pre-fire streams quietly", drafter: "recovering-w3000-n3000-d5000", heavyweight: "n3000-d5000",
            open: ["d", "h"]),
        Moment(
            description: "after a part was released", drafter: "confident-n2000-d5000", mode: "holdback; n=2", open: ["d"],
            waitsForText: true),
        Moment(
            description: "while the heavyweight answers", drafter: "err503", heavyweight: "n2000-d5000", open: ["h"], waitsForText: true),
        Moment(description: "before a concrete model's first byte", isDirect: true, heavyweight: "stallfirst", open: ["h"]),
        Moment(
            description: "while a concrete model answers", isDirect: true, heavyweight: "n2000-d5000", open: ["h"], waitsForText: true),
    ]

    @Test("Rule 1: a client that leaves closes every upstream leg, at every moment, streamed or not, politely or not", arguments: moments)
    func leaving(moment: Moment) async throws {
        var config = GatewayConfig()
        config.prefire = ["stall_ms: 0"]
        let variants = [(true, false), (true, true), (false, false), (false, true)]
        config.routes = variants.indices.map {
            .init(name: "v\($0)", drafter: "v\($0)d-\(moment.drafter)", heavyweight: "v\($0)h-\(moment.heavyweight)")
        }
        try await withGateway(config) { gateway in
            for (index, (isStreaming, isRude)) in variants.enumerated() {
                let comment: Comment = "streaming: \(isStreaming), reset: \(isRude)"
                let models = moment.open.map { "v\(index)\($0)-\($0 == "d" ? moment.drafter : moment.heavyweight)" }
                let name = moment.isDirect ? "sim:\(models[0])" : "v\(index)"
                let connection = try await gateway.open(ChatCall(name, streaming: isStreaming).released(moment.mode))
                // Those and no others: a draft that loses has been closed by then.
                let areOpen = await gateway.simulator.waitUntil { report in
                    report.open == models.count
                        && models.allSatisfy { model in report.records.contains { $0.model == model && $0.outcome == .open } }
                }
                #expect(areOpen, comment)
                if moment.waitsForText, isStreaming { try await connection.read { !$0.body.isEmpty } }
                if isRude { connection.reset() } else { connection.close() }
                let areAborted = await gateway.simulator.waitUntil { report in
                    report.open == 0
                        && models.allSatisfy { model in report.records.contains { $0.model == model && $0.outcome == .aborted } }
                }
                #expect(areAborted, comment)
                let decision = try await gateway.lastDecision(requestedModel: name)
                // What had been decided before the client left stays said.
                let reasons =
                    ["escalate": ["entropy", "requested"], "handover": ["failure"]][decision["decision"]?.string ?? ""] ?? ["client_gone"]
                #expect(decision["status"]?.string == "client_closed", comment)
                #expect(reasons.contains(decision["reason"]?.string ?? ""), comment)
                let legs = decision["legs"]?.array ?? []
                #expect(legs.count { $0["end_detail"]?.string == "client_gone" } == models.count, comment)
                #expect(legs.allSatisfy { $0["wasted"] == true && $0["tokens_source"]?.string != nil }, comment)
            }
            #expect(try await eventually { try await gateway.metric("qualm_inflight_requests") == 0 })
        }
    }
}
