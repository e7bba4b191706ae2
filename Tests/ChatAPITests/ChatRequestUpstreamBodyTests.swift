import ChatAPI
import FastJSON
import Testing

@Suite struct ChatRequestUpstreamBodyTests {
    private static let messages = #""messages": [ {"role":"user","content":"h\u00e9 \n","x-unknown": 1.50e+2} ]"#

    private func upstream(
        _ json: String, model: String = "m", stream: Bool = false, topLogprobs: Int? = nil, includeUsage: Bool = false
    ) throws -> String {
        let request = try ChatRequest.decode(Array(json.utf8))
        let body = request.upstreamBody(model: model, stream: stream, topLogprobs: topLogprobs, includeUsage: includeUsage)
        _ = try JSONValue.parse(body)
        return String(decoding: body, as: UTF8.self)
    }

    @Test func `a request that needs no change is passed on byte for byte`() throws {
        let body = "\n{ \"seed\" : 1.0 , \"model\":\"m\",\(Self.messages) , \"unknown\":{\"a\":[1,2 ,3]}\t} "
        #expect(try upstream(body) == body)
    }

    @Test func `only what must change does, everything else keeps its bytes and order`() throws {
        let body =
            "{ \"seed\" : 1.0 , \"model\" : \"auto\" ,\"logprobs\":false,\(Self.messages),\"stream_options\" : {\"include_obfuscation\" : false } , \"qualm\":{\"escalate\":\"never\"},\"zz\":\"\\u00e9\"}"
        let expected =
            "{ \"seed\" : 1.0 , \"model\" : \"gpt-4.1-nano\" ,\"logprobs\":true,\(Self.messages),\"stream_options\" : {\"include_obfuscation\" : false,\"include_usage\":true } ,\"zz\":\"\\u00e9\",\"stream\":true,\"top_logprobs\":20}"
        let result = try upstream(body, model: "gpt-4.1-nano", stream: true, topLogprobs: 20, includeUsage: true)
        #expect(result.filter { $0 != " " } == expected.filter { $0 != " " })
        for untouched in ["{ \"seed\" : 1.0 , \"model\" : ", Self.messages, "\"zz\":\"\\u00e9\"", "\"include_obfuscation\" : false"] {
            #expect(result.contains(untouched))
        }
    }

    @Test func `stream options are removed with the stream, and added with usage`() throws {
        let streaming = #"{"model":"m","stream":true,"stream_options":{"include_usage":true},\#(Self.messages)}"#
        #expect(try upstream(streaming, stream: true, includeUsage: true) == streaming)
        #expect(try upstream(streaming, stream: false) == #"{"model":"m","stream":false,\#(Self.messages)}"#)
        let plain = #"{"model":"m",\#(Self.messages)}"#
        #expect(
            try upstream(plain, stream: true, includeUsage: true)
                == #"{"model":"m",\#(Self.messages),"stream":true,"stream_options":{"include_usage":true}}"#)
        let null = #"{"model":"m","stream":true,"stream_options":null,\#(Self.messages)}"#
        #expect(
            try upstream(null, stream: true, includeUsage: true)
                == #"{"model":"m","stream":true,"stream_options":{"include_usage":true},\#(Self.messages)}"#)
    }

    @Test func `a client's logprobs stay when no evidence is asked for`() throws {
        let body = #"{"model":"m","logprobs":true,"top_logprobs":3,\#(Self.messages)}"#
        #expect(try upstream(body) == body)
        #expect(try upstream(body, topLogprobs: 20) == #"{"model":"m","logprobs":true,"top_logprobs":20,\#(Self.messages)}"#)
    }

    @Test func `our own object never leaves, wherever it stands`() throws {
        for body in [
            #"{"qualm":{},"model":"m",\#(Self.messages)}"#, #"{"model":"m","qualm":{"cache":"no-cache"},\#(Self.messages)}"#,
            #"{"model":"m",\#(Self.messages),"qualm":{}}"#, #"{"qualm":null,"qualm":{},"model":"m",\#(Self.messages),"qualm":{}}"#,
        ] {
            #expect(try upstream(body) == #"{"model":"m",\#(Self.messages)}"#)
        }
    }

    @Test func `of a repeated member one is left, so that no upstream reads another model`() throws {
        let body = #"{"model":"expensive","model":"m",\#(Self.messages)}"#
        #expect(try upstream(body) == #"{"model":"m",\#(Self.messages)}"#)
        let value = try JSONValue.parse(try upstream(body, model: "other"))
        #expect(value.object?.filter { $0.name == "model" }.map(\.value) == ["other"])
    }

    @Test func `a model name is escaped`() throws {
        let result = try upstream(#"{"model":"auto",\#(Self.messages)}"#, model: "a\"b\\c\n")
        #expect(try JSONValue.parse(result)["model"]?.string == "a\"b\\c\n")
    }

    /// The reference: parse, change the tree, compare trees. Members come in every order.
    @Test(arguments: 0..<60)
    func `edits equal a naive edit of the tree`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        var members = [
            #""model":"auto""#, Self.messages, #""x":[1,{"y":null}]"#, #""seed":7"#,
        ]
        if random.next() % 2 == 0 { members.append(#""stream":\#(random.next() % 2 == 0)"#) }
        if random.next() % 2 == 0 { members.append(#""logprobs" : \#(random.next() % 2 == 0)"#) }
        if random.next() % 2 == 0 { members.append(#""top_logprobs":\#(random.next() % 6)"#) }
        if random.next() % 2 == 0 { members.append(#""stream_options": { "a":1 , "include_usage":\#(random.next() % 2 == 0)}"#) }
        if random.next() % 2 == 0 { members.append(#""qualm":{"escalate":"auto"}"#) }
        members.shuffle(using: &random)
        let json = "{" + members.joined(separator: " ,\n") + "}"
        let stream = random.next() % 2 == 0
        let top: Int? = random.next() % 2 == 0 ? 20 : nil
        let includeUsage = random.next() % 2 == 0
        let result = try JSONValue.parse(try upstream(json, model: "up", stream: stream, topLogprobs: top, includeUsage: includeUsage))

        let original = try JSONValue.parse(json)
        let wasStreaming = original["stream"]?.bool ?? false
        #expect(result["model"] == "up")
        #expect((result["stream"]?.bool ?? false) == stream)
        #expect(result["qualm"] == nil)
        #expect(result["logprobs"] == (top == nil ? original["logprobs"] : true))
        #expect(result["top_logprobs"] == (top == nil ? original["top_logprobs"] : 20))
        for name in ["messages", "x", "seed"] { #expect(result[name] == original[name]) }
        if stream, includeUsage {
            #expect(result["stream_options"]?["include_usage"] == true)
            #expect(result["stream_options"]?["a"] == original["stream_options"]?["a"])
        } else if !stream, wasStreaming {
            #expect(result["stream_options"] == nil)
        } else {
            #expect(result["stream_options"] == original["stream_options"])
        }
    }
}

/// A small seeded generator (SplitMix64), so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
