import ChatAPI
import FastJSON
import Testing

@Suite struct AssemblerSplitterTests {
    /// Objects with their members sorted, so that order does not count, and without a null `refusal` or `finish_reason`,
    /// which an assembled answer always has.
    private func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.filter { !["refusal", "finish_reason"].contains($0.name) || !$0.value.isNull }
                    .map { JSONMember($0.name, sorted($0.value)) }.sorted { $0.name < $1.name })
        case .array(let elements): .array(elements.map(sorted))
        default: value
        }
    }

    private func roundTrip(_ body: [UInt8], maxTextBytes: Int) throws -> JSONValue {
        var assembler = ChatCompletionAssembler(keepsLogprobs: true)
        for chunk in try ChatCompletionSplitter(maxTextBytes: maxTextBytes, includesUsage: true).chunks(of: body) {
            try assembler.append(json: chunk)
        }
        return try JSONValue.parse(try assembler.body())
    }

    static let bodies: [String] = [
        #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello \u00e9\n\ud83d\ude00 wörld, once more and more","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1},"service_tier":"default","x":{"y":[1]}}"#,
        #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":""},"extra_content":{"google":{"thought_signature":"s"}}}]},"logprobs":null,"finish_reason":"tool_calls"}]}"#,
        #"{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"I will not do that."},"logprobs":{"content":null,"refusal":[{"token":"I"}]},"finish_reason":"stop"}]}"#,
        #"{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"A","reasoning_content":"because of this and that","refusal":null},"logprobs":null,"finish_reason":"length","content_filter_results":{}},{"index":1,"message":{"role":"assistant","content":"","refusal":null,"function_call":{"name":"f","arguments":"{}"}},"logprobs":{"content":[],"refusal":null},"finish_reason":"function_call"}]}"#,
    ]

    @Test(arguments: bodies, [16, 20, .max])
    func `splitting and assembling gives equal content`(body: String, maxTextBytes: Int) throws {
        var expected = try JSONValue.parse(body)
        // Unstreamed, an empty text beside a call is null: the one deliberate difference.
        if body.contains(#""content":"","refusal":null,"function_call""#) {
            expected = try JSONValue.parse(body.split(separator: #""content":"","#, maxSplits: 1).joined(separator: #""content":null,"#))
        }
        #expect(sorted(try roundTrip(Array(body.utf8), maxTextBytes: maxTextBytes)) == sorted(expected))
    }

    @Test func `a stream has role first, one finish, and the usage last`() throws {
        let chunks = try ChatCompletionSplitter(includesUsage: true).chunks(of: Array(Self.bodies[0].utf8)).map { try JSONValue.parse($0) }
        #expect(chunks.count == 4)
        #expect(
            chunks.allSatisfy { $0["object"] == "chat.completion.chunk" && $0["id"] == "c" && $0["model"] == "m" && $0["created"] == 1 })
        let choices = chunks.map { $0["choices"]?.array?.first }
        #expect(choices[0]?["delta"]?["role"] == "assistant")
        #expect(choices.compactMap { $0?["delta"]?["role"] }.count == 1)
        #expect(choices.map { $0?["finish_reason"]?.string } == [nil, nil, "stop", nil])
        #expect(chunks[3]["choices"] == [])
        #expect(chunks[3]["usage"] == ["prompt_tokens": 1])
        #expect(chunks[0]["x"] != nil && chunks[1]["x"] == nil)
    }

    @Test func `a pretty-printed completion becomes chunks of one line each`() throws {
        let body =
            "{\r\n  \"id\": \"c\",\n  \"choices\": [{\n \"index\": 0, \"message\": {\"role\": \"assistant\",\n\"content\": \"a\\nb\"},"
            + "\n\"logprobs\": {\n\"content\": [\n1\n,\n2\n]},\r\n\"finish_reason\": \"stop\"}]}"
        var sse: [UInt8] = []
        for chunk in try ChatCompletionSplitter(includesUsage: true).chunks(of: Array(body.utf8)) {
            #expect(!chunk.contains(0x0A) && !chunk.contains(0x0D))
            sse += Array("data: ".utf8) + chunk + Array("\n\n".utf8)
        }
        var decoder = ChatStreamDecoder(scansLogprobs: false)
        var batch = CompletionBatch()
        try decoder.decode(sse + Array("data: [DONE]\n\n".utf8), into: &batch)
        try decoder.finish()
        var assembler = ChatCompletionAssembler(keepsLogprobs: true)
        for chunk in batch.chunks { try assembler.append(chunk, of: batch) }
        let choice = try JSONValue.parse(try assembler.body())["choices"]?.array?.first
        #expect(choice?["message"]?["content"] == "a\nb")
        #expect(choice?["logprobs"]?["content"] == [1, 2])
    }

    @Test func `no usage chunk comes unasked`() throws {
        let chunks = try ChatCompletionSplitter(includesUsage: false).chunks(of: Array(Self.bodies[0].utf8))
        #expect(chunks.count == 3)
        #expect(try chunks.allSatisfy { try JSONValue.parse($0)["usage"] == nil })
    }

    @Test(arguments: [
        "{}", #"{"choices":[]}"#, #"{"choices":{}}"#, #"{"choices":[1]}"#, #"{"choices":[{"index":0}]}"#, #"{"error":{"message":"x"}}"#,
        "[",
    ])
    func `what is no completion is an error`(body: String) {
        #expect(throws: AssemblyError.self) { try ChatCompletionSplitter(includesUsage: true).chunks(of: Array(body.utf8)) }
    }

    @Test func `recorded completions survive splitting and assembling`() throws {
        let recordings = Recordings.chatCompletions()
        guard !recordings.isEmpty else {
            print("skipped: no recordings beside the package (../shared/data/openai-recordings, or the variable QUALM_SHARED)")
            return
        }
        for (position, (name, body)) in recordings.enumerated() {
            let assembled = sorted(try roundTrip(body, maxTextBytes: position % 2 == 0 ? 40 : .max))
            // Compared first: the macro would describe half a megabyte of differences.
            let isEqual = assembled == sorted(try JSONValue.parse(body))
            #expect(isEqual, "\(name)")
        }
        print("split and assembled \(recordings.count) recorded completions")
    }
}
