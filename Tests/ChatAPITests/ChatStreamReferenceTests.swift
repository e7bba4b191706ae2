import ChatAPI
import FastJSON
import Testing

/// The decoder against its naive twin, on generated and on recorded chunks.
@Suite struct ChatStreamReferenceTests {
    @Test(arguments: 1...8)
    func anyChunkMeansWhatTheReferenceSays(seed: UInt64) throws {
        var random = RandomChunk(seed: seed)
        let chunks = random.stream(chunks: 300)
        let stream = chunks.map { Array("data: \($0)\n\n".utf8) } + [Array("data: [DONE]\n\n".utf8)]
        let decoded = try decodeStream(stream)
        #expect(decoded.isDone)
        #expect(decoded.chunks.count == chunks.count)
        for (chunk, json) in zip(decoded.chunks, chunks) { #expect(try chunk == ReferenceDecoder.chunk(json), "\(json)") }
    }

    @Test(arguments: 21...24)
    func theCutsOfTheStreamDoNotMatter(seed: UInt64) throws {
        var random = RandomChunk(seed: seed)
        let lineEnds = ["\n", "\r\n", "\r"]
        let end = lineEnds[Int(seed) % 3]
        let stream =
            Array(random.stream(chunks: 20).map { "data: \($0)\(end)\(end)" }.joined().utf8) + Array("data: [DONE]\(end)\(end)".utf8)
        let whole = try decodeStream([stream])
        #expect(whole.chunks.count == 20)
        for cut in stride(from: 0, through: stream.count, by: 31) {
            #expect(try decodeStream([Array(stream[..<cut]), Array(stream[cut...])]) == whole, "cut at \(cut)")
        }
        for _ in 0..<20 {
            var pieces: [[UInt8]] = []
            var start = 0
            while start < stream.count {
                let end = min(stream.count, start + 1 + random.generator.below(random.generator.pick([2, 20, 500])))
                pieces.append(Array(stream[start..<end]))
                start = end
            }
            #expect(try decodeStream(pieces) == whole)
        }
    }

    /// Recorded answers, as the chunks a provider would stream and as whole bodies.
    @Test func recordingsMeanWhatTheReferenceSays() throws {
        let recordings = Recordings.chatCompletions()
        guard !recordings.isEmpty else {
            print("skipped: no recordings beside the package (../shared/data/openai-recordings, or the variable QUALM_SHARED)")
            return
        }
        var tokens = 0
        var cutsEveryByte = true
        for (name, body) in recordings {
            var decoder = ChatResponseDecoder(scansLogprobs: true)
            var batch = CompletionBatch()
            try decoder.decode(body: body, into: &batch)
            let chunk = try #require(batch.spoken().first)
            #expect(try chunk == ReferenceDecoder.chunk(String(decoding: body, as: UTF8.self)), "\(name)")
            tokens += batch.tokens.count
            let streamed = try chunks(of: JSONValue.parse(body))
            let stream = Array(streamed.map { "data: \($0)\n\n" }.joined().utf8) + Array("data: [DONE]\n\n".utf8)
            let decoded = try decodeStream([stream])
            #expect(decoded.chunks.count == streamed.count)
            for (chunk, json) in zip(decoded.chunks, streamed) { #expect(try chunk == ReferenceDecoder.chunk(json), "\(name)") }
            // The first chunks cut at every byte; a prime keeps the number of cuts of longer streams small.
            let head = Array(streamed.prefix(2).map { "data: \($0)\n\n" }.joined().utf8)
            let wholeHead = try decodeStream([head])
            for cut in stride(from: 0, through: head.count, by: cutsEveryByte ? 1 : 101) {
                #expect(try decodeStream([Array(head[..<cut]), Array(head[cut...])]) == wholeHead, "\(name) cut at \(cut)")
            }
            cutsEveryByte = false
        }
        #expect(tokens > 100)
    }

    private func chunks(of completion: JSONValue) throws -> [String] {
        try (completion["choices"]?[at: 0]?["logprobs"]?["content"]?.array ?? []).map { token in
            let chunk: JSONValue = [
                "id": "chatcmpl-1", "object": "chat.completion.chunk",
                "choices": [
                    [
                        "index": 0, "delta": ["content": try #require(token["token"])], "logprobs": ["content": [token], "refusal": nil],
                        "finish_reason": nil,
                    ]
                ],
            ]
            return String(decoding: chunk.serialized(), as: UTF8.self)
        }
    }
}

extension JSONValue {
    fileprivate subscript(at position: Int) -> JSONValue? {
        guard let array, array.indices.contains(position) else { return nil }
        return array[position]
    }
}
