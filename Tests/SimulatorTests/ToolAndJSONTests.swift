import FastJSON
import Simulator
import Testing

@Suite struct ToolAndJSONTests {
    private static let tools =
        #","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},"#
        + #"{"type":"function","function":{"name":"clock","parameters":{"type":"object","properties":{"zone":{"type":"string","enum":["UTC"]}}}}}]"#

    private func said(_ words: String, rest: String) async throws -> Said {
        var body = ChatBody(model: words, topLogprobs: 2)
        body.rest = rest
        let complete = body
        return try await withSimulator { try await Said(chunks: WireClient.chat(complete, port: $0.port).chunksOfJSON) }
    }

    @Test(
        "Tool calls use the first tool, valid or wrong in the way asked for",
        arguments: [
            ("tool", "weather", #"{"city":"Paris"}"#), ("badtool", "weather", #"{"city":[1,"wrong"]}"#),
            ("brokentool", "weather", #"{"city":"Paris""#),
            ("unknowntool", "no_such_tool", #"{"city":"Paris"}"#),
        ])
    func calls(words: String, name: String, arguments: String) async throws {
        let said = try await said(words, rest: Self.tools)
        #expect(said.calls.map(\.name) == [name])
        #expect(said.calls.map(\.arguments) == [arguments])
        #expect(said.finishReason == "tool_calls")
        #expect(said.logprobs.isEmpty && said.content.isEmpty)
    }

    @Test("Parallel calls alternate in the stream and belong together by index")
    func parallel() async throws {
        var body = ChatBody(model: "paralleltools")
        body.rest = Self.tools
        let complete = body
        let answer = try await withSimulator { try await WireClient.chat(complete, port: $0.port) }
        let said = Said(chunks: answer.chunksOfJSON)
        #expect(said.calls.map(\.name) == ["weather", "clock"])
        #expect(said.calls.map(\.arguments) == [#"{"city":"Paris"}"#, #"{"zone":"UTC"}"#])
        #expect(Set(said.calls.map(\.id)).count == 2)
        let order = answer.chunksOfJSON.compactMap { $0["choices"]?.array?.first?["delta"]?["tool_calls"]?.array?.first?["index"]?.int }
        #expect(order.starts(with: [0, 1, 0, 1, 0, 1]))
    }

    @Test("A request without tools gets a call of one that is named lookup")
    func noTools() async throws {
        #expect(try await said("tool", rest: "").calls.map(\.name) == ["lookup"])
    }

    @Test("JSON answers obey, violate or break off the schema of the request")
    func json() async throws {
        let format =
            #","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"n":{"type":"integer"}}}}}"#
        #expect(try await said("json", rest: format).content == #"{"n":7}"#)
        #expect(try await said("wrongjson", rest: format).content == #"{"n":[1,"wrong"]}"#)
        #expect(try await said("badjson", rest: format).content == #"{"n":7"#)
        let free = try await said("json", rest: #","response_format":{"type":"json_object"}"#).content
        #expect(try JSONValue.parse(free).object != nil)
    }

    @Test("Reasoning comes before the answer and without logprobs; a refusal can use either field")
    func channels() async throws {
        let reasoned = try await said("reasoning-short", rest: "")
        #expect(reasoned.reasoning == "Let me look at what is asked first.")
        #expect(reasoned.content == "Paris." && reasoned.logprobs.count == 2)
        let refused = try await said("refusal", rest: "")
        #expect(refused.content == "I'm sorry, but I can't help with that request." && refused.refusal.isEmpty)
        let field = try await said("refusalfield", rest: "")
        #expect(field.refusal == refused.content && field.content.isEmpty)
        #expect(field.refusalLogprobs.count == refused.logprobs.count)
    }

    @Test("Echo repeats the last user text, also from parts")
    func echo() async throws {
        let body =
            #"{"model":"echo","stream":true,"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"no"},{"role":"user","content":[{"type":"text","text":"Gr\u00fc\u00dfe \ud83d\ude00!"},{"type":"image_url","image_url":{"url":"x"}}]}]}"#
        let answer = try await withSimulator { try await WireClient.post("/v1/chat/completions", body, port: $0.port) }
        #expect(Said(chunks: answer.chunksOfJSON).content == "Gr\u{FC}\u{DF}e \u{1F600}!")
    }

    @Test("The unicode answer is valid UTF-8 in every event and mixes raw text with surrogate escapes")
    func unicode() async throws {
        let answer = try await withSimulator { try await WireClient.chat(ChatBody(model: "unicode"), port: $0.port) }
        #expect(answer.chunks.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
        #expect(answer.text.contains(#"\ud83d"#) && answer.text.contains("\u{6771}\u{4EAC}"))
        #expect(Said(chunks: answer.chunksOfJSON).content.contains("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"))
    }
}
