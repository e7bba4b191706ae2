import FastJSON
import Foundation
import Simulator
import Testing

extension GatewayConfig {
    /// Route names and the model names that script their upstreams.
    typealias Pair = (name: String, drafter: String, heavyweight: String)

    /// A gateway with the cache on, and no share of its hits kept back for comparisons.
    ///
    /// - Parameters:
    ///   - cache: more lines of `cache`, or others in place of those here.
    ///   - embedder: the simulator's model that embeds; `nil`: only the exact level.
    ///   - sections: written as they are, behind the rest.
    static func caching(
        _ cache: [String] = [], embedder: String? = "embed", mode: String = "on", routes: [Pair] = [], sections: String = ""
    ) -> GatewayConfig {
        var config = GatewayConfig()
        config.routes = routes.map { Route(name: $0.name, drafter: $0.drafter, heavyweight: $0.heavyweight) }
        // Slower than a busy machine needs: no miss here is one for lack of time unless the test says so.
        let defaults = ["mode: \(mode)", "deadline_ms: 20000", "single_flight_ms: 20000", "shadow_share: 0"]
        let lines = defaults.filter { line in !cache.contains { $0.hasPrefix(line.prefix { $0 != ":" }) } } + cache
        config.more = "cache:\n" + lines.map { "  \($0)\n" }.joined()
        config.more += "embeddings:\n  model: \(embedder.map { "sim:\($0)" } ?? "\"\"")\n" + sections
        return config
    }

    /// The same with prices, and one for the embedder: the usual ones have no place for it.
    func pricingEmbedder(_ embedder: String) -> GatewayConfig {
        var config = self
        config.isPriced = false
        config.more += "prices:\n  \"sim:\(embedder)\": {input: 0.02, output: 0}\n"
        for model in Set([drafter] + routes.map(\.drafter)) { config.more += "  \"sim:\(model)\": {input: 0.1, output: 0.4}\n" }
        for model in Set([heavyweight] + routes.map(\.heavyweight)) { config.more += "  \"sim:\(model)\": {input: 2, output: 8}\n" }
        return config
    }
}

extension GatewayUnderTest {
    func cacheStatistics() async throws -> JSONValue { try await get("/v1/cache/stats").json() }

    /// Answers are stored after they are given: waits until so many are, and can be found by their vectors as well.
    func waitUntilStored(_ entries: Int, vectors: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var statistics = JSONValue.null
        let isStored = try await eventually {
            statistics = try await cacheStatistics()
            return statistics["admissions", "stored"]?.int ?? 0 >= entries && vectors.map { statistics["vectors"]?.int == $0 } ?? true
        }
        #expect(
            isStored, "stored: \(statistics["admissions", "stored"]?.int ?? -1), vectors: \(statistics["vectors"]?.int ?? -1)",
            sourceLocation: sourceLocation)
    }

    /// Requests for chat completions that reached the upstream.
    var chatCalls: Int { simulator.report().records.count { $0.path == "/v1/chat/completions" } }
    /// Requests for embeddings that reached the upstream.
    var embeddingCalls: Int { simulator.report().records.count { $0.path == "/v1/embeddings" } }

    func post(_ body: String, headers: [(String, String)] = []) async throws -> Answer {
        try await request("POST", "/v1/chat/completions", headers: headers, body: Array(body.utf8))
    }

    /// Asks for all of them at the same time; the answers are in the order of the calls.
    func chats(_ calls: [ChatCall]) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { tasks in
            for (index, call) in calls.enumerated() { tasks.addTask { (index, try await chat(call)) } }
            var answers: [Int: Answer] = [:]
            for try await (index, answer) in tasks { answers[index] = answer }
            return calls.indices.compactMap { answers[$0] }
        }
    }
}

/// What a client makes of an answer, streamed or not: equal for an answer and its replay.
struct ReceivedAnswer: Equatable {
    var id: String?
    var model: String?
    var created: Int?
    var role: String?
    var content: String?
    var finishReason: String?
    var toolCalls: [[String]]

    init(_ answer: Answer) throws {
        let isStream = answer.header("content-type")?.hasPrefix("text/event-stream") == true
        self = isStream ? Self(try answer.transcript()) : Self(try answer.json())
    }

    private init(_ transcript: StreamTranscript) {
        id = transcript.chunks.first?["id"]?.string
        model = transcript.model
        created = transcript.chunks.first?["created"]?.int
        role = transcript.deltas.lazy.compactMap { $0["role"]?.string }.first
        content = transcript.deltas.contains { $0["content"]?.string != nil } ? transcript.content : nil
        finishReason = transcript.choiceChunks.last?["choices"]?.array?.first?["finish_reason"]?.string
        toolCalls = transcript.toolCalls
    }

    private init(_ json: JSONValue) {
        let choice = json["choices"]?.array?.first
        id = json["id"]?.string
        model = json["model"]?.string
        created = json["created"]?.int
        role = choice?["message", "role"]?.string
        content = choice?["message", "content"]?.string
        finishReason = choice?["finish_reason"]?.string
        toolCalls = (choice?["message", "tool_calls"]?.array ?? []).map { call in
            [call["id"]?.string ?? "", call["function", "name"]?.string ?? "", call["function", "arguments"]?.string ?? ""]
        }
        // Streams with calls often begin with an empty text, which is none.
        if content == "" && !toolCalls.isEmpty { content = nil }
    }
}

extension Answer {
    /// The `qualm` object, of a body or of a stream.
    func metadata() throws -> JSONValue? {
        let isStream = header("content-type")?.hasPrefix("text/event-stream") == true
        return isStream ? try transcript().metadata : try json()["qualm"]
    }

    var isFromCache: Bool { header("x-qualm-route") == "cache" }
}
