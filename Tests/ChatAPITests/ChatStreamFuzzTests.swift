import ChatAPI
import FastJSON
import Testing

/// Damaged streams: never a crash, never a read outside the input (run with the address sanitizer), and what is accepted is JSON.
@Suite struct ChatStreamFuzzTests {
    @Test(arguments: 31...38)
    func damagedStreamsAreRefusedOrRead(seed: UInt64) throws {
        var random = RandomChunk(seed: seed)
        var accepted = 0
        for _ in 0..<300 {
            var stream = Array(random.stream(chunks: 3).map { "data: \($0)\n\n" }.joined().utf8)
            for _ in 0...random.generator.below(3) { damage(&stream, &random.generator) }
            var decoder = ChatStreamDecoder(maxEventBytes: 1 << 16, scansLogprobs: true)
            var batch = CompletionBatch()
            do {
                try decoder.decode(stream, into: &batch)
                accepted += 1
            } catch {
                #expect(error != .missingTerminator && error != .truncatedEvent)
            }
            for chunk in batch.chunks {
                #expect(JSONSyntaxChecker.firstError(in: Array(batch.bytes[chunk.json.range])) == nil)
                for part in [chunk.logprobs, chunk.usage] where !part.isEmpty {
                    #expect(JSONSyntaxChecker.firstError(in: Array(batch.bytes[part.range])) == nil)
                }
                var out: [UInt8] = []
                ChatChunkWriter.appendJSON(
                    chunk: chunk, of: batch, keepLogprobs: false, keepUsage: false, extraMember: Array("\"q\":1".utf8), to: &out)
                #expect(JSONSyntaxChecker.firstError(in: out) == nil)
            }
        }
        #expect(accepted > 10)
    }

    /// The scanner on a buffer that ends exactly where the document does: every prefix of a document.
    @Test func noByteBehindTheInputIsRead() {
        var random = RandomChunk(seed: 41)
        for json in random.stream(chunks: 8) {
            let bytes = Array(json.utf8)
            for count in 0...bytes.count {
                let exact = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
                defer { exact.deallocate() }
                _ = exact.initialize(from: bytes[..<count])
                var scan = ChatChunkScan()
                var text: [UInt8] = []
                var alternatives: [Double] = []
                let isRead = (try? scan.scan(UnsafeBufferPointer(exact).span, text: &text, alternatives: &alternatives)) != nil
                #expect(isRead == (JSONSyntaxChecker.firstError(in: Array(bytes[..<count])) == nil))
            }
        }
    }

    private func damage(_ stream: inout [UInt8], _ generator: inout ChatStreamGenerator) {
        guard !stream.isEmpty else { return }
        let position = generator.below(stream.count)
        switch generator.below(6) {
        case 0: stream[position] = UInt8(generator.below(256))
        case 1: stream[position] = generator.pick(Array("{}[]\",:\\ntu0-e\r\n".utf8))
        case 2: stream.remove(at: position)
        case 3: stream.insert(generator.pick(Array("{}[]\",:\\ 0".utf8)), at: position)
        case 4: stream.removeSubrange(position..<min(stream.count, position + generator.below(40)))
        default:
            stream.insert(
                contentsOf: stream[position..<min(stream.count, position + generator.below(40))], at: generator.below(stream.count))
        }
    }
}
