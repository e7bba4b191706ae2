import FastJSON
import Testing

@testable import Simulator

@Suite struct FramingTests {
    @Test("A stream has OpenAI's frames byte for byte: role, tokens, finish, usage, [DONE]")
    func exactStream() async throws {
        let answer = try await withSimulator { simulator in
            try await WireClient.chat(ChatBody(model: "sim-short", topLogprobs: 1, includesUsage: true), port: simulator.port)
        }
        let created = try #require(answer.chunksOfJSON.first?["created"]?.int)
        let open =
            #"data: {"id":"chatcmpl-sim000000000001","object":"chat.completion.chunk","created":\#(created),"model":"sim-short","#
            + #""service_tier":"default","system_fingerprint":"fp_simulated","choices":["#
        let close = "],\"usage\":null}\n\n"
        func item(_ token: String, _ bytes: String) -> String {
            #"{"token":"\#(token)","logprob":-0.029193,"bytes":[\#(bytes)],"top_logprobs":[{"token":"\#(token)","logprob":-0.029193,"bytes":[\#(bytes)]}]}"#
        }
        let expected = [
            open
                + #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":{"content":[],"refusal":null},"finish_reason":null}"#
                + close,
            open
                + #"{"index":0,"delta":{"content":"Paris"},"logprobs":{"content":[\#(item("Paris", "80,97,114,105,115"))],"refusal":null},"finish_reason":null}"#
                + close,
            open + #"{"index":0,"delta":{"content":"."},"logprobs":{"content":[\#(item(".", "46"))],"refusal":null},"finish_reason":null}"#
                + close,
            open + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}"# + close,
            open
                + #"],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"#
                + #""completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}"#
                + "\n\n",
            "data: [DONE]\n\n",
        ]
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(answer.isComplete)
        let logprob = try #require(Said(chunks: answer.chunksOfJSON).logprobs.first?["logprob"]?.double)
        #expect(answer.chunks.map { String(decoding: $0, as: UTF8.self).replacing("\(logprob)", with: "-0.029193") } == expected)
    }

    @Test("Logprobs and usage are null or absent unless asked for")
    func nothingUnasked() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "sim-confident-n3"), port: $0.port) }
        #expect(answer.chunksOfJSON.count == 5)
        for chunk in answer.chunksOfJSON {
            #expect(chunk["usage"] == nil)
            #expect(chunk["choices"]?.array?.first?["logprobs"] == .null)
        }
        #expect(answer.events.last == "[DONE]")
    }

    @Test(
        "finish_reason is null on every chunk but one, and the role comes once",
        arguments: ["confident-n9", "tool", "reasoning-n4", "empty"])
    func terminals(words: String) async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: words, includesUsage: true), port: $0.port) }
        let choices = answer.chunksOfJSON.compactMap { $0["choices"]?.array?.first }
        #expect(choices.filter { $0["finish_reason"]?.string != nil }.count == 1)
        #expect(choices.last?["finish_reason"]?.string != nil)
        #expect(choices.filter { $0["delta"]?["role"] != nil }.count == 1)
        #expect(choices.first?["delta"]?["role"] == "assistant")
        #expect(answer.chunksOfJSON.last?["choices"] == .array([]))
    }

    @Test(
        "Streamed and whole answers say the same, for every kind of answer",
        arguments: [
            "confident", "unsure-n200", "recovering", "late", "expert", "short", "empty", "echo", "unicode", "refusal", "refusalfield",
            "tool",
            "badtool", "brokentool", "unknowntool", "paralleltools", "json", "badjson", "wrongjson", "length", "reasoning", "multi-n10",
            "censored",
            "k5", "nologprobs", "invalidlogprobs", "reasoning-multi-n7-unsure", "comments-crlf",
        ])
    func equalForms(words: String) async throws {
        try await withSimulator { simulator in
            var body = ChatBody(model: "sim-" + words, prompt: "Say it \(words)", topLogprobs: 3, includesUsage: true)
            body.rest =
                #","n":2,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]"#
            let streamed = try await WireClient.chat(body, port: simulator.port)
            body.isStream = false
            let whole = try await WireClient.chat(body, port: simulator.port)
            #expect(streamed.isComplete && whole.isComplete)
            for choice in 0..<2 {
                let said = try Said(whole: whole.json(), choice: choice)
                #expect(Said(chunks: streamed.chunksOfJSON, choice: choice) == said)
                #expect(said.finishReason != nil)
            }
            #expect(try streamed.chunksOfJSON.last?["usage"] == whole.json()["usage"])
            #expect(simulator.report().records.map(\.tokensSent).allSatisfy { $0 == simulator.report().tokensSent / 2 })
        }
    }

    @Test("The answer depends on the model and the prompt alone")
    func deterministic() async throws {
        func content(_ model: String, _ prompt: String) async throws -> String {
            try await withSimulator {
                try await Said(chunks: WireClient.chat(ChatBody(model: model, prompt: prompt), port: $0.port).chunksOfJSON).content
            }
        }
        let first = try await content("sim-confident", "one")
        #expect(try await content("sim-confident", "one") == first)
        var others: Set<String> = []
        for prompt in ["two", "three", "four", "five", "six"] { others.insert(try await content("sim-confident", prompt)) }
        #expect(others.count > 1)
        #expect(try await content("sim-expert", "one") != first)
    }

    @Test("CRLF lines and comments change the framing and nothing else")
    func framingVariants() async throws {
        try await withSimulator { simulator in
            let plain = try await WireClient.chat(ChatBody(model: "n5"), port: simulator.port)
            let crlf = try await WireClient.chat(ChatBody(model: "n5-crlf"), port: simulator.port)
            let comments = try await WireClient.chat(ChatBody(model: "n5-comments"), port: simulator.port)
            #expect(!plain.text.contains("\r\n"))
            #expect(crlf.text.utf8.count { $0 == 10 } == plain.text.utf8.count { $0 == 10 })
            #expect(crlf.text.utf8.count { $0 == 13 } == crlf.text.utf8.count { $0 == 10 })
            #expect(comments.text.components(": keep-alive\n\n") == plain.events.count - 1)
            #expect(crlf.events.count == plain.events.count && comments.events.count == plain.events.count)
        }
    }

    @Test("The usage chunk can be withheld, and so can [DONE]")
    func withheld() async throws {
        try await withSimulator { simulator in
            let noUsage = try await WireClient.chat(ChatBody(model: "n3-nousage", includesUsage: true), port: simulator.port)
            #expect(!noUsage.text.contains("\"usage\""))
            let noDone = try await WireClient.chat(ChatBody(model: "n3-nodone", includesUsage: true), port: simulator.port)
            #expect(!noDone.text.contains("[DONE]"))
            #expect(noDone.isComplete)
            #expect(noDone.chunksOfJSON.last?["usage"]?["completion_tokens"] == 3)
        }
    }

    @Test(
        "max_tokens and max_completion_tokens end the answer with finish_reason length", arguments: ["max_tokens", "max_completion_tokens"])
    func limit(member: String) async throws {
        var body = ChatBody(model: "sim-multi-n20", includesUsage: true)
        body.rest = ",\"\(member)\":5"
        let limited = body
        let answer = try await withSimulator { try await WireClient.chat(limited, port: $0.port) }
        #expect(Said(chunks: answer.chunksOfJSON).finishReason == "length")
        #expect(answer.chunksOfJSON.last?["usage"]?["completion_tokens"] == 5)
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
