import Calibration
import CalibrationData
import EntropyRouting
import Testing

@Suite struct LabelledDraftsTests {
    static func verdict(_ id: String, _ source: Verdict.Source, _ isBad: Bool, _ answer: Verdict.Answer = .draft) -> Verdict {
        Verdict(id: id, answer: answer, isBad: isBad, source: source)
    }

    @Test func theStrongestVerdictCountsAndOfEqualsTheLast() {
        let table: [(verdicts: [(Verdict.Source, Bool)], gold: Bool?, isBad: Bool?, label: AssemblyReport.Label?)] = [
            ([], nil, nil, nil),
            ([(.judge, true)], nil, true, .judge),
            ([(.judge, true), (.reference, false)], nil, false, .reference),
            ([(.human, true), (.reference, false), (.judge, false)], nil, true, .human),
            ([(.judge, true), (.judge, false)], nil, false, .judge),
            ([(.probe, true)], nil, nil, nil),
            ([], true, true, .gold),
            ([(.judge, false)], true, true, .gold),
            ([(.reference, false)], true, false, .reference),
            ([(.human, false)], true, false, .human),
        ]
        for (index, row) in table.enumerated() {
            let (drafts, report) = LabelledDrafts.assemble(
                recordings: [RandomRecordings.simple("x", isBad: row.gold)], verdicts: row.verdicts.map { Self.verdict("x", $0.0, $0.1) })
            #expect(drafts.map(\.isBad) == [row.isBad], "row \(index)")
            #expect(report.labels == (row.label.map { [$0: 1] } ?? [:]), "row \(index)")
            #expect(report.labelled == (row.isBad == nil ? 0 : 1) && report.bad == (row.isBad == true ? 1 : 0))
        }
    }

    @Test func theReportCountsWhatDidNotFit() {
        var recordings = ["a", "b", "c"].map { RandomRecordings.simple($0) } + [RandomRecordings.simple("a", isBad: true)]
        recordings[1].draft.finish = .length
        recordings[2].draft.text = "I am not sure."
        recordings[2].heavyweight = recordings[0].draft
        let (drafts, report) = LabelledDrafts.assemble(
            recordings: recordings,
            verdicts: [
                Self.verdict("a", .judge, true), Self.verdict("a", .human, false), Self.verdict("z", .judge, true),
                Self.verdict("y", .reference, true), Self.verdict("c", .reference, false, .heavyweight), Self.verdict("c", .probe, true),
                Self.verdict("b", .judge, true, .heavyweight),
            ])
        #expect(drafts.map(\.trace.id) == ["a", "b", "c"])
        #expect(drafts.map(\.isBad) == [false, nil, nil])
        #expect(drafts.map(\.isHeavyweightGood) == [nil, nil, true])
        #expect(drafts.map(\.trace.gate) == [nil, "length", "refusal"])
        #expect(report.gated == [.length: 1, .refusal: 1])
        #expect(report.drafts == 3 && report.labelled == 1 && report.bad == 0 && report.unlabelled == 2)
        #expect(report.duplicateRecordings == 1 && report.probes == 1 && report.contradictions == 1)
        // One of them on a heavyweight that was never asked.
        #expect(report.unknownVerdicts == 3 && report.unknownIDs == ["b", "y", "z"])
        #expect(report.kinds == ["openai:small, temperature 0.0, top_logprobs 20, prompt mode plain": 3])
    }

    @Test func theTraceIsWhatWasRecorded() {
        var recording = RandomRecordings.simple("a")
        recording.draft.tokens[1].isListed = false
        let (drafts, _) = LabelledDrafts.assemble(recordings: [recording], verdicts: [])
        let trace = drafts[0].trace
        #expect(trace.tokens.map(\.logprob) == [-0.25, -0.5] && trace.tokens.map(\.isListed) == [true, false])
        #expect(trace.tokens.map(\.ms) == [80, 90.5] && trace.alternatives == [-0.25, -2.5, -0.5] && trace.text == Array("Paris".utf8))
        #expect(trace.promptTokens == 12 && trace.taskClass == .reasoning && trace.category == "reasoning" && trace.finish == .stop)
        #expect(drafts[0].draft == recording.draft.facts && drafts[0].split == DraftSplit(promptHash: recording.promptHash, id: "a"))
        recording.promptTokens = 3
        #expect(LabelledDrafts.assemble(recordings: [recording], verdicts: []).drafts[0].trace.promptTokens == 3)
    }

