import ChatAPI
import FastJSON
import Testing

@Suite struct ChatStreamWriterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var json: String
        var keepLogprobs = false
        var keepUsage = false
        var extra: String?
        var expected: String
        var testDescription: String { json }
    }

    static let cases: [Case] = [
        Case(json: #"{"id": "x" ,"choices":[ ] }"#, expected: #"{"id": "x" ,"choices":[ ] }"#),
        Case(
            json: #"{"a":1,"choices":[{"index":0,"logprobs":{"content":[ 1 ]},"z":2}],"usage":{"prompt_tokens":1},"b":"\u0041"}"#,
            expected: #"{"a":1,"choices":[{"index":0,"logprobs":null,"z":2}],"b":"\u0041"}"#),
        Case(
            json: #"{"usage" : {"prompt_tokens":1} , "choices":[{"logprobs": {"content":[]} }]}"#,
            expected: #"{ "choices":[{"logprobs": null }]}"#),
        Case(
            json: #"{"usage":null,"choices":[{"logprobs":{}}]}"#, keepLogprobs: true, extra: #""qualm":{"x":1}"#,
            expected: #"{"choices":[{"logprobs":{}}],"qualm":{"x":1}}"#),
        Case(
            json: #"{"usage":null,"choices":[{"logprobs":{}}]}"#, keepUsage: true,
            expected: #"{"usage":null,"choices":[{"logprobs":null}]}"#),
        Case(json: #"{"choices":[],"usage":{}}"#, keepUsage: true, extra: #""qualm":1"#, expected: #"{"choices":[],"usage":{},"qualm":1}"#),
        Case(json: #"{"us\u0061ge":{"prompt_tokens":1}}"#, expected: "{}"),
        Case(json: #"{ "usage":{} }"#, extra: #""q":1"#, expected: #"{  "q":1}"#),
        Case(json: "{}", extra: #""q":1"#, expected: #"{"q":1}"#),
        Case(
            json: #"{"x":{"usage":1,"logprobs":2},"choices":[{"index":1,"logprobs":{}}]}"#,
            expected: #"{"x":{"usage":1,"logprobs":2},"choices":[{"index":1,"logprobs":{}}]}"#),
        Case(json: #"{"choices":[{"logprobs":null}],"usage":3,"n":1.50E+1}"#, expected: #"{"choices":[{"logprobs":null}],"n":1.50E+1}"#),
    ]

    @Test(arguments: cases)
    func onlyWhatMustChangeChanges(test: Case) throws {
        var decoder = ChatStreamDecoder(scansLogprobs: false)
        var batch = CompletionBatch()
        // A chunk in front, so that no range begins at 0.
        try decoder.decode(Array("data: {\"first\":true}\n\ndata: \(test.json)\n\n".utf8), into: &batch)
        let chunk = try #require(batch.chunks.last)
        var out = Array("before".utf8)
        ChatChunkWriter.append(
            chunk: chunk, of: batch, keepLogprobs: test.keepLogprobs, keepUsage: test.keepUsage,
            extraMember: test.extra.map { Array($0.utf8) },
            to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "before" + "data: " + test.expected + "\n\n")
    }

    @Test(arguments: 51...56)
    func theResultIsTheTreeWithThoseChanges(seed: UInt64) throws {
        var random = RandomChunk(seed: seed)
        for json in random.stream(chunks: 200) {
            var decoder = ChatStreamDecoder(scansLogprobs: true)
            var batch = CompletionBatch()
            try decoder.decode(Array("data: \(json)\n\n".utf8), into: &batch)
            let chunk = try #require(batch.chunks.first)
            var out: [UInt8] = []
            ChatChunkWriter.appendJSON(chunk: chunk, of: batch, keepLogprobs: true, keepUsage: true, to: &out)
            #expect(out == Array(batch.bytes[chunk.json.range]))
            out.removeAll()
            ChatChunkWriter.appendJSON(
                chunk: chunk, of: batch, keepLogprobs: true, keepUsage: false, extraMember: Array("\"q\":[]".utf8), to: &out)
            let members = try JSONValue.parse(Array(json.utf8)).object ?? []
            #expect(try JSONValue.parse(out) == .object(members.filter { $0.name != "usage" } + [JSONMember("q", [])]))
        }
    }

    @Test func lineBreaksBetweenTokensDoNotEndTheEvent() throws {
        var decoder = ChatStreamDecoder(scansLogprobs: false)
        var batch = CompletionBatch()
        try decoder.decode(Array("data: {\"a\":\ndata: \"\\n\"}\n\n".utf8), into: &batch)
        var out: [UInt8] = []
        ChatChunkWriter.append(chunk: batch.chunks[0], of: batch, keepLogprobs: false, keepUsage: false, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "data: {\"a\": \"\\n\"}\n\n")
    }

    @Test func aFailureWithoutJSONIsNotWritten() throws {
        var decoder = ChatStreamDecoder(scansLogprobs: false)
        var batch = CompletionBatch()
        try decoder.decode(Array("event: error\ndata: down\n\n".utf8), into: &batch)
        var out: [UInt8] = []
        ChatChunkWriter.append(chunk: batch.chunks[0], of: batch, keepLogprobs: false, keepUsage: false, extraMember: [], to: &out)
        #expect(out.isEmpty)
    }
}
