import ChatAPI
import FastJSON
import Testing

@Suite struct ChatStreamDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var json: String
        var events: [SpokenEvent]
        init(_ json: String, _ events: [SpokenEvent]) {
            self.json = json
            self.events = events
        }
        var testDescription: String { json }
    }

    private static func choice(_ members: String) -> String { #"{"id":"c","choices":[{"index":0,"# + members + "}]}" }

    static let cases: [Case] = [
        Case(choice(#""delta":{"role":"assistant","content":""},"finish_reason":null"#), [.role]),
        Case(choice(#""delta":{"content":"Hi \"\u00e9\ud83d\ude00"}"#), [.text("Hi \"é😀")]),
        Case(choice(#""delta":{"content":null,"refusal":"no"}"#), [.refusal("no")]),
        Case(choice(#""delta":{"reasoning_content":"hm"}"#), [.reasoning("hm")]),
        Case(choice(#""delta":{"reasoning":"hm","reasoning_content":null,"content":"x"}"#), [.reasoning("hm"), .text("x")]),
        Case(choice(#""delta":{"reasoning":"same","reasoning_content":"same"}"#), [.reasoning("same")]),
        Case(choice(#""delta":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#), [.text("ab")]),
        Case(choice(#""delta":{},"finish_reason":"stop""#), [.finish(.stop)]),
        Case(choice(#""delta":{},"finish_reason":"length""#), [.finish(.length)]),
        Case(choice(#""delta":{},"finish_reason":"tool_calls""#), [.finish(.toolCalls)]),
        Case(choice(#""delta":{},"finish_reason":"content_filter""#), [.finish(.contentFilter)]),
        Case(choice(#""delta":{},"finish_reason":"function_call""#), [.finish(.other)]),
        Case(
            choice(#""delta":{"tool_calls":[{"index":1,"id":"call_a","type":"function","function":{"name":"f","arguments":""}}]}"#),
            [.toolCall(index: 1, id: "call_a", name: "f", arguments: "")]),
        Case(
            choice(#""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}},{"index":1,"function":{"arguments":":1}"}}]}"#),
            [.toolCall(index: 0, id: "", name: "", arguments: "{\"a\""), .toolCall(index: 1, id: "", name: "", arguments: ":1}")]),
        Case(
            choice(#""delta":{"tool_calls":[{"id":"x"},{"id":"y","function":{"name":"g","arguments":{"k": [1]}}}]}"#),
            [.toolCall(index: 0, id: "x", name: "", arguments: ""), .toolCall(index: 1, id: "y", name: "g", arguments: #"{"k": [1]}"#)]),
        Case(
            choice(#""delta":{"function_call":{"name":"f","arguments":"{}"}}"#), [.toolCall(index: 0, id: "", name: "f", arguments: "{}")]),
        Case(choice(#""delta":{"content":"a"},"logprobs":null"#), [.text("a")]),
        Case(choice(#""delta":{"content":"a"},"logprobs":{"content":[],"refusal":null}"#), [.text("a")]),
        Case(choice(#""delta":{"content":"a"},"logprobs":{"content":null}"#), [.text("a")]),
        Case(
            choice(
                #""delta":{"content":"ab"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"b","logprob":-1},"#
                    + #"{"token":"a","logprob":-0.5},{"token":"c","logprob":null}]},{"token":"b","logprob":null,"top_logprobs":[]}]}"#),
            [
                .text("ab"),
                .evidence([
                    SpokenToken(text: "a", logprob: -0.5, alternatives: [-1, -0.5, nil], isListed: true),
                    SpokenToken(text: "b", logprob: nil, alternatives: [], isListed: false),
                ]),
            ]),
        Case(
            choice(
                #""delta":{},"logprobs":{"refusal":[{"token":"\u0041\n","logprob":-9999.0,"top_logprobs":[{"token":"A\n","logprob":-1e-7}]}]}"#
            ),
            [.evidence([SpokenToken(text: "A\n", logprob: -9999, alternatives: [-1e-7], isListed: true)])]),
        Case(
            choice(#""delta":{},"logprobs":{"content":[{"top_logprobs":[{"token":"q","logprob":-1}],"logprob":-2,"token":"z"}]}"#),
            [.evidence([SpokenToken(text: "z", logprob: -2, alternatives: [-1], isListed: false)])]),
        Case(
            #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}"#,
            [.usage(TokenUsage(inputTokens: 9, outputTokens: 3, cachedInputTokens: 4, reasoningTokens: 2))]),
        Case(
            #"{"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[{"finish_reason":"stop","delta":{"content":"!"},"index":0}]}"#,
            [.text("!"), .finish(.stop), .usage(TokenUsage(inputTokens: 1, outputTokens: 2))]),
        Case(choice(#""delta":{"content":"x"}"#).dropLast() + #","usage":null}"#, [.text("x")]),
        Case(
            #"{"choices":[{"delta":{"content":"one"},"finish_reason":"stop","index":1},{"delta":{"content":"zero"},"index":0}]}"#,
            [.text("zero")]),
        Case(#"{"choices":[{"delta":{"content":"no index"}}]}"#, [.text("no index")]),
        Case(#"{"choices":[{"index":0,"d\u0065lta":{"cont\u0065nt":"escaped names"}}]}"#, [.text("escaped names")]),
        Case(#"{"error":{"message":"overloaded","type":"server_error"}}"#, [.failure("overloaded")]),
        Case(#"{"error":"plain"}"#, [.failure("plain")]),
        Case(#"{"error":{"code": 5}}"#, [.failure(#"{"code": 5}"#)]),
        Case(
            choice(#""delta":{"content":"x"},"finish_reason":"error""#).dropLast() + #","error":{"message":"mid"}}"#,
            [.text("x"), .finish(.other), .failure("mid")]),
        Case(#"{"error":null,"choices":[]}"#, []),
        Case(#"{"object":"ping"}"#, []),
        Case(#"{"choices":[{"index":0,"delta":{"content":7,"tool_calls":"x","role":1},"logprobs":3,"finish_reason":{}}],"usage":[1]}"#, []),
    ]

    @Test(arguments: cases)
    func aChunkMeansItsEvents(test: Case) throws {
        let bytes = Array("data: \(test.json)\n\ndata: [DONE]\n\n".utf8)
        let whole = try decodeStream([bytes])
        #expect(whole.isDone)
        #expect(whole.chunks.map(\.json) == [test.json])
        #expect(whole.chunks.first?.events == test.events)
        for cut in 0...bytes.count {
            let cutDecoded = try decodeStream([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(cutDecoded == whole, "cut at \(cut)")
        }
    }

    @Test func rangesAreThoseOfTheValues() throws {
        let json = #" {"usage": {"prompt_tokens":1} ,"choices":[{"index":0,"logprobs": {"content":[]} ,"delta":{}}]} "#
        var decoder = ChatStreamDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        try decoder.decode(Array("data: {}\n\ndata: \(json)\n\n".utf8), into: &batch)
        let chunk = try #require(batch.chunks.last)
        func slice(_ range: ByteRange) -> String { String(decoding: batch.bytes[range.range], as: UTF8.self) }
        #expect(slice(chunk.json) == json.dropFirst().dropLast())
        #expect(slice(chunk.logprobs) == #"{"content":[]}"#)
        #expect(slice(chunk.usage) == #"{"prompt_tokens":1}"#)
        #expect(chunk.json.lower == 2)
    }

    @Test func withoutLogprobsThereIsNoEvidenceButTheRange() throws {
        let json = #"{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1,"top_logprobs":[]}]}}]}"#
        let decoded = try decodeStream([Array("data: \(json)\n\n".utf8)], scansLogprobs: false)
        #expect(decoded.chunks.first?.events == [.text("a")])
        #expect(decoded.chunks.first?.logprobs != nil)
    }

    @Test(arguments: [
        "data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data: [DONE] \n\n", "data: [DONE]", "data: [DONE]\n",
        "data: [DONE]\n\ndata: garbage\n\n",
        ": c\n\ndata:\n\ndata: [DONE]\n\n",
    ])
    func theMarkerEndsTheStream(end: String) throws {
        var decoder = ChatStreamDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        try decoder.decode(Array("data: {}\n\n\(end)".utf8), into: &batch)
        try decoder.finish()
        #expect(batch.chunks.count == 1)
    }

    @Test(arguments: [
        ("", ChatStreamError.missingTerminator), ("data: {}\n\n", .missingTerminator), ("data: {}\n\n: comment\n\n", .missingTerminator),
        ("data: {}\n\ndata: {", .truncatedEvent), ("data: {}\n", .truncatedEvent), ("data: [DON", .truncatedEvent),
    ])
    func endingBeforeTheMarkerIsAnError(stream: String, expected: ChatStreamError) throws {
        var decoder = ChatStreamDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        try decoder.decode(Array(stream.utf8), into: &batch)
        #expect(throws: expected) { try decoder.finish() }
        #expect(!batch.isDone)
    }

    @Test(arguments: [
        ("{\"choices\":[}", 12, "unexpected '}'"), ("hello", 0, "expected a value"), ("[1]", 0, "JSON object"),
        ("\"ping\"", 0, "JSON object"),
        ("{} {}", 3, "end of the document"), ("{\"a\":\"\u{1}\"}", 6, "control"),
        ("{\"choices\":[{\"logprobs\":{\"content\":[{\"logprob\":-NaN}]}}]}", 48, "digit"),
        ("{\"ignored\":{\"deep\":[1,2,tru]}}", 24, "unknown word"), ("{\"a\":\"\\x\"}", 6, "escape"),
    ])
    func malformedJSONSaysWhere(json: String, offset: Int, reason: String) throws {
        var decoder = ChatStreamDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        let error = #expect(throws: ChatStreamError.self) {
            try decoder.decode(Array("data: {\"object\":\"ok\"}\n\ndata: \(json)\n\n".utf8), into: &batch)
        }
        guard case .malformedChunk(let found, let message)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == offset)
        #expect(message.contains(reason), "\(message)")
        #expect(try batch.spoken().map(\.json) == [#"{"object":"ok"}"#])
        #expect(batch.text.isEmpty && batch.events.isEmpty)
    }

    @Test(arguments: [
        ("event: error\ndata: {\"error\":{\"message\":\"m\"}}\n\n", "m"),
        ("event: error\ndata: {\"message\":\"m\"}\n\n", "{\"message\":\"m\"}"),
        ("event: error\ndata: service unavailable\n\n", "service unavailable"),
    ])
    func anErrorEventIsAFailure(stream: String, message: String) throws {
        let decoded = try decodeStream([Array(stream.utf8)])
        #expect(decoded.chunks.flatMap(\.events) == [.failure(message)])
    }

    @Test func aMultiLineEventIsOneChunk() throws {
        let decoded = try decodeStream([Array("data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"a\"}}]}\n\n".utf8)])
        #expect(decoded.chunks.map(\.json) == ["{\"choices\":\n[{\"delta\":{\"content\":\"a\"}}]}"])
        #expect(decoded.chunks.first?.events == [.text("a")])
    }

    @Test func anEventAboveTheBoundIsRefused() {
        var decoder = ChatStreamDecoder(maxEventBytes: 1000, scansLogprobs: true)
        var batch = CompletionBatch()
        #expect(throws: ChatStreamError.eventTooLarge(limit: 1000)) {
            for _ in 0..<100 { try decoder.decode(Array(repeating: UInt8(ascii: "x"), count: 100), into: &batch) }
        }
    }

    @Test func aWholeCompletionIsOneChunk() throws {
        let body =
            "{\n \"object\": \"chat.completion\", \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"Hi\"},"
            + "\"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 1, \"completion_tokens\": 2}}\n"
        var decoder = ChatResponseDecoder(scansLogprobs: true)
        var batch = CompletionBatch()
        try decoder.decode(body: Array(body.utf8), into: &batch)
        let events = try batch.spoken().flatMap(\.events)
        #expect(events == [.role, .text("Hi"), .finish(.stop), .usage(TokenUsage(inputTokens: 1, outputTokens: 2))])
        #expect(batch.isDone)
        #expect(throws: ChatStreamError.self) { try decoder.decode(body: Array("<html>".utf8), into: &batch) }
        #expect(batch.chunks.count == 1)
    }
}
