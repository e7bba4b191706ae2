import FastJSON
import Simulator
import Testing

/// What a client may say about the cache.
@Suite struct CacheDirectiveTests {
    /// The directive as a header or in the body.
    private static func call(_ directive: String, inBody: Bool = false, streaming: Bool = false, prompt: String? = nil) -> ChatCall {
        inBody
            ? ChatCall(streaming: streaming, prompt: prompt, extra: [("qualm", ["cache": .string(directive)])])
            : ChatCall(streaming: streaming, prompt: prompt, headers: [("x-qualm-cache", directive)])
    }

    @Test("'no-cache' asks the models although an answer is stored, and puts theirs in its place", arguments: [false, true])
    func noCache(inBody: Bool) async throws {
        try await withGateway(.caching()) { gateway in
            let first = try ReceivedAnswer(try await gateway.chat(ChatCall()))
            try await gateway.waitUntilStored(1, vectors: 1)
            let fresh = try await gateway.chat(Self.call("no-cache", inBody: inBody))
            #expect(fresh.header("x-qualm-route") == "draft")
            #expect(try await gateway.decision(of: fresh)["cache", "bypass"]?.string == "directive")
            let second = try ReceivedAnswer(fresh)
            #expect(second.id != first.id && second.content == first.content)
            try await gateway.waitUntilStored(2, vectors: 1)
            let hit = try await gateway.chat(ChatCall())
            #expect(hit.isFromCache)
            #expect(try ReceivedAnswer(hit) == second)
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 1)
            #expect(gateway.chatCalls == 2)
        }
    }

    @Test("'no-store' neither takes an answer from the cache nor leaves one there", arguments: [false, true])
    func noStore(inBody: Bool) async throws {
        try await withGateway(.caching()) { gateway in
            for isStreaming in [false, true] {
                #expect(try await !gateway.chat(Self.call("no-store", inBody: inBody, streaming: isStreaming)).isFromCache)
            }
            #expect(try await !gateway.chat(ChatCall()).isFromCache)
            try await gateway.waitUntilStored(1)
            #expect(try await !gateway.chat(Self.call("no-store", inBody: inBody)).isFromCache)
            #expect(gateway.chatCalls == 4 && gateway.embeddingCalls == 1)
        }
    }

    @Test("'only-if-cached' is answered from the cache or by 504, and no model is asked either way", arguments: [false, true])
    func onlyIfCached(inBody: Bool) async throws {
        try await withGateway(.caching()) { gateway in
            for isStreaming in [false, true] {
                let none = try await gateway.chat(Self.call("only-if-cached", inBody: inBody, streaming: isStreaming))
                #expect(none.status == 504)
                #expect(try none.errorCode() == "not_cached")
                let decision = try await gateway.decision(of: none)
                #expect(decision["decision"]?.string == "failed" && decision["reason"]?.string == "not_cached", "\(decision)")
                #expect(decision["status"]?.string == "client_error")
            }
            #expect(gateway.chatCalls == 0)
            _ = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1, vectors: 1)
            for isStreaming in [false, true] {
                #expect(try await gateway.chat(Self.call("only-if-cached", inBody: inBody, streaming: isStreaming)).isFromCache)
            }
            // By the vector level as well.
            let near = try await gateway.chat(Self.call("only-if-cached", inBody: inBody, prompt: "Why is the sky blue"))
            #expect(near.isFromCache)
            #expect(try near.metadata()?["reason"]?.string == "cache_vector")
            #expect(gateway.chatCalls == 1)
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 1)
        }
    }

    @Test("'only-if-cached' is 504 at once where nothing is ever stored: for named models, several choices, and with the cache off")
    func neverCached() async throws {
        try await withGateway(.caching()) { gateway in
            for call in [ChatCall("sim:n7"), ChatCall(extra: [("n", 2)]), ChatCall(extra: [("temperature", 1)])] {
                var asking = call
                asking.headers = [("x-qualm-cache", "only-if-cached")]
                let answer = try await gateway.chat(asking)
                #expect(answer.status == 504)
                #expect(try answer.errorCode() == "not_cached")
            }
            #expect(gateway.simulator.report().requests == 0)
        }
        try await withGateway { gateway in
            let answer = try await gateway.chat(Self.call("only-if-cached"))
            #expect(answer.status == 504)
            #expect(try answer.errorCode() == "not_cached")
            for directive in ["no-cache", "no-store"] { #expect(try await gateway.chat(Self.call(directive)).status == 200) }
            #expect(gateway.chatCalls == 2)
        }
    }

    @Test("A value that is none is 400 and names where it stands; the header wins over the body")
    func values() async throws {
        try await withGateway(.caching()) { gateway in
            for value in ["maybe", "no_cache", "no-cache, no-store", ""] {
                let header = try await gateway.chat(Self.call(value))
                #expect(header.status == 400, "'\(value)'")
                #expect(try header.json()["error", "param"]?.string == "x-qualm-cache", "'\(value)'")
                let body = try await gateway.chat(Self.call(value, inBody: true))
                #expect(body.status == 400, "'\(value)'")
                #expect(try body.json()["error", "param"]?.string == "qualm.cache", "'\(value)'")
            }
            #expect(
                try await gateway.post(#"{"model":"auto","messages":[{"role":"user","content":"x"}],"qualm":{"cache":1}}"#).status == 400)
            #expect(gateway.chatCalls == 0)
            var both = Self.call("only-if-cached", inBody: true)
            both.headers = [("x-qualm-cache", "no-store")]
            #expect(try await gateway.chat(both).status == 200)
        }
    }
}