    @Test func filesGiveTheSameAsValues() throws {
        var source = RandomRecordings(seed: 11)
        let recordings = (0..<30).map { source.next(id: "r\($0)") }
        let verdicts = (0..<60).map {
            Verdict(
                id: "r\($0 % 40)", answer: $0 % 3 == 0 ? .heavyweight : .draft, isBad: $0 % 2 == 0, source: Verdict.Source.allCases[$0 % 4],
                score: $0 % 4 == 2 ? 2.5 : nil, judge: $0 % 4 == 2 ? "p:m" : nil, note: $0 % 5 == 0 ? "because\n\"so\"" : nil,
                costUSD: $0 % 7 == 0 ? 0.1 + 0.2 : nil)
        }
        let folder = TestFolder()
        var lines: [UInt8] = []
        for verdict in verdicts { VerdictFile.appendLine(verdict, to: &lines) }
        let verdictFile = folder.write("v.jsonl", lines)
        #expect(try VerdictFile.read(path: verdictFile) == verdicts)
        let recordingFile = folder.write("r.jsonl", recordings.flatMap { RecordingCoding.encode($0) })
        let values = LabelledDrafts.assemble(recordings: recordings, verdicts: verdicts)
        let files = try LabelledDrafts.load(recordings: [recordingFile], verdicts: [verdictFile])
        #expect(files.report == values.report)
        #expect(files.drafts.map(\.isBad) == values.drafts.map(\.isBad))
        #expect(files.drafts.map(\.isHeavyweightGood) == values.drafts.map(\.isHeavyweightGood))
    }

    @Test func copiesOfAPromptAreOnOneSideAndCounted() {
        let hash = "sha256:" + String(repeating: "7", count: 64)
        let recordings = (0..<40).map { index in
            var recording = RandomRecordings.simple("copy-\(index)")
            recording.promptHash = index < 20 ? hash : ""
            return recording
        }
        let (drafts, report) = LabelledDrafts.assemble(recordings: recordings, verdicts: [])
        #expect(Set(drafts[..<20].map(\.split)) == [DraftSplit(id: hash)])
        // Where the text is not known, the id decides.
        #expect(drafts[20...].map(\.split) == (20..<40).map { DraftSplit(id: "copy-\($0)") })
        #expect(report.copies == 19 && report.copiedIDs == ["copy-0", "copy-1"])
        // What another drafter answered to the same prompt is no copy.
        var other = recordings[0]
        (other.id, other.draft.model) = ("other", "another")
        #expect(LabelledDrafts.assemble(recordings: [recordings[0], other], verdicts: []).report.copies == 0)
    }

    @Test func aVoiceThatContradictsItselfIsCounted() {
        func judged(_ id: String, _ judge: String, _ isBad: Bool) -> Verdict {
            Verdict(id: id, answer: .draft, isBad: isBad, source: .judge, judge: judge)
        }
        let verdicts = [
            judged("a", "p:m", true), judged("a", "p:m", false), judged("a", "p:m", true), judged("b", "p:m", true),
            judged("b", "p:other", false), judged("c", "p:m", true), judged("c", "p:m", true), Self.verdict("d", .human, true),
            Self.verdict("d", .human, false),
        ]
        let (drafts, report) = LabelledDrafts.assemble(
            recordings: ["a", "b", "c", "d"].map { RandomRecordings.simple($0) }, verdicts: verdicts)
        #expect(drafts.map(\.isBad) == [true, false, true, false])
        #expect(report.reversals == 2 && report.reversedIDs == ["a", "d"] && report.contradictions == 0)
    }

    @Test func aVerdictOfAnUnknownSourceIsRefused() {
        let folder = TestFolder()
        let path = folder.write("v.jsonl", #"{"id":"a","bad":true,"source":"oracle"}"# + "\n")
        do throws(CalibrationDataError) {
            _ = try VerdictFile.read(path: path)
            Issue.record("read without an error")
        } catch {
            #expect(error.description == "\(path):1: 'source' must be one of 'human', 'reference', 'judge', 'probe', not 'oracle'")
        }
    }
}
