import Calibration
import CalibrationData
import EntropyRouting
import GatewayTesting
import Gzip
import Testing

@Suite struct RecordingCodingTests {
    @Test(arguments: 0..<200) func everyRecordingReadsBackBitForBit(seed: Int) throws {
        var recordings = RandomRecordings(seed: UInt64(seed))
        let recording = recordings.next(id: "r-\(seed)")
        let line = RecordingCoding.encode(recording)
        #expect(line.last == 0x0A)
        #expect(line.dropLast().firstIndex(of: 0x0A) == nil)
        #expect(bits(try RecordingCoding.decode(line)) == bits(recording))
    }

    @Test func aMissingLogarithmIsNullAndReadsBackAsNaN() throws {
        var recording = RandomRecordings.simple("a")
        recording.draft.tokens = [RecordedToken(ms: 1, bytes: [0xFF, 0x61], logprob: .nan, top: [.nan, -1], isListed: false)]
        let line = RecordingCoding.encode(recording)
        #expect(
            String(decoding: line, as: UTF8.self).contains(
                #"{"t_ms":1.0,"bytes":[255,97],"logprob":null,"top":[null,-1.0],"listed":false}"#))
        #expect(bits(try RecordingCoding.decode(line)) == bits(recording))
    }

    static let wrong: [(change: (String, String), says: String)] = [
        ((#""v":1"#, #""v":2"#), "'v' is 2: this program reads version 1"),
        ((#""v":1,"#, ""), "'v' is missing: it must be a whole number"),
        ((#""id":"a""#, #""id":7"#), "'id' must be a string, not a number"),
        ((#""id":"a""#, #""id":"""#), "'id' must not be empty"),
        (
            (#""class":"reasoning""#, #""class":"maths""#),
            "'class' must be one of 'simple_factual', 'reasoning', 'code', 'creative', not 'maths'"
        ),
        ((#""temperature":0.0"#, #""temperature":"0""#), "'temperature' must be a number, not a string"),
        ((#""logprob":-0.25"#, #""logprob":"x""#), "'draft.tokens[0].logprob' must be a number or null, not a string"),
        ((#""bytes":"Par""#, #""bytes":[256]"#), "'draft.tokens[0].bytes' must be a string or an array of numbers from 0 to 255"),
        ((#""top":[-0.25,"#, #""top":[true,"#), "'draft.tokens[0].top[0]' must be a number or null, not a boolean"),
        ((#""heavyweight":null"#, #""heavyweight":[]"#), "'heavyweight' must be a JSON object, not an array"),
        ((#""bad":null"#, #""bad":"yes""#), "'bad' must be true or false, not a string"),
    ]

    @Test(arguments: wrong.indices) func whatIsWrongIsNamedWithFileLineAndMember(index: Int) throws {
        let (change, says) = Self.wrong[index]
        let good = String(decoding: RecordingCoding.encode(RandomRecordings.simple("a")), as: UTF8.self)
        #expect(good.contains(change.0))
        let bad = good.split(separator: change.0, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: change.1)
        let folder = TestFolder()
        let path = folder.write("r.jsonl", good.replacing("\"a\"", with: "\"b\"") + bad)
        do throws(CalibrationDataError) {
            _ = try RecordingFile.read(path: path)
            Issue.record("read without an error")
        } catch {
            #expect(error.description.hasPrefix("\(path):2: \(says)"), "\(error)")
            #expect(error.kind == .malformed)
        }
    }

    @Test func plainAndGzipFilesOfAnyMembersReadTheSame() throws {
        var source = RandomRecordings(seed: 7)
        let recordings = (0..<40).map { source.next(id: "r\($0)", tokens: 40) }
        let lines = recordings.map { RecordingCoding.encode($0) }
        let all = lines.flatMap { $0 }
        let folder = TestFolder()
        let whole = try Gzip.compressed(all)
        let members = try lines.flatMap { try Gzip.compressed($0) }
        for (name, bytes) in [("a", all), ("b", whole), ("c", members), ("d", all.dropLast()), ("e", Array("\n\n".utf8) + all)]
            as [(String, [UInt8])]
        {
            let path = folder.write(name, bytes)
            #expect(try RecordingFile.read(path: path).map(bits) == recordings.map(bits), "\(name)")
        }
    }

    @Test func aTornFileSaysSo() throws {
        let folder = TestFolder()
        let lines = RecordingCoding.encode(RandomRecordings.simple("a")) + RecordingCoding.encode(RandomRecordings.simple("b"))
        for (name, bytes) in [("plain", Array(lines.dropLast(20))), ("gz", Array(try Gzip.compressed(lines).dropLast(9)))] {
            let path = folder.write(name, bytes)
            do throws(CalibrationDataError) {
                _ = try RecordingFile.read(path: path)
                Issue.record("read without an error")
            } catch {
                #expect(error.kind == .torn)
            }
        }
        do throws(CalibrationDataError) {
            _ = try RecordingFile.read(path: folder.file("none"))
            Issue.record("read without an error")
        } catch {
            #expect(error.kind == .unreadable)
            #expect(error.exitStatus == 66)
        }
    }
}

@Suite struct TornFileTests {
    @Test func aTornFileNamesTheCommandThatGoesOnWithIt() throws {
        let folder = TestFolder()
        let path = folder.write("f.jsonl", #"{"id":"a","#)
        func message(_ read: () throws -> Void) -> String {
            do {
                try read()
                return "read"
            } catch {
                return "\(error)"
            }
        }
        let recordings = message { _ = try RecordingFile.read(path: path) }
        let verdicts = message { _ = try VerdictFile.read(path: path) }
        let prompts = message { _ = try PromptSet.load(paths: [path]) }
        #expect(recordings.contains("'qualm record'") && !recordings.contains("judge"))
        #expect(verdicts.contains("'qualm judge'") && !verdicts.contains("record"))
        #expect(prompts.contains("cut off") && !prompts.contains("'qualm"), "\(prompts)")
    }
}

extension RandomRecordings {
    static func simple(_ id: String, isBad: Bool? = nil) -> Recording {
        Recording(
            id: id, promptHash: "sha256:0", category: "reasoning", taskClass: .reasoning, recordedAt: "2026-01-02T03:04:05Z",
            temperature: 0,
            topLogprobs: 20,
            draft: RecordedAnswer(
                provider: "openai", model: "small", text: "Paris", finish: .stop,
                facts: AnswerFacts(inputTokens: 12, outputTokens: 2, firstTokenMs: 80, totalMs: 120),
                tokens: [
                    RecordedToken(ms: 80, bytes: Array("Par".utf8), logprob: -0.25, top: [-0.25, -2.5], isListed: true),
                    RecordedToken(ms: 90.5, bytes: Array("is".utf8), logprob: -0.5, top: [-0.5], isListed: true),
                ]),
            isBad: isBad)
    }
}
