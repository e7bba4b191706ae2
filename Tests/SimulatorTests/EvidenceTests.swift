import FastJSON
import Testing

@testable import Simulator

@Suite struct EvidenceTests {
    private func items(_ words: String, top: Int = 20) async throws -> [JSONValue] {
        let body = ChatBody(model: words, topLogprobs: top)
        return try await withSimulator { try await Said(chunks: WireClient.chat(body, port: $0.port).chunksOfJSON).logprobs }
    }

    private func bits(_ item: JSONValue) -> Double {
        EntropyTable.entropyBits((item["top_logprobs"]?.array ?? []).compactMap { $0["logprob"]?.double })
    }

    @Test(
        "The 20 alternatives on the wire have the scripted entropy, token by token",
        arguments: [
            ("confident-n20", Array(repeating: 0.2, count: 20)), ("unsure-n20", Array(repeating: 3.6, count: 20)),
            ("late-n20", Array(repeating: 0.2, count: 10) + Array(repeating: 3.6, count: 10)),
            ("recovering-n20-w12", Array(repeating: 1.35, count: 12) + Array(repeating: 0.1, count: 8)),
        ])
    func scripted(words: String, expected: [Double]) async throws {
        let measured = try await items(words).map(bits)
        #expect(measured.count == expected.count)
        for (measured, expected) in zip(measured, expected) { #expect(abs(measured - expected) < 1e-5) }
    }

    @Test("Asked for k alternatives, k come, sorted; the sampled token is in the full list with its bytes", arguments: [0, 1, 5, 19, 20])
    func asked(top: Int) async throws {
        for item in try await items("unsure-n30", top: top) {
            let list = try #require(item["top_logprobs"]?.array)
            #expect(list.count == top)
            let values = list.compactMap { $0["logprob"]?.double }
            #expect(values.count == top && zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
            #expect(Set(list.compactMap { $0["token"]?.string }).count == top)
            if top == 20 { #expect(list.contains { $0["token"] == item["token"] && $0["logprob"] == item["logprob"] }) }
            let token = try #require(item["token"]?.string)
            #expect(item["bytes"]?.array?.compactMap { $0.int } == token.utf8.map(Int.init))
        }
    }

    @Test("k5 gives five alternatives however many were asked for")
    func capped() async throws {
        #expect(try await items("k5-n4").allSatisfy { $0["top_logprobs"]?.array?.count == 5 })
    }

    @Test("nologprobs answers null where logprobs were asked for")
    func missing() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "nologprobs-n3", topLogprobs: 5), port: $0.port) }
        #expect(answer.chunksOfJSON.allSatisfy { $0["choices"]?.array?.first?["logprobs"] == .null })
    }

    @Test("Every fifth censored token is -9999 and not in its list")
    func censored() async throws {
        let items = try await items("censored-n20")
        #expect(items.enumerated().filter { $0.element["logprob"]?.double == -9_999 }.map(\.offset) == [4, 9, 14, 19])
        for item in items where item["logprob"]?.double == -9_999 {
            #expect(item["top_logprobs"]?.array?.contains { $0["token"] == item["token"] } == false)
        }
    }

    @Test("Invalid logprobs are positive")
    func invalid() async throws {
        #expect(try await items("invalidlogprobs-n5").allSatisfy { ($0["logprob"]?.double ?? 0) > 0.001 })
    }

    @Test("Several tokens in an event have as many items")
    func several() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "multi-n7", topLogprobs: 2), port: $0.port) }
        let counts = answer.chunksOfJSON.compactMap { $0["choices"]?.array?.first?["logprobs"]?["content"]?.array?.count }
        #expect(counts == [0, 3, 3, 1])
    }

    @Test("The memory of written tokens is bounded and does not change what is written")
    func bounded() {
        let renderer = TokenRenderer()
        let tokens = (0..<5_000).map { Script.Token(text: "t\($0)", bits: Double($0 % 100) / 30) }
        let first = tokens.map { renderer.item($0, top: 2, isInvalid: false) }
        #expect(tokens.map { renderer.item($0, top: 2, isInvalid: false) } == first)
        #expect(tokens.suffix(10).map { TokenRenderer().item($0, top: 2, isInvalid: false) } == first.suffix(10))
    }
}
