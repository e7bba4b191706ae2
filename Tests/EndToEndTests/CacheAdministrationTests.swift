import FastJSON
import Simulator
import Testing

/// Looking at the cache, and emptying it.
@Suite struct CacheAdministrationTests {
    @Test("The statistics count what is stored, looked up, left out and served; the short path says the same")
    func statistics() async throws {
        var config = GatewayConfig.caching()
        config.drafter = "c-n12-f200000"
        try await withGateway(config) { gateway in
            let empty = try await gateway.cacheStatistics()
            #expect(empty["object"]?.string == "cache.stats" && empty["mode"]?.string == "on" && empty["store"]?.string == "embedded")
            #expect(empty["embedder"]?.string == "sim:embed" && empty["hit_rate"] == .some(.null) && empty["entries"]?.int == 0)
            let prompts = ["Name a tree.", "Name a flower.", "Name a tree.", "Name a tree"]
            for (index, prompt) in prompts.enumerated() {
                _ = try await gateway.chat(ChatCall(prompt: prompt))
                try await gateway.waitUntilStored(min(index + 1, 2), vectors: min(index + 1, 2))
            }
            _ = try await gateway.chat(ChatCall(extra: [("temperature", 0.9)]))
            let full = try await gateway.cacheStatistics()
            #expect(full["entries"]?.int == 2 && full["vectors"]?.int == 2 && full["bytes"]?.int ?? 0 > 500)
            #expect(full["served"]?.int == 2 && full["hit_rate"]?.double == 0.5)
            #expect(full["lookups", "exact", "hit"]?.int == 1 && full["lookups", "exact", "miss"]?.int == 3)
            #expect(full["lookups", "vector", "hit"]?.int == 1 && full["lookups", "vector", "miss"]?.int == 2)
            #expect(full["bypasses", "temperature"]?.int == 1 && full["admissions", "stored"]?.int == 2)
            #expect(full["quarantined"]?.int == 0 && full["open_breakers"]?.array == [])
            #expect(try await gateway.get("/cache/stats").json()["entries"] == full["entries"])
        }
    }

    @Test("An entry that was deleted by its id is found no more, in whatever spelling of the question; others stay")
    func deleteOne() async throws {
        try await withGateway(.caching()) { gateway in
            for prompt in ["Name a tree.", "Name a flower."] { _ = try await gateway.chat(ChatCall(prompt: prompt)) }
            try await gateway.waitUntilStored(2, vectors: 2)
            let id = try #require(try await gateway.chat(ChatCall(prompt: "Name a tree.")).header("x-qualm-cache-id"))
            let deleted = try await gateway.request("DELETE", "/v1/cache/\(id)")
            #expect(deleted.status == 200)
            #expect(try deleted.json()["deleted"]?.int == 1)
            #expect(try await gateway.cacheStatistics()["entries"]?.int == 1)
            for prompt in ["Name a tree.", "name a tree"] {
                let gone = try await gateway.chat(ChatCall(prompt: prompt, headers: [("x-qualm-cache", "only-if-cached")]))
                #expect(gone.status == 504, "\(prompt)")
            }
            #expect(try await gateway.chat(ChatCall(prompt: "Name a flower.")).isFromCache)
            for nobody in [id, "00000000-0000-8000-8000-000000000000", "nonsense", String(repeating: "x", count: 500)] {
                let answer = try await gateway.request("DELETE", "/v1/cache/\(nobody)")
                #expect(answer.status == 404, "\(nobody)")
                #expect(try answer.errorCode() != nil)
            }
        }
    }

