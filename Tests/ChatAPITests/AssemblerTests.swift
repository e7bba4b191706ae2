import ChatAPI
import FastJSON
import Testing

@Suite struct AssemblerTests {
    private func assemble(_ chunks: [String], keepsLogprobs: Bool = false, extra: String? = nil) throws -> JSONValue {
        var assembler = ChatCompletionAssembler(keepsLogprobs: keepsLogprobs)
        for chunk in chunks { try assembler.append(json: Array(chunk.utf8)) }
        return try JSONValue.parse(try assembler.body(extraMember: extra.map { Array($0.utf8) }))
    }

    private func chunk(_ delta: String, finish: String? = nil, rest: String = "") -> String {
        #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish.map { "\"\($0)\"" } ?? "null")}]\#(rest)}"#
    }

    @Test func `a plain answer is the body the provider would have sent`() throws {
        let body = try assemble(
            [
                chunk(
                    #"{"role":"assistant","content":"","refusal":null}"#,
                    rest: #","system_fingerprint":"fp","service_tier":"default","obfuscation":"xx""#),
                chunk(#"{"content":"Hé\n"}"#), chunk(#"{"content":"\u00e9\ud83d"}"#), chunk(#"{"content":"\ude00"}"#),
                chunk("{}", finish: "stop"),
                #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[],"usage":{"prompt_tokens":1}}"#,
            ], extra: #""qualm":{"route":"draft"}"#)
        #expect(
            body == [
                "id": "c1", "object": "chat.completion", "created": 7, "model": "m-1", "system_fingerprint": "fp",
                "service_tier": "default",
                "choices": [
                    [
                        "index": 0, "message": ["role": "assistant", "content": "Hé\né😀", "refusal": nil], "logprobs": nil,
                        "finish_reason": "stop",
                    ]
                ], "usage": ["prompt_tokens": 1], "qualm": ["route": "draft"],
            ])
    }

    @Test func `parallel tool calls are merged by index and never with each other`() throws {
        let body = try assemble([
            chunk(
                #"{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"#
            ),
            chunk(#"{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}},{"index":1,"function":{"arguments":"}"}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"#), chunk("{}", finish: "tool_calls"),
        ])
        let message = body["choices"]?.array?.first?["message"]
        #expect(message?["content"] == .some(.null))
        #expect(
            message?["tool_calls"] == [
                ["id": "a", "type": "function", "function": ["name": "f", "arguments": "{\"x\":1}"]],
                ["id": "b", "type": "function", "function": ["name": "g", "arguments": "{}"]],
            ])
    }

    @Test(
        arguments: [
            // Every call has index 0, told apart by id only.
            [
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
                #"{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}"#,
            ],
            // No index at all.
            [#"{"id":"a","function":{"name":"f","arguments":"{}"}}"#, #"{"id":"b","function":{"name":"f","arguments":"{}"}}"#],
            // Id and name repeated with every piece.
            [
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#,
                #"{"index":1,"id":"b","function":{"name":"f","arguments":"{"}}"#,
                #"{"index":1,"id":"b","function":{"name":"f","arguments":"}"}}"#,
                #"{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}"#,
            ],
            // The second call first.
            [
                #"{"index":1,"id":"b","function":{"name":"f"}}"#, #"{"index":0,"id":"a","function":{"name":"f"}}"#,
                #"{"index":0,"function":{"arguments":"{}"}}"#, #"{"index":1,"function":{"arguments":"{}"}}"#,
            ],
        ])
    func `tool calls of sloppy providers are kept apart`(pieces: [String]) throws {
        let body = try assemble(pieces.map { chunk(#"{"tool_calls":[\#($0)]}"#) })
        #expect(
            body["choices"]?.array?.first?["message"]?["tool_calls"] == [
                ["id": "a", "function": ["name": "f", "arguments": "{}"]], ["id": "b", "function": ["name": "f", "arguments": "{}"]],
            ])
    }

    @Test func `content is null when nothing was said, and empty when an empty text was`() throws {
        func content(_ deltas: [String]) throws -> JSONValue? {
            try assemble(deltas.map { chunk($0) })["choices"]?.array?.first?["message"]?["content"]
        }
        #expect(try content([#"{"role":"assistant"}"#]) == .some(.null))
        #expect(try content([#"{"role":"assistant","content":null}"#]) == .some(.null))
        #expect(try content([#"{"role":"assistant","content":""}"#]) == "")
        #expect(try content([#"{"content":""}"#, #"{"refusal":"no"}"#]) == .some(.null))
        #expect(try content([#"{"content":""}"#, #"{"tool_calls":[{"index":0,"id":"a"}]}"#]) == .some(.null))
        #expect(try content([#"{"content":"text"}"#, #"{"tool_calls":[{"index":0,"id":"a"}]}"#]) == "text")
    }

    @Test func `members nobody knows survive`() throws {
        let body = try assemble([
            #"{"id":"c","model":"m","x_first":1,"x_null":null,"choices":[{"index":0,"delta":{"reasoning_content":"a\"","x_text":"1","x_list":[1],"x_object":{"a":1}},"x_choice":1}]}"#,
            #"{"id":"c","model":"m","x_first":2,"x_null":3,"timings":{"n":1.50},"choices":[{"index":0,"delta":{"reasoning_content":"b","x_text":"2","x_list":[ 2, 3 ],"x_object":{"b":2}},"finish_reason":"stop","x_choice":2}]}"#,
        ])
        #expect(body["x_first"] == 1)
        #expect(body["x_null"] == 3)
        #expect(body["timings"] == ["n": 1.5])
        let choice = body["choices"]?.array?.first
        #expect(choice?["x_choice"] == 2)
        #expect(choice?["message"]?["reasoning_content"] == "a\"b")
        #expect(choice?["message"]?["x_text"] == "12")
        #expect(choice?["message"]?["x_list"] == [1, 2, 3])
        #expect(choice?["message"]?["x_object"] == ["b": 2])
    }

    @Test func `a message repeated beside the deltas is not taken for content`() throws {
        let chunks = ["a", "b"].map {
            #"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"delta":{"content":"\#($0)"}}]}"#
        }
        let choice = try assemble(chunks)["choices"]?.array?.first
        #expect(choice?.object?.filter { $0.name == "message" }.count == 1)
        #expect(choice?["message"]?["content"] == "ab")
    }

    @Test func `a function call of the older kind is joined`() throws {
        let body = try assemble([
            chunk(#"{"role":"assistant","function_call":{"name":"f","arguments":""}}"#),
            chunk(#"{"function_call":{"arguments":"{\"a\""}}"#),
            chunk(#"{"function_call":{"arguments":":1}"}}"#),
        ])
        #expect(body["choices"]?.array?.first?["message"]?["function_call"] == ["name": "f", "arguments": "{\"a\":1}"])
    }

    @Test func `logprobs are joined for clients that asked, and null for others`() throws {
        let chunks = [
            #"{"content":[{"token":"a"}],"refusal":null}"#, "null", #"{"content":[],"refusal":[{"token":"r"}]}"#,
            #"{"content":[ {"token":"b"} ]}"#,
        ].map {
            #"{"id":"c","choices":[{"index":0,"delta":{"content":"x"},"logprobs":\#($0),"finish_reason":null}]}"#
        }
        #expect(
            try assemble(chunks, keepsLogprobs: true)["choices"]?.array?.first?["logprobs"]
                == ["content": [["token": "a"], ["token": "b"]], "refusal": [["token": "r"]]])
        #expect(try assemble(chunks)["choices"]?.array?.first?["logprobs"] == .some(.null))
    }

    @Test func `several choices are kept apart and in order`() throws {
        let body = try assemble([
            #"{"id":"c","choices":[{"index":1,"delta":{"content":"b"}}]}"#, #"{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            #"{"id":"c","choices":[{"index":1,"delta":{"content":"B"}},{"index":0,"delta":{"content":"A"}}]}"#,
        ])
        #expect(body["choices"]?.array?.map { $0["message"]?["content"]?.string } == ["aA", "bB"])
    }

    @Test func `a batch's logprobs are stepped over unread when they are not kept`() throws {
        let before = #"{"id":"c","choices":[{"delta":{"content":"x"},"logprobs":"#
        let poison = #"{"content":[{"]}"#
        let after = #","index":0,"finish_reason":"stop"}]}"#
        var batch = CompletionBatch()
        batch.bytes = Array(("junk" + before + poison + after).utf8)
        let start = 4 + before.utf8.count
        let chunk = CompletionChunk(json: ByteRange(4, batch.bytes.count), logprobs: ByteRange(start, start + poison.utf8.count))
        var assembler = ChatCompletionAssembler(keepsLogprobs: false)
        try assembler.append(chunk, of: batch)
        let body = try JSONValue.parse(try assembler.body())
        #expect(body["choices"]?.array?.first?["message"]?["content"] == "x")
        #expect(body["choices"]?.array?.first?["finish_reason"] == "stop")
    }

    @Test func `the collected answer is bounded`() throws {
        var assembler = ChatCompletionAssembler(keepsLogprobs: false, maxBytes: 1_000)
        let piece = Array(chunk(#"{"content":"0123456789"}"#).utf8)
        #expect(throws: AssemblyError.tooLarge(maxBytes: 1_000)) {
            for _ in 0..<100 { try assembler.append(json: piece) }
        }
    }

    @Test(arguments: [
        "", "{", "[]", #"{"choices":5}"#, #"{"choices":[5]}"#, #"{"choices":[{"delta":{"tool_calls":[1]}}]}"#, #"{"choices":[{"index""#,
    ])
    func `what is no chunk is an error, never a crash`(json: String) {
        #expect(throws: AssemblyError.self) {
            var assembler = ChatCompletionAssembler(keepsLogprobs: true)
            try assembler.append(json: Array(json.utf8))
        }
    }

    @Test func `an answer without a choice is an error`() {
        #expect(throws: AssemblyError.empty) { try ChatCompletionAssembler(keepsLogprobs: true).body() }
    }

    /// Truncations and single-byte changes of a good chunk: an error or a body, never a trap.
    @Test func `damaged chunks never crash`() throws {
        let good = Array(
            chunk(
                #"{"role":"assistant","content":"a\u00e9\n","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#
            ).utf8)
        var random = SplitMix(seed: 11)
        for round in 0..<4_000 {
            var bytes = good
            if round < good.count { bytes.removeLast(round) }
            for _ in 0..<(round % 3) where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            var assembler = ChatCompletionAssembler(keepsLogprobs: true)
            try? assembler.append(json: bytes)
            _ = try? assembler.body()
            _ = try? ChatCompletionSplitter(includesUsage: true).chunks(of: bytes)
        }
    }
}
