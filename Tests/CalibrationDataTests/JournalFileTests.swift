import CalibrationData
import GatewayTesting
import Gzip
import Testing

@Suite struct JournalFileTests {
    static let lines = (0..<6).map { Array(#"{"id":"\#($0)","text":"\#(String(repeating: "x", count: $0 * 3))"}"#.utf8) }

    /// How a file of whole lines may have come about, and how many complete lines its first `n` bytes hold.
    enum Shape: CaseIterable {
        case plain, members, oneMember, unterminated
    }

    static func file(_ shape: Shape) throws -> [UInt8] {
        let terminated = lines.map { $0 + [0x0A] }
        switch shape {
        case .plain: return Array(terminated.joined())
        case .unterminated: return Array(terminated.joined().dropLast())
        case .members: return try Array(terminated.map { try Gzip.compressed($0) }.joined())
        case .oneMember: return try Gzip.compressed(Array(terminated.joined()))
        }
    }

    static func open(_ path: String) throws -> (journal: Int, seen: [[UInt8]], cut: Int) {
        var seen: [[UInt8]] = []
        let journal = try JournalFile(path: path) { line throws(CalibrationDataError) in seen.append(line) }
        let found = journal.found
        try journal.close(compacts: false)
        return (found.lines, seen, found.cutBytes)
    }

    static func content(_ path: String) throws -> [UInt8] {
        let bytes = TestFolder.read(path)
        return Gzip.isGzip(bytes) ? try Gzip.decompressed(bytes) : bytes
    }

    @Test(arguments: Shape.allCases) func aFileCutAnywhereKeepsEveryCompleteLineAndGoesOn(shape: Shape) throws {
        let whole = try Self.file(shape)
        let folder = TestFolder()
        let more = Array(#"{"id":"more"}"#.utf8)
        var complete: Set<Int> = []
        for end in 0...whole.count {
            let path = folder.write(shape == .plain || shape == .unterminated ? "f" : "f.gz", Array(whole[..<end]))
            var seen: [[UInt8]] = []
            var journal = try JournalFile(path: path) { line throws(CalibrationDataError) in seen.append(line) }
            #expect(Self.lines.starts(with: seen), "cut at \(end)")
            try journal.append(more + [0x0A])
            try journal.close(compacts: false)
            let expected = Array((seen + [more]).map { $0 + [0x0A] }.joined())
            #expect(try Self.content(path) == expected, "cut at \(end)")
            // What was repaired stays as it is.
            let again = try Self.open(path)
            #expect(again.cut == 0)
            #expect(again.seen == seen + [more], "cut at \(end)")
            complete.insert(seen.count)
            if end == whole.count { #expect(seen.count == Self.lines.count) }
        }
        #expect(complete == Set(0...Self.lines.count))
    }

    @Test func everyLineOfEveryCompleteMemberIsKept() throws {
        let members: [[UInt8]] = try Self.lines.map { try Gzip.compressed($0 + [0x0A]) }
        let all = Array(members.joined())
        let folder = TestFolder()
        var end = 0
        for (index, member) in members.enumerated() {
            end += member.count
            for extra in [0, 1, 11] where end + extra <= all.count {
                let path = folder.write("f.gz", Array(all[..<(end + extra)]))
                #expect(try Self.open(path).journal >= index + 1)
            }
        }
    }

    @Test func aFileThatIsNoJournalIsLeftAlone() throws {
        let folder = TestFolder()
        var broken = try Self.file(.members)
        broken[broken.count / 2] ^= 0x55
        let path = folder.write("f.gz", broken)
        #expect(throws: CalibrationDataError.self) { _ = try Self.open(path) }
        #expect(TestFolder.read(path) == broken)
        let refused = folder.write("g", "one\ntwo\n")
        #expect(throws: CalibrationDataError.self) {
            _ = try JournalFile(path: refused) { line throws(CalibrationDataError) in _ = try RecordingCoding.decode(line) }
        }
        #expect(folder.read("g") == Array("one\ntwo\n".utf8))
    }

    @Test func twoWritersCannotHaveOneFile() throws {
        let folder = TestFolder()
        let path = folder.file("f.jsonl.gz")
        var first = try JournalFile(path: path)
        do throws(CalibrationDataError) {
            _ = try JournalFile(path: path)
            Issue.record("opened twice")
        } catch {
            #expect(error.kind == .locked)
        }
        try first.append(Self.lines[0] + [0x0A])
        try first.close(compacts: false)
        #expect(try Self.open(path).journal == 1)
    }

    @Test func compactionLosesNothingAndMakesOneMember() throws {
        let folder = TestFolder()
        let path = folder.file("f.jsonl.gz")
        var source = RandomRecordings(seed: 3)
        let recordings = (0..<30).map { source.next(id: "\($0)", tokens: 30) }
        var journal = try JournalFile(path: path)
        for recording in recordings { try journal.append(RecordingCoding.encode(recording)) }
        let before = TestFolder.read(path)
        try journal.close(compacts: true)
        let after = TestFolder.read(path)
        #expect(after.count < before.count)
        #expect(try Gzip.decompressed(after) == Gzip.decompressed(before))
        #expect(try RecordingFile.read(path: path).map(bits) == recordings.map(bits))
        var reader = try GzipReader()
        var output: [UInt8] = []
        _ = try reader.decompress(after.span, into: &output)
        #expect(reader.memberCount == 1)
        // And the file goes on.
        var again = try JournalFile(path: path)
        #expect(again.found.lines == 30)
        try again.append(RecordingCoding.encode(source.next(id: "last")))
        try again.close(compacts: true)
        #expect(try RecordingFile.read(path: path).count == 31)
    }

    @Test func aFolderThatIsMissingIsNamed() {
        do throws(CalibrationDataError) {
            _ = try JournalFile(path: "/nonexistent-folder/f.jsonl")
            Issue.record("opened")
        } catch {
            #expect(error.kind == .unwritable)
            #expect(error.description.contains("/nonexistent-folder/f.jsonl"))
        }
    }
}