    @Test(
        "Every path that empties the cache empties both levels",
        arguments: ["DELETE /v1/cache", "POST /cache/clear", "DELETE /cache/clear"])
    func deleteAll(line: String) async throws {
        let words = line.split(separator: " ").map(String.init)
        try await withGateway(.caching()) { gateway in
            let prompts = ["Name a tree.", "Name a flower.", "Name a stone."]
            for prompt in prompts { _ = try await gateway.chat(ChatCall(prompt: prompt)) }
            try await gateway.waitUntilStored(3, vectors: 3)
            // An id that came out empty in somebody's script.
            #expect(try await gateway.request("DELETE", "/v1/cache/").status == 404)
            let answer = try await gateway.request(words[0], words[1])
            #expect(answer.status == 200)
            #expect(try answer.json()["deleted"]?.int == 3)
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["entries"]?.int == 0 && statistics["vectors"]?.int == 0 && statistics["admissions", "stored"]?.int == 3)
            for prompt in prompts { #expect(try await !gateway.chat(ChatCall(prompt: prompt)).isFromCache) }
            try await gateway.waitUntilStored(6, vectors: 3)
            #expect(try await gateway.chat(ChatCall(prompt: prompts[0])).isFromCache)
        }
    }

    @Test("With keys configured nobody else may look or delete, and wrong methods are told the right one")
    func keysAndMethods() async throws {
        var config = GatewayConfig.caching()
        config.server = ["api_keys: [right-key]"]
        try await withGateway(config) { gateway in
            let key = [("authorization", "Bearer right-key")]
            _ = try await gateway.chat(ChatCall(headers: key))
            for (method, path) in [
                ("GET", "/v1/cache/stats"), ("GET", "/cache/stats"), ("DELETE", "/v1/cache"), ("POST", "/cache/clear"),
                ("DELETE", "/cache/clear"), ("DELETE", "/v1/cache/00000000-0000-8000-8000-000000000000"),
            ] {
                #expect(try await gateway.request(method, path).status == 401, "\(method) \(path)")
                #expect(
                    try await gateway.request(method, path, headers: [("authorization", "Bearer wrong")]).status == 401, "\(method) \(path)"
                )
            }
            #expect(try await gateway.get("/v1/cache/stats", headers: key).json()["admissions", "stored"]?.int ?? 0 <= 1)
            for (method, path, allowed) in [
                ("POST", "/v1/cache/stats", "GET"), ("GET", "/v1/cache", "DELETE"), ("GET", "/cache/clear", "POST"),
                ("GET", "/v1/cache/00000000-0000-8000-8000-000000000000", "DELETE"),
            ] {
                let answer = try await gateway.request(method, path, headers: key)
                #expect(answer.status == 405 && answer.header("allow")?.contains(allowed) == true, "\(method) \(path)")
            }
        }
    }

    @Test("With the cache off nothing is looked up or stored, and its paths say so")
    func off() async throws {
        try await withGateway { gateway in
            for _ in 0..<2 { #expect(try await gateway.chat(ChatCall()).header("x-qualm-route") == "draft") }
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["mode"]?.string == "off")
            #expect(try await gateway.request("DELETE", "/v1/cache").json()["deleted"]?.int == 0)
            #expect(try await gateway.request("DELETE", "/v1/cache/00000000-0000-8000-8000-000000000000").status == 404)
            #expect(try await gateway.metric("qualm_cache_lookups_total") == 0 && gateway.embeddingCalls == 0)
        }
    }

    @Test("Without an embedder only equal requests are found, and the log says so once")
    func withoutEmbedder() async throws {
        try await withGateway(.caching(embedder: nil)) { gateway in
            _ = try await gateway.chat(ChatCall(prompt: "Name a tree."))
            try await gateway.waitUntilStored(1)
            #expect(try await gateway.chat(ChatCall(prompt: "Name a tree.")).isFromCache)
            #expect(try await !gateway.chat(ChatCall(prompt: "Name a tree")).isFromCache)
            let statistics = try await gateway.cacheStatistics()
            #expect(statistics["embedder"] == .some(.null) && statistics["vectors"] == .some(.null))
            let log = gateway.process.stderr + gateway.process.stdout
            #expect(log.split(separator: "\n").count { $0.contains("there is no embedder") } == 1, "\(log.suffix(800))")
        }
    }

    @Test("The variable QUALM_CACHE_MODE turns the cache on for one run")
    func environment() async throws {
        try await withGateway(.caching(mode: "\"off\"", sections: ""), environment: ["QUALM_CACHE_MODE": "on"]) { gateway in
            _ = try await gateway.chat(ChatCall())
            try await gateway.waitUntilStored(1)
            #expect(try await gateway.chat(ChatCall()).isFromCache)
        }
    }
}
