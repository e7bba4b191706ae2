import FastJSON
import Foundation
import Simulator
import Testing

/// The exact level: the same request again.
@Suite struct CacheExactTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var drafter: String
        var heavyweight = "expert-n12"
        /// Who answers.
        var isDraft = true
        var extra: [(String, JSONValue)] = []
        var finish = "stop"
    }

    /// Tools by whose names one can see that they change nothing.
    static let readOnlyTools: JSONValue = [
        [
            "type": "function",
            "function": ["name": "get_weather", "parameters": ["type": "object", "properties": ["city": ["type": "string"]]]],
        ],
        [
            "type": "function",
            "function": ["name": "list_cities", "parameters": ["type": "object", "properties": ["land": ["type": "string"]]]],
        ],
    ]

    static let cases = [
        Case(description: "a sure draft", drafter: "n12"),
        Case(description: "the heavyweight's answer", drafter: "unsure-n12", isDraft: false),
        Case(description: "a long answer", drafter: "n900"),
        Case(description: "text that is cut inside characters", drafter: "unicode"),
        Case(description: "JSON that obeys its schema", drafter: "json", heavyweight: "json", extra: [("response_format", Formats.city)]),
        Case(
            description: "a call of a tool that only reads", drafter: "tool", heavyweight: "tool", isDraft: false,
            extra: [("tools", readOnlyTools)], finish: "tool_calls"),
        Case(
            description: "two such calls", drafter: "paralleltools", heavyweight: "paralleltools", isDraft: false,
            extra: [("tools", readOnlyTools)], finish: "tool_calls"),
        Case(description: "an upstream that does not count", drafter: "nousage-n12", heavyweight: "nousage-n12"),
    ]

    @Test("The same request again is answered without any upstream call, streamed or not, by the very answer of the first time")
    func replay() async throws {
        let cases = Self.cases
        // Asked first without a stream, then with one: an answer of its own each.
        let routes = cases.indices.flatMap { index in
            ["w", "s"].map { ("\($0)\(index)", "\($0)\(index)d-\(cases[index].drafter)", "\($0)\(index)h-\(cases[index].heavyweight)") }
        }
        try await withGateway(.caching(routes: routes)) { gateway in
            var stored = 0
            for (index, test) in cases.enumerated() {
                for (name, isStreaming) in [("w\(index)", false), ("s\(index)", true)] {
                    stored += 1
                    try await check(test, route: name, streamedFirst: isStreaming, stored: stored, gateway)
                }
            }
            // Two answers a case, each looked up four times and found three times.
            let count = Double(2 * cases.count)
            #expect(try await gateway.metric("qualm_cache_lookups_total", "level=\"exact\"", "result=\"hit\"") == 3 * count)
            #expect(try await gateway.metric("qualm_cache_lookups_total", "level=\"exact\"", "result=\"miss\"") == count)
            #expect(try await gateway.metric("qualm_requests_total", "route=\"cache\"", "status=\"ok\"") == 3 * count)
            #expect(try await gateway.metric("qualm_decisions_total", "decision=\"cache_hit\"") == 3 * count)
            #expect(try await gateway.metric("qualm_cache_lookup_duration_seconds_count") == 4 * count)
        }
    }

    private func check(_ test: Case, route: String, streamedFirst: Bool, stored: Int, _ gateway: GatewayUnderTest) async throws {
        let comment: Comment = "\(test.description), first asked \(streamedFirst ? "with" : "without") a stream"
        let first = try await gateway.chat(ChatCall(route, streaming: streamedFirst, usage: true, extra: test.extra))
        #expect(first.status == 200 && !first.isFromCache && first.header("x-qualm-cache-id") == nil, comment)
        let original = try ReceivedAnswer(first)
        #expect(original.finishReason == test.finish, comment)
        try await gateway.waitUntilStored(stored, vectors: stored)
        let before = gateway.simulator.report().requests

        let whole = try await gateway.chat(ChatCall(route, extra: test.extra))
        let stream = try await gateway.chat(ChatCall(route, streaming: true, extra: test.extra))
        let counted = try await gateway.chat(ChatCall(route, streaming: true, usage: true, extra: test.extra))
        #expect(gateway.simulator.report().requests == before, comment)

        for hit in [whole, stream, counted] {
            #expect(hit.status == 200, comment)
            #expect(try ReceivedAnswer(hit) == original, comment)
            try await checkWhatIsSaid(hit, test, route: route, gateway, comment)
        }
        #expect(Set([whole, stream, counted].map { $0.header("x-qualm-cache-id") }).count == 1, comment)
        try stream.transcript().expectExactFraming(usage: false, comment)
        try counted.transcript().expectExactFraming(usage: true, comment)
        let firstUsage = streamedFirst ? try first.transcript().usageChunk?["usage"] : try first.json()["usage"]
        for usage in [try whole.json()["usage"], try counted.transcript().usageChunk?["usage"]] {
            #expect(usage?["cached"] == true, comment)
            #expect(firstUsage?["cached"] == nil, comment)
            for count in ["prompt_tokens", "completion_tokens", "total_tokens"] {
                let known = usage?[count]?.int
                // An answer that came whole from an upstream that does not count had none; its replay has what was estimated.
                #expect(known == firstUsage?[count]?.int ?? known && known != nil, "\(count) of \(comment)")
                #expect(firstUsage != nil || usage?["estimated"] == true, comment)
            }
        }
    }

    /// Headers, metadata and decision of a hit.
    private func checkWhatIsSaid(_ hit: Answer, _ test: Case, route: String, _ gateway: GatewayUnderTest, _ comment: Comment) async throws {
        let id = try #require(hit.header("x-qualm-cache-id"), comment)
        #expect(UUID(uuidString: id) != nil && id == id.lowercased(), comment)
        #expect(hit.header("x-qualm-route") == "cache", comment)
        let answerer = test.isDraft ? "sim:\(route)d-\(test.drafter)" : "sim:\(route)h-\(test.heavyweight)"
        #expect(hit.header("x-qualm-model") == answerer, comment)
        #expect((0...60).contains(hit.header("age").flatMap { Int($0) } ?? -1), comment)

        let metadata = try #require(try hit.metadata(), comment)
        #expect(metadata["route"]?.string == "cache" && metadata["decision"]?.string == "cache_hit", comment)
        #expect(metadata["reason"]?.string == "cache_exact", comment)
        #expect(metadata["cost_usd"]?.double == 0 && metadata["wasted_cost_usd"]?.double == 0, comment)
        #expect(metadata["cache", "id"]?.string == id && metadata["cache", "level"]?.string == "exact", comment)
        #expect(metadata["cache", "age_seconds"]?.int != nil, comment)

        let decision = try await gateway.decision(of: hit)
        #expect(decision["status"]?.string == "ok" && decision["reason"]?.string == "cache_exact", comment)
        #expect(decision["cache", "served"] == true && decision["cache", "hit", "id"]?.string == id, comment)
        #expect(decision["cache", "exact"]?.string == "hit" && decision["cache", "vector"] == .some(.null), comment)
        #expect(decision["legs"]?.array?.isEmpty == true, comment)
    }
}
