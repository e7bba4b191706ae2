import Gzip
import Testing

@Suite struct GzipTests {
    /// Bytes that compress, bytes that do not, and nothing.
    static let samples: [[UInt8]] = [
        [], [0], Array("hello".utf8), Array(repeating: 0x41, count: 3_000_000),
        (0..<100_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
    ]

    @Test(arguments: samples.indices) func whatWasCompressedReadsBack(index: Int) throws {
        let sample = Self.samples[index]
        #expect(try Gzip.decompressed(Gzip.compressed(sample)) == sample)
        #expect(try Gzip.decompressed(Gzip.compressed(sample, level: 9)) == sample)
    }

    /// Made by gzip(1) 1.12: `printf 'abc\n' | gzip -n`.
    @Test func aMemberOfAnotherProgramIsRead() throws {
        let member: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4b, 0x4c, 0x4a, 0xe6, 0x02, 0x00, 0x4e, 0x81, 0x88, 0x47, 0x04,
            0x00,
            0x00, 0x00,
        ]
        #expect(try Gzip.decompressed(member) == Array("abc\n".utf8))
    }

    @Test(arguments: [1, 2, 3, 7, 64, 65_536]) func theSizeOfThePiecesDoesNotMatter(size: Int) throws {
        let parts = [Array("one\n".utf8), Array(repeating: 0x62, count: 200_000), Array("three\n".utf8)]
        let data = try parts.flatMap { try Gzip.compressed($0) }
        var reader = try GzipReader()
        var output: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: size) {
            let piece = Array(data[start..<min(start + size, data.count)])
            var taken = 0
            while taken < piece.count {
                taken += try reader.decompress(piece.span.extracting(taken...), into: &output, limit: output.count + 1_000)
            }
        }
        try reader.finish()
        #expect(output == parts.flatMap { $0 })
        #expect(reader.memberCount == 3)
        #expect(reader.completeBytes == data.count)
        #expect(reader.completeOutput == output.count)
    }

    @Test func dataThatEndsAnywhereWithinAMemberIsTruncatedAndKnowsWhatIsComplete() throws {
        let first = try Gzip.compressed(Array("first".utf8))
        let data = try first + Gzip.compressed(Array("second".utf8))
        for end in 0...data.count {
            var reader = try GzipReader()
            var output: [UInt8] = []
            let part = Array(data[..<end])
            _ = try reader.decompress(part.span, into: &output)
            let isWhole = end == first.count || end == data.count
            #expect(reader.completeBytes == (end == data.count ? end : end < first.count ? 0 : first.count))
            var problem: GzipError?
            do throws(GzipError) { try reader.finish() } catch { problem = error }
            #expect((problem == nil) == isWhole, "cut at \(end)")
            if case .corrupt = problem { Issue.record("cut at \(end): \(String(describing: problem))") }
        }
    }

    @Test func noBrokenByteOfTheBodyGivesOtherText() throws {
        let text = Array("some text that is long enough to be compressed, compressed, compressed".utf8)
        let data = try Gzip.compressed(text)
        var noticed = 0
        for position in 10..<data.count {
            var broken = data
            broken[position] ^= 0x10
            do {
                // The last bits of the last block's last byte mean nothing.
                #expect(try Gzip.decompressed(broken) == text, "byte \(position)")
            } catch {
                noticed += 1
            }
        }
        #expect(noticed >= data.count - 12)
        #expect(throws: GzipError.self) { try Gzip.decompressed(Array("not gzip".utf8)) }
    }

    @Test func zerosBehindAMemberArePaddingAndOtherBytesAreNot() throws {
        let data = try Gzip.compressed(Array("x".utf8))
        #expect(try Gzip.decompressed(data + [0, 0, 0]) == Array("x".utf8))
        #expect(throws: GzipError.self) { try Gzip.decompressed(data + [0, 0x1f]) }
        #expect(throws: GzipError.self) { try Gzip.decompressed(data + [0x31]) }
    }

    @Test func aBombIsRefusedAtItsLimit() throws {
        let bomb = try Gzip.compressed(Array(repeating: 0, count: 1 << 22))
        #expect(throws: GzipError.self) { try Gzip.decompressed(bomb, limit: 1 << 20) }
        #expect(try Gzip.decompressed(bomb, limit: 1 << 23).count == 1 << 22)
    }

    @Test func theSameBytesGiveTheSameMember() throws {
        let sample = Self.samples[4]
        #expect(try Gzip.compressed(sample) == Gzip.compressed(sample))
    }
}
